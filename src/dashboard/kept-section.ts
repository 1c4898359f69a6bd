import { createHash } from 'node:crypto';
import type { SectionName } from './domain/section.js';
import type { AskedRange } from './section-source.js';

/** A section, and the time it is asked for. */
export interface AskedSection {
  readonly name: SectionName;
  readonly asked: AskedRange;
  /** What two requests must have in common to get the same one. */
  readonly key: string;
}

/** A section as it is cached: ready to send. */
export interface KeptSection {
  readonly body: string;
  /** Of its figures, without `meta`: equal figures have equal tags. */
  readonly tag: string;
  /** When its computation began, in milliseconds. */
  readonly at: number;
}

export function keepable(section: object, at: number): KeptSection {
  const { meta: _meta, ...figures } = section as { meta?: unknown };
  return { body: JSON.stringify(section), tag: digest(JSON.stringify(figures)), at };
}

/** Alerts are those of now, whatever the range. */
export function askedSection(name: SectionName, asked: AskedRange): AskedSection {
  if (name === 'alerts') return { name, asked: {}, key: 'dashboard:alerts' };
  const { range = '', from = '', to = '' } = asked;
  return { name, asked, key: `dashboard:${name}:${range}|${from}|${to}` };
}

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
