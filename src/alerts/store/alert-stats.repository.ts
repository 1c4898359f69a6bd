import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

/** Figures of the alerts of one config; of all of them where `config_id` is null. */
export interface StoredFigures {
  readonly config_id: string | null;
  readonly config_name: string | null;
  readonly alerts: number;
  readonly acknowledged: number;
  readonly resolved: number;
  readonly acknowledge_mean: number | null;
  readonly acknowledge_p95: number | null;
  readonly resolve_mean: number | null;
  readonly resolve_p95: number | null;
  readonly flapping: number | null;
  readonly noise: number | null;
}

/** An alert this soon after the one before of the same config and group is flapping. */
const FLAPPING_WITHIN = '1 hour';

@Injectable()
export class AlertStatsRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** Of alerts triggered in `[from, to)`: all together first, then each config, most alerts first. */
  async read(from: Date, to: Date): Promise<StoredFigures[]> {
    return this.dataSource.query(
      `WITH alerts AS (
         SELECT a.*, extract(epoch FROM acknowledged_at - triggered_at)::float8 AS to_acknowledge,
                extract(epoch FROM resolved_at - triggered_at)::float8 AS to_resolve,
                EXISTS (SELECT FROM alert_history before
                         WHERE before.config_id = a.config_id AND before.triggered_at < a.triggered_at
                           AND before.group_value IS NOT DISTINCT FROM a.group_value
                           AND before.resolved_at > a.triggered_at - interval '${FLAPPING_WITHIN}') AS flaps
           FROM alert_history a WHERE triggered_at >= $1 AND triggered_at < $2)
       SELECT config_id, (array_agg(config_name ORDER BY triggered_at DESC))[1] AS config_name,
              count(*)::int AS alerts, count(to_acknowledge)::int AS acknowledged, count(to_resolve)::int AS resolved,
              avg(to_acknowledge) AS acknowledge_mean,
              percentile_disc(0.95) WITHIN GROUP (ORDER BY to_acknowledge) AS acknowledge_p95,
              avg(to_resolve) AS resolve_mean,
              percentile_disc(0.95) WITHIN GROUP (ORDER BY to_resolve) AS resolve_p95,
              count(*) FILTER (WHERE flaps)::float8 / nullif(count(*), 0) AS flapping,
              count(*) FILTER (WHERE resolved_by IN ('auto', 'gone') AND acknowledged_at IS NULL)::float8
                / nullif(count(to_resolve), 0) AS noise
         FROM alerts GROUP BY GROUPING SETS ((), (config_id)) ORDER BY GROUPING(config_id) DESC, alerts DESC, config_id`,
      [from, to],
    );
  }
}
