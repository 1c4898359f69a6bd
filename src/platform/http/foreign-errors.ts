import { Injectable } from '@nestjs/common';

/** Turns an error of a driver into one of the domain, and gives back unchanged what it does not know. */
export type TranslateError = (error: unknown) => unknown;

/**
 * What the errors of drivers mean, for those that reach the edge as they are. The room that owns a driver registers how
 * to read them, so that no feature can forget to say that what it needs is away.
 */
@Injectable()
export class ForeignErrors {
  private readonly translations: TranslateError[] = [];

  register(translation: TranslateError): void {
    this.translations.push(translation);
  }

  translate(error: unknown): unknown {
    return this.translations.reduce((known, translate) => translate(known), error);
  }
}
