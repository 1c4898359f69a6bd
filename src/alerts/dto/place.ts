import { decodeCursor, readTimePlace } from '../../platform/http/index.js';

/** Where a list that is ordered by an instant, in whole milliseconds, and an id goes on. */
export interface Place {
  readonly at: Date;
  readonly id: string;
}

/** @throws InvalidInputError naming `cursor` */
export function placeOfCursor(cursor: string | undefined): Place | undefined {
  const place = decodeCursor(cursor, readTimePlace);
  return place && { at: new Date(place.at), id: place.id };
}
