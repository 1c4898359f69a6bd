import { DeadlineExceededError } from '../platform/deadline/index.js';
import { DomainError } from '../platform/errors/index.js';
import type { ReadyAnswer } from '../platform/http/index.js';
import { BODY_NAMES, type SectionName } from './domain/section.js';
import type { SectionStateDto } from './dto/dashboard.dto.js';
import { digest, type KeptSection } from './kept-section.js';

/** Its tag is of the figures. */
export type Summary = ReadyAnswer;

export type Outcome = { readonly name: SectionName } & (
  | { readonly section: KeptSection; readonly cached: boolean }
  | { readonly section?: undefined; readonly error: unknown }
);

export function summaryOf(outcomes: readonly Outcome[]): Summary {
  return { body: Buffer.from(bodyOf(outcomes)), tag: tagOf(outcomes) };
}

/** Put together from the kept texts: what was turned into JSON once is not parsed to be turned into JSON again. */
function bodyOf(outcomes: readonly Outcome[]): string {
  const bodies = outcomes.flatMap(({ name, section }) => (section ? [`"${BODY_NAMES[name]}":${section.body}`] : []));
  const states = Object.fromEntries(outcomes.map((outcome) => [outcome.name, stateOf(outcome)]));
  return `{${[...bodies, `"meta":${JSON.stringify({ sections: states })}`].join(',')}}`;
}

function stateOf(outcome: Outcome): SectionStateDto {
  if (!outcome.section) {
    return { status: 'error', generated_at: null, cached: false, error: reasonOf(outcome.error) };
  }
  return { status: 'ok', generated_at: new Date(outcome.section.at).toISOString(), cached: outcome.cached };
}

/** Errors of the domain are written for those who read this; others tell of the inside. */
function reasonOf(error: unknown): string {
  if (error instanceof DomainError || error instanceof DeadlineExceededError) return error.message;
  return 'An unexpected error happened. It is logged under the correlation id.';
}

/** Weak: `meta` is not covered. */
function tagOf(outcomes: readonly Outcome[]): string {
  return `W/"${digest(outcomes.map(({ name, section }) => `${name} ${section?.tag ?? 'missing'}`).join('\n'))}"`;
}
