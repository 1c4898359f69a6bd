import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/index.js';
import { PROMISED_SEVERITIES, TARGET_SECONDS } from '../domain/objectives.js';
import type { DeliveryTimesDto, ObjectiveDto, SloDto, SloRange } from '../dto/slo.dto.js';
import { SloRepository, type DeliveryTimes } from '../store/slo.repository.js';

const HOUR_MS = 3_600_000;
const KEPT_MS = 30_000;
const RANGE_MS: Readonly<Record<SloRange, number>> = {
  '1h': HOUR_MS,
  '24h': 24 * HOUR_MS,
  '7d': 7 * 24 * HOUR_MS,
  '30d': 30 * 24 * HOUR_MS,
};

/** Whether notices leave as fast as was promised. */
@Injectable()
export class SloService {
  private latest: SloDto | undefined;

  constructor(
    private readonly repository: SloRepository,
    private readonly clock: Clock,
  ) {}

  /** Of the last hour, counted within the last half minute. */
  async recent(): Promise<SloDto> {
    const now = this.clock.now().getTime();
    if (!this.latest || now - Date.parse(this.latest.meta.generated_at) > KEPT_MS) this.latest = await this.read('1h');
    return this.latest;
  }

  async read(range: SloRange): Promise<SloDto> {
    const now = this.clock.now();
    const from = new Date(now.getTime() - RANGE_MS[range]);
    const times = await this.repository.times(from, now);
    return {
      objectives: PROMISED_SEVERITIES.map((severity) =>
        toObjective(
          severity,
          times.filter((row) => row.severity === severity),
        ),
      ),
      meta: {
        from: from.toISOString(),
        to: now.toISOString(),
        range,
        source: 'raw',
        generated_at: now.toISOString(),
        stale: false,
      },
    };
  }
}

function toObjective(
  severity: ObjectiveDto['severity'] & keyof typeof TARGET_SECONDS,
  rows: DeliveryTimes[],
): ObjectiveDto {
  return {
    severity,
    target_seconds: TARGET_SECONDS[severity],
    ...toTimes(rows.find(({ channel }) => channel === null)),
    by_channel: rows.flatMap((row) => (row.channel === null ? [] : [{ channel: row.channel, ...toTimes(row) }])),
  };
}

function toTimes(row: DeliveryTimes | undefined): DeliveryTimesDto {
  const { within = 0, late = 0, late_pending = 0, failed = 0, pending = 0 } = row ?? {};
  const deliveries = within + late + failed;
  return {
    ...{ deliveries, within, late, late_pending, failed, pending },
    share_within: deliveries === 0 ? null : within / deliveries,
    p50_seconds: row?.p50_seconds ?? null,
    p95_seconds: row?.p95_seconds ?? null,
    max_seconds: row?.max_seconds ?? null,
  };
}
