import type { FieldError } from '../errors/index.js';
import { shortName } from './request-errors.js';

/** No body of this API nests deeper than a handful of levels; validators recurse. */
const MAX_DEPTH = 32;
const MAX_ERRORS = 20;

interface Place {
  readonly value: unknown;
  readonly path: string;
  readonly depth: number;
}

/**
 * What must not stand in a JSON body whatever its fields are: names that would reach a prototype, nesting without end,
 * NUL (PostgreSQL's text has none) and halves of surrogate pairs (not Unicode, so UTF-8 cannot carry them).
 */
export function findUnsafeJson(body: unknown): FieldError[] {
  const errors: FieldError[] = [];
  const places: Place[] = [{ value: body, path: '', depth: 0 }];
  for (let place = places.pop(); place && errors.length < MAX_ERRORS; place = places.pop()) {
    const { value, path, depth } = place;
    if (typeof value === 'string') checkText(value, path, errors);
    else if (typeof value !== 'object' || value === null) continue;
    else if (depth >= MAX_DEPTH) errors.push({ path, message: `nests deeper than ${MAX_DEPTH} levels` });
    else for (const part of partsOf(value, place, errors)) places.push(part);
  }
  return errors;
}

function checkText(text: string, path: string, errors: FieldError[]): void {
  if (text.includes('\0')) errors.push({ path, message: 'must not hold a NUL character' });
  else if (!text.isWellFormed()) errors.push({ path, message: 'holds half of a surrogate pair, which is not Unicode' });
}

function partsOf(value: object, { path, depth }: Place, errors: FieldError[]): Place[] {
  if (Array.isArray(value)) {
    return value.map((part: unknown, index) => ({ value: part, path: `${path}[${index}]`, depth: depth + 1 }));
  }
  return Object.entries(value).flatMap(([name, part]) => {
    const partPath = path === '' ? shortName(name) : `${path}.${shortName(name)}`;
    checkText(name, partPath, errors);
    if (!reachesPrototype(name)) return { value: part as unknown, path: partPath, depth: depth + 1 };
    errors.push({ path: partPath, message: 'is not a known field' });
    return [];
  });
}

/** Names that mean something on every object: no API calls a field so, and libraries stumble over them. */
export function reachesPrototype(name: string): boolean {
  return name in Object.prototype || name === 'prototype';
}
