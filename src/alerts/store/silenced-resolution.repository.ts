import { Injectable } from '@nestjs/common';
import type { AlertNotice } from '../../notifications/index.js';
import type { Silenceable } from '../domain/silence.js';
import type { Transaction } from './alert-database.js';

/** A resolved notice that a silence kept back. */
export interface SilencedResolution {
  /** The rule as silences look at it, when the alert was resolved. */
  readonly rule: Silenceable;
  readonly notice: AlertNotice & { readonly alertId: string };
}

interface Row {
  readonly rule: Silenceable;
  readonly notice: Omit<AlertNotice, 'triggeredAt' | 'resolvedAt' | 'detectedAt'> & {
    readonly alertId: string;
    readonly triggeredAt: string;
    readonly resolvedAt: string | null;
    readonly detectedAt: string;
  };
}

/** Resolved notices that are sent when the silence over them ends. */
@Injectable()
export class SilencedResolutionRepository {
  async add(tx: Transaction, resolutions: readonly SilencedResolution[]): Promise<void> {
    if (resolutions.length === 0) return;
    const rows = resolutions.map(({ rule: { id, severity, metric, labels }, notice }) => ({
      alert_id: notice.alertId,
      rule: { id, severity, metric, labels },
      notice,
    }));
    await tx.query(
      `INSERT INTO alert_silenced_resolutions (alert_id, rule, notice)
       SELECT alert_id, rule, notice FROM jsonb_to_recordset($1::jsonb) AS given (alert_id uuid, rule jsonb, notice jsonb)
       ON CONFLICT (alert_id) DO NOTHING`,
      [JSON.stringify(rows)],
    );
  }

  /** Oldest first; they cannot be taken by another transaction before this one ends. */
  async lockAll(tx: Transaction): Promise<SilencedResolution[]> {
    const rows: Row[] = await tx.query(
      `SELECT rule, notice FROM alert_silenced_resolutions ORDER BY notice ->> 'resolvedAt', alert_id FOR UPDATE`,
    );
    return rows.map(({ rule, notice }) => ({
      rule,
      notice: {
        ...notice,
        triggeredAt: new Date(notice.triggeredAt),
        resolvedAt: notice.resolvedAt === null ? null : new Date(notice.resolvedAt),
        detectedAt: new Date(notice.detectedAt),
      },
    }));
  }

  async remove(tx: Transaction, alertIds: readonly string[]): Promise<void> {
    await tx.query('DELETE FROM alert_silenced_resolutions WHERE alert_id = ANY($1::uuid[])', [alertIds]);
  }
}
