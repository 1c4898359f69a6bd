/// <reference lib="es2024.string" />
import type { FieldError } from '../platform/errors/index.js';

/** JSON may nest without end; recursion, here and in the database, may not. */
export const MAX_DEPTH = 32;
/** Keys that mean something to JavaScript objects: a consumer that merges them would be changed by its data. */
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor']);
const MAX_KEY_LENGTH = 200;

/** PostgreSQL keeps neither NUL nor half of a surrogate pair, in text or in jsonb. */
export function isStorableText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/**
 * The first thing inside `value` that could not be stored, or not be given back as it was sent. The path is relative
 * (`.colours[3]`) and only made on the way out, since this runs for every event with properties.
 */
export function findUnstorable(value: unknown, depth = 0): FieldError | undefined {
  if (typeof value === 'string') return isStorableText(value) ? undefined : { path: '', message: explainText(value) };
  if (typeof value === 'number') return checkNumber(value);
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth >= MAX_DEPTH) return { path: '', message: `is nested deeper than ${MAX_DEPTH} levels` };
  return Array.isArray(value) ? findInArray(value, depth) : findInObject(value as Record<string, unknown>, depth);
}

/** A key that can be shown, logged and stored, whatever the sender called it. */
export function shownKey(key: string): string {
  const shown = key.length > MAX_KEY_LENGTH ? `${key.slice(0, MAX_KEY_LENGTH)}…` : key;
  return shown.toWellFormed().replaceAll('\0', '\uFFFD');
}

function findInArray(items: unknown[], depth: number): FieldError | undefined {
  for (let index = 0; index < items.length; index++) {
    const error = findUnstorable(items[index], depth + 1);
    if (error) return { ...error, path: `[${index}]${error.path}` };
  }
  return undefined;
}

function findInObject(object: Record<string, unknown>, depth: number): FieldError | undefined {
  for (const key in object) {
    const error = checkKey(key) ?? findUnstorable(object[key], depth + 1);
    if (error) return { ...error, path: `.${shownKey(key)}${error.path}` };
  }
  return undefined;
}

function checkKey(key: string): FieldError | undefined {
  if (FORBIDDEN_KEYS.has(key)) return { path: '', message: 'is a reserved name; rename the key' };
  return isStorableText(key) ? undefined : { path: '', message: `is a key that ${explainText(key)}` };
}

function checkNumber(value: number): FieldError | undefined {
  if (!Number.isFinite(value)) return { path: '', message: 'is too large for a number; send it as a string' };
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return undefined;
  return { path: '', message: 'is an integer beyond 2^53 and would be rounded; send it as a string' };
}

function explainText(text: string): string {
  return text.includes('\0')
    ? 'contains a NUL character (U+0000), which cannot be stored'
    : 'contains half of a surrogate pair, which is no character';
}
