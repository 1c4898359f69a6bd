import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/index.js';
import { InvalidInputError, NotFoundError, type FieldError } from '../../platform/errors/index.js';
import { AlertCatalogue } from '../alert-catalogue.js';
import { LIMITS } from '../domain/limits.js';
import { checkLabels } from '../domain/rule-checks.js';
import { silenceState, type Silence, type SilenceMatchers, type SilenceState } from '../domain/silence.js';
import type { Place } from '../dto/place.js';
import type { NewSilenceDto, SilenceDto, SilenceMatchersDto } from '../dto/silence.dto.js';
import { AlertConfigRepository } from '../store/alert-config.repository.js';
import { SilenceRepository } from '../store/silence.repository.js';
import { readInstant } from '../read-instant.js';

const DAY_MS = 86_400_000;

@Injectable()
export class SilencesService {
  constructor(
    private readonly silences: SilenceRepository,
    private readonly configs: AlertConfigRepository,
    private readonly catalogue: AlertCatalogue,
    private readonly clock: Clock,
  ) {}

  /** Newest first. */
  async list(limit: number, state?: SilenceState, after?: Place): Promise<SilenceDto[]> {
    const at = this.clock.now();
    return (await this.silences.page({ limit, state, after, at })).map((silence) => toDto(silence, at));
  }

  /** @throws InvalidInputError */
  async create(sent: NewSilenceDto, by: string): Promise<SilenceDto> {
    const now = this.clock.now();
    const starts = sent.starts_at ?? undefined;
    const startsAt = starts === undefined ? now : readInstant('starts_at', starts);
    const endsAt = readInstant('ends_at', sent.ends_at);
    const matchers = toMatchers(sent.matchers);
    const errors = [...checkTimes(startsAt, endsAt, now), ...(await this.checkMatchers(matchers))];
    if (sent.reason.trim() === '') errors.push({ path: 'reason', message: 'must not be blank' });
    if (errors.length > 0) throw new InvalidInputError(errors);
    const { reason } = sent;
    const silence: Silence = {
      ...{ id: randomUUID(), matchers, startsAt, endsAt, reason },
      ...{ createdAt: now, createdBy: by, endedAt: null, endedBy: null },
    };
    await this.silences.insert(silence);
    return toDto(silence, now);
  }

  /** Ends it now; one that is over stays as it is. @throws NotFoundError */
  async end(id: string, by: string): Promise<void> {
    if (!(await this.silences.end(id, this.clock.now(), by)))
      throw new NotFoundError('There is no silence with this id.');
  }

  private async checkMatchers(matchers: SilenceMatchers): Promise<FieldError[]> {
    const { configId, metric, labels = {} } = matchers;
    const errors = checkLabels(labels, 'matchers.labels');
    if (Object.keys(matchers).length === 0) {
      errors.push({
        path: 'matchers',
        message: 'must hold at least one of config_id, severity, metric, group and labels',
      });
    }
    if (metric !== undefined && !this.catalogue.facts(metric)) {
      errors.push({ path: 'matchers.metric', message: 'is not a metric; /alerts/metrics lists them' });
    }
    if (configId !== undefined && !(await this.configs.find(configId))) {
      errors.push({ path: 'matchers.config_id', message: 'is not the id of an alert config' });
    }
    return errors;
  }
}

function checkTimes(startsAt: Date, endsAt: Date, now: Date): FieldError[] {
  if (endsAt <= startsAt) return [{ path: 'ends_at', message: 'must be after starts_at' }];
  if (endsAt <= now) return [{ path: 'ends_at', message: 'must be in the future' }];
  if (endsAt.getTime() - startsAt.getTime() <= LIMITS.silenceDays * DAY_MS) return [];
  return [{ path: 'ends_at', message: `must be within ${LIMITS.silenceDays} days of starts_at` }];
}

/** What is null, or labels that name nothing, matches like what is left out. */
function toMatchers({ config_id: configId, severity, metric, group, labels }: SilenceMatchersDto): SilenceMatchers {
  return {
    ...(configId && { configId: configId.toLowerCase() }),
    ...(severity && { severity }),
    ...(metric && { metric }),
    ...(group && { group }),
    ...(labels && Object.keys(labels).length > 0 && { labels }),
  };
}

function toDto({ matchers, ...silence }: Silence, at: Date): SilenceDto {
  const { configId, ...others } = matchers;
  return {
    id: silence.id,
    matchers: { ...(configId !== undefined && { config_id: configId }), ...others },
    starts_at: silence.startsAt.toISOString(),
    ends_at: silence.endsAt.toISOString(),
    reason: silence.reason,
    state: silenceState(silence, at),
    created_at: silence.createdAt.toISOString(),
    created_by: silence.createdBy,
    ended_at: silence.endedAt?.toISOString() ?? null,
    ended_by: silence.endedBy,
  };
}
