import { decodeCursor } from '../../platform/http/index.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Where a list that is ordered by an instant, in whole milliseconds, and an id goes on. */
export interface Place {
  readonly at: Date;
  readonly id: string;
}

/** @throws InvalidInputError naming `cursor` */
export function placeOfCursor(cursor: string | undefined): Place | undefined {
  return decodeCursor(cursor, readPlace);
}

function readPlace([at, id]: unknown[]): Place | undefined {
  if (typeof at !== 'string' || typeof id !== 'string' || !UUID.test(id)) return undefined;
  const instant = new Date(at);
  return Number.isNaN(instant.getTime()) ? undefined : { at: instant, id };
}
