import { Injectable } from '@nestjs/common';
import { TimeFrame, type RangeQueryDto } from '../../metrics/index.js';
import type { AlertFiguresDto, AlertStatsDto } from '../dto/alert-stats.dto.js';
import { AlertStatsRepository, type StoredFigures } from '../store/alert-stats.repository.js';

/** How alerts are answered, and which rules cry wolf. */
@Injectable()
export class AlertStatsService {
  constructor(
    private readonly stats: AlertStatsRepository,
    private readonly time: TimeFrame,
  ) {}

  /** @throws InvalidInputError naming range, from or to */
  async read(query: RangeQueryDto): Promise<AlertStatsDto> {
    const now = this.time.now();
    const { from, to, name } = this.time.range(query, now, { hours: 'business' });
    const rows = await this.stats.read(from, to);
    const all = rows.find(({ config_id }) => config_id === null) ?? NOTHING;
    return {
      ...figuresOf(all),
      per_config: rows.flatMap((row) => {
        if (row.config_id === null) return [];
        return { config_id: row.config_id, config_name: row.config_name ?? '', ...figuresOf(row) };
      }),
      meta: {
        from: from.toISOString(),
        to: to.toISOString(),
        range: name,
        source: 'raw',
        generated_at: now.toISOString(),
        stale: false,
      },
    };
  }
}

const NOTHING: StoredFigures = {
  config_id: null,
  config_name: null,
  alerts: 0,
  acknowledged: 0,
  resolved: 0,
  acknowledge_mean: null,
  acknowledge_p95: null,
  resolve_mean: null,
  resolve_p95: null,
  flapping: null,
  noise: null,
};

function figuresOf(row: StoredFigures): AlertFiguresDto {
  return {
    alerts: row.alerts,
    acknowledged: row.acknowledged,
    resolved: row.resolved,
    time_to_acknowledge_seconds: { mean: row.acknowledge_mean, p95: row.acknowledge_p95 },
    time_to_resolve_seconds: { mean: row.resolve_mean, p95: row.resolve_p95 },
    flapping: row.flapping,
    noise: row.noise,
  };
}
