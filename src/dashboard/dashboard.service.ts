import { Injectable } from '@nestjs/common';
import { TimeFrame } from '../metrics/index.js';
import { ForbiddenError, type Principal } from '../platform/auth/index.js';
import { translateDatabaseError } from '../platform/database/index.js';
import { DeadlineExceededError, within } from '../platform/deadline/index.js';
import { DependencyUnavailableError, DomainError, InvalidInputError } from '../platform/errors/index.js';
import { Logger } from '../platform/logging/index.js';
import { BODY_NAMES, SECTIONS, visibleTo, type SectionName } from './domain/section.js';
import type { DashboardQueryDto } from './dto/dashboard-query.dto.js';
import type { SectionStateDto } from './dto/dashboard.dto.js';
import { digest, type KeptSection } from './kept-section.js';
import { SectionCache } from './section-cache.js';
import { SectionRefresh } from './section-refresh.js';
import type { AskedRange } from './section-source.js';

/** What nobody waits for any longer: the section is reported missing, and its computation goes on for the next one. */
const SECTION_DEADLINE_MS = 4_000;

export interface Summary {
  /** JSON. */
  readonly body: string;
  /** Entity tag of the figures. */
  readonly tag: string;
}

type Outcome = { readonly name: SectionName } & (
  | { readonly section: KeptSection; readonly cached: boolean }
  | { readonly section?: undefined; readonly error: unknown }
);

/** The start page of the admin: what each feature says, side by side; what fails is told and does no harm. */
@Injectable()
export class DashboardService {
  constructor(
    private readonly sections: SectionCache,
    private readonly refresh: SectionRefresh,
    private readonly time: TimeFrame,
    private readonly log: Logger,
  ) {}

  /**
   * @throws ForbiddenError when a section is asked for by name that the roles may not see
   * @throws InvalidInputError naming the parameter
   */
  async summary({ sections, range, from, to }: DashboardQueryDto, { roles }: Principal): Promise<Summary> {
    const names = namesFor(sections, visibleTo(roles));
    const asked = { range, from, to };
    this.time.range(asked, this.time.now());
    const outcomes = await Promise.all(names.map((name) => this.outcome(name, asked)));
    refuseWhereNothingCame(outcomes);
    return { body: bodyOf(outcomes), tag: tagOf(outcomes) };
  }

  private async outcome(name: SectionName, asked: AskedRange): Promise<Outcome> {
    this.refresh.watch({ name, asked });
    try {
      return { name, ...(await within(SECTION_DEADLINE_MS, 'It', this.sections.get({ name, asked }))) };
    } catch (thrown) {
      const error = translateDatabaseError(thrown);
      if (error instanceof InvalidInputError) throw error;
      this.log.warn('A section of the dashboard is missing.', { err: error, section: name });
      return { name, error };
    }
  }
}

function namesFor(asked: readonly SectionName[] | undefined, visible: readonly SectionName[]): readonly SectionName[] {
  if (asked === undefined) return visible;
  const hidden = asked.filter((name) => !visible.includes(name));
  if (hidden.length > 0) throw new ForbiddenError(`Your roles do not show you these sections: ${hidden.join(', ')}.`);
  return SECTIONS.filter((name) => asked.includes(name));
}

/** One dead dependency behind everything that was asked for is that of the whole answer. */
function refuseWhereNothingCame(outcomes: readonly Outcome[]): void {
  const errors = outcomes.flatMap((outcome) => (outcome.section ? [] : [outcome.error]));
  const [first] = errors;
  const isWhole = errors.length === outcomes.length && errors.every((one) => one instanceof DependencyUnavailableError);
  if (isWhole && first instanceof DependencyUnavailableError) throw first;
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
