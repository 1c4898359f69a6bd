import { Injectable } from '@nestjs/common';
import { TimeFrame } from '../metrics/index.js';
import { ForbiddenError, type Principal } from '../platform/auth/index.js';
import { translateDatabaseError } from '../platform/database/index.js';
import { within } from '../platform/deadline/index.js';
import { DependencyUnavailableError, InvalidInputError } from '../platform/errors/index.js';
import { Logger } from '../platform/logging/index.js';
import { SECTIONS, visibleTo, type SectionName } from './domain/section.js';
import type { DashboardQueryDto } from './dto/dashboard-query.dto.js';
import { askedSection, type AskedSection, type KeptSection } from './kept-section.js';
import { ReadySummaries } from './ready-summaries.js';
import { SectionCache } from './section-cache.js';
import { SectionRefresh } from './section-refresh.js';
import type { AskedRange } from './section-source.js';
import { summaryOf, type Outcome, type Summary } from './summary.js';

/** What nobody waits for any longer: the section is reported missing, and its computation goes on for the next one. */
const SECTION_DEADLINE_MS = 4_000;

/** What a request asks for, once it is known to be allowed. */
export interface Question {
  readonly names: readonly SectionName[];
  readonly wanted: readonly AskedSection[];
}

/** The start page of the admin: what each feature says, side by side; what fails is told and does no harm. */
@Injectable()
export class DashboardService {
  private readonly ready = new ReadySummaries();

  constructor(
    private readonly sections: SectionCache,
    private readonly refresh: SectionRefresh,
    private readonly time: TimeFrame,
    private readonly log: Logger,
  ) {}

  /**
   * Which sections it comes to, for whom it is; that answers nothing yet.
   * @throws ForbiddenError when a section is asked for by name that the roles may not see
   * @throws InvalidInputError naming the parameter
   */
  question({ sections, range, from, to }: DashboardQueryDto, { roles }: Principal): Question {
    const names = namesFor(sections, visibleTo(roles));
    this.check({ range, from, to });
    return { names, wanted: names.map((name) => askedSection(name, { range, from, to })) };
  }

  /** @throws DependencyUnavailableError when that is why there is no section at all */
  async answer(question: Question): Promise<Summary> {
    return this.atHand(question) ?? this.gather(question.wanted);
  }

  /** The answer when nothing has to be waited for. */
  atHand({ names, wanted }: Question): Summary | undefined {
    this.refresh.watch(wanted);
    const sections = this.allAtHand(wanted);
    return sections && this.ready.of(names, sections);
  }

  /** Before anything is answered: alerts have no range, and yet a wrong one is refused. */
  private check(asked: AskedRange): void {
    const isAsked = [asked.range, asked.from, asked.to].some((given) => given !== undefined);
    if (isAsked) this.time.range(asked, this.time.now());
  }

  private allAtHand(wanted: readonly AskedSection[]): KeptSection[] | undefined {
    const atHand: KeptSection[] = [];
    for (const one of wanted) {
      const section = this.sections.atHand(one);
      if (!section) return undefined;
      atHand.push(section);
    }
    return atHand;
  }

  private async gather(wanted: readonly AskedSection[]): Promise<Summary> {
    const outcomes = await Promise.all(wanted.map((one) => this.outcome(one)));
    refuseWhereNothingCame(outcomes);
    return summaryOf(outcomes);
  }

  private async outcome(wanted: AskedSection): Promise<Outcome> {
    const { name } = wanted;
    try {
      return { name, ...(await within(SECTION_DEADLINE_MS, 'It', this.sections.get(wanted))) };
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
