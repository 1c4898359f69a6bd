import { createHash } from 'node:crypto';
import type { SectionName } from './domain/section.js';
import type { AskedRange } from './section-source.js';

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

/** What two requests must have in common to get the same section. Alerts are those of now, whatever the range. */
export function keyOf(name: SectionName, { range, from, to }: AskedRange): string {
  const asked = name === 'alerts' ? [] : [range ?? null, from ?? null, to ?? null];
  return `dashboard:${name}:${digest(JSON.stringify(asked))}`;
}

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
