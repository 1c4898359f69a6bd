import { Injectable } from '@nestjs/common';
import { REPORT_WINDOW_MS, type EvaluationIncident } from '../domain/evaluation-report.js';
import type { Transaction } from './alert-database.js';

interface Row {
  readonly kind: EvaluationIncident['kind'];
  readonly tick: Date;
  readonly detail: Record<string, unknown>;
}

/** Longer than any answer needs them. */
const KEPT = '1 hour';

/** Late, skipped and failed evaluations, of all processes. */
@Injectable()
export class EvaluationIncidentRepository {
  async record(tx: Transaction, incidents: readonly EvaluationIncident[], now: Date): Promise<void> {
    if (incidents.length === 0) return;
    const rows = incidents.map(({ kind, tick, ...detail }) => ({ kind, tick, detail }));
    await tx.query(`DELETE FROM alert_evaluation_incidents WHERE recorded_at < $1::timestamptz - interval '${KEPT}'`, [
      now,
    ]);
    await tx.query(
      `INSERT INTO alert_evaluation_incidents (recorded_at, kind, tick, detail)
       SELECT $2, kind, tick, detail FROM jsonb_to_recordset($1::jsonb) AS given (kind text, tick timestamptz, detail jsonb)`,
      [JSON.stringify(rows), now],
    );
  }

  /** Those of the last 10 minutes, oldest first. */
  async recent(tx: Transaction, now: Date): Promise<EvaluationIncident[]> {
    const rows: Row[] = await tx.query(
      `SELECT kind, tick, detail FROM alert_evaluation_incidents WHERE recorded_at > $1 ORDER BY recorded_at, id`,
      [new Date(now.getTime() - REPORT_WINDOW_MS)],
    );
    return rows.map(incidentOf);
  }
}

function incidentOf({ kind, tick, detail }: Row): EvaluationIncident {
  switch (kind) {
    case 'late':
      return { kind, tick, lateSeconds: Number(detail.lateSeconds) };
    case 'skipped':
      return { kind, tick, before: new Date(String(detail.before)) };
    case 'failed':
      return { kind, tick, rules: detail.rules as string[] };
    case 'taken_back':
      return { kind, tick, future: new Date(String(detail.future)) };
    case 'clock_skew':
      return { kind, tick, process: String(detail.process), skewSeconds: Number(detail.skewSeconds) };
  }
}
