import { Injectable } from '@nestjs/common';
import type { Severity } from '../domain/alert-config.js';
import { instanceOf, NO_GROUP } from '../domain/instances.js';
import { NORMAL, type InstanceState, type Muting, type Phase } from '../domain/instance-state.js';
import type { Transaction } from './alert-database.js';

/** An instance of a rule and where it stands. */
export interface StoredInstance {
  readonly configId: string;
  readonly instance: string;
  readonly group: string | null;
  readonly state: InstanceState;
}

interface Row {
  config_id: string;
  instance: string;
  group_value: string | null;
  phase: Phase;
  since: Date;
  alert_id: string | null;
  triggered_at: Date | null;
  value: number | null;
  peak_value: number | null;
  acknowledged: boolean;
  muted: Muting | null;
  reminded_at: Date | null;
  noticed_at: Date | null;
  noticed_severity: Severity | null;
  held_until: Date | null;
  partial: boolean;
}

const COLUMNS = `config_id, instance, group_value, phase, since, alert_id, triggered_at, value, peak_value, acknowledged, muted,
  reminded_at, noticed_at, noticed_severity, held_until, partial`;
/** Always in the same order, so that two who lock several never wait for each other in a circle. */
const LOCKED = 'ORDER BY config_id, instance FOR UPDATE';

/** Where instances stand; those without a row are normal. */
@Injectable()
export class InstanceStateRepository {
  async lockAll(tx: Transaction): Promise<StoredInstance[]> {
    return toInstances(await tx.query(`SELECT ${COLUMNS} FROM alert_states ${LOCKED}`));
  }

  async lockOfAlerts(tx: Transaction, alertIds: readonly string[]): Promise<StoredInstance[]> {
    return toInstances(
      await tx.query(`SELECT ${COLUMNS} FROM alert_states WHERE alert_id = ANY($1::uuid[]) ${LOCKED}`, [alertIds]),
    );
  }

  async lockOfConfigs(tx: Transaction, configIds: readonly string[]): Promise<StoredInstance[]> {
    return toInstances(
      await tx.query(`SELECT ${COLUMNS} FROM alert_states WHERE config_id = ANY($1::uuid[]) ${LOCKED}`, [configIds]),
    );
  }

  async save(tx: Transaction, instances: readonly StoredInstance[]): Promise<void> {
    if (instances.length === 0) return;
    await tx.query(
      `INSERT INTO alert_states (${COLUMNS})
       SELECT ${COLUMNS} FROM jsonb_populate_recordset(NULL::alert_states, $1::jsonb)
       ON CONFLICT (config_id, instance) DO UPDATE SET phase = excluded.phase, since = excluded.since,
         alert_id = excluded.alert_id, triggered_at = excluded.triggered_at, value = excluded.value,
         peak_value = excluded.peak_value, acknowledged = excluded.acknowledged, muted = excluded.muted,
         reminded_at = excluded.reminded_at, noticed_at = excluded.noticed_at,
         noticed_severity = excluded.noticed_severity, held_until = excluded.held_until, partial = excluded.partial`,
      [JSON.stringify(instances.map(toRow))],
    );
  }

  async forget(tx: Transaction, instances: readonly Pick<StoredInstance, 'configId' | 'instance'>[]): Promise<void> {
    if (instances.length === 0) return;
    await tx.query(
      `DELETE FROM alert_states s USING unnest($1::uuid[], $2::text[]) AS gone(config_id, instance)
        WHERE s.config_id = gone.config_id AND s.instance = gone.instance`,
      [instances.map(({ configId }) => configId), instances.map(({ instance }) => storedInstance(instance))],
    );
  }

  /** Instances of these rules, whose episodes are closed, start over. When people were last told of them is kept. */
  async startOver(tx: Transaction, configIds: readonly string[], at: Date): Promise<void> {
    await tx.query('DELETE FROM alert_states WHERE config_id = ANY($1::uuid[]) AND noticed_at IS NULL', [configIds]);
    await tx.query(
      `UPDATE alert_states SET phase = 'normal', since = $2, held_until = NULL, partial = false
        WHERE config_id = ANY($1::uuid[]) AND (phase <> 'normal' OR partial)`,
      [configIds, at],
    );
    await tx.query('DELETE FROM alert_evaluation_notes WHERE config_id = ANY($1::uuid[])', [configIds]);
  }

  /** Everything there is of these rules, and what their evaluation had to warn of. */
  async forgetConfigs(tx: Transaction, configIds: readonly string[]): Promise<void> {
    await tx.query('DELETE FROM alert_states WHERE config_id = ANY($1::uuid[])', [configIds]);
    await tx.query('DELETE FROM alert_evaluation_notes WHERE config_id = ANY($1::uuid[])', [configIds]);
  }
}

function toInstances(rows: Row[]): StoredInstance[] {
  return rows.map((row) => ({
    configId: row.config_id,
    instance: row.group_value === '' ? instanceOf(NO_GROUP) : row.instance,
    group: row.group_value === '' ? NO_GROUP : row.group_value,
    state: {
      ...NORMAL,
      phase: row.phase,
      since: row.since.getTime(),
      noticedAt: row.noticed_at?.getTime() ?? null,
      noticedSeverity: row.noticed_severity,
      heldUntil: row.held_until?.getTime() ?? null,
      partial: row.partial,
      episode: row.alert_id === null ? null : episodeOf(row, row.alert_id),
    },
  }));
}

function episodeOf(row: Row, id: string): InstanceState['episode'] {
  return {
    id,
    triggeredAt: (row.triggered_at ?? row.since).getTime(),
    value: row.value,
    peak: row.peak_value,
    acknowledged: row.acknowledged,
    muted: row.muted,
    remindedAt: row.reminded_at?.getTime() ?? null,
  };
}

function toRow({ configId, instance, group, state }: StoredInstance): Row {
  const { episode } = state;
  return {
    config_id: configId,
    instance: storedInstance(instance),
    group_value: group === NO_GROUP ? '' : group,
    phase: state.phase,
    since: new Date(state.since),
    alert_id: episode?.id ?? null,
    triggered_at: dateOf(episode?.triggeredAt),
    value: episode?.value ?? null,
    peak_value: episode?.peak ?? null,
    acknowledged: episode?.acknowledged ?? false,
    muted: episode?.muted ?? null,
    reminded_at: dateOf(episode?.remindedAt),
    noticed_at: dateOf(state.noticedAt),
    noticed_severity: state.noticedSeverity,
    held_until: dateOf(state.heldUntil),
    partial: state.partial,
  };
}

/** The group of events that lack the dimension is stored under the empty value, as processes of the version before do. */
function storedInstance(instance: string): string {
  return instance === instanceOf(NO_GROUP) ? instanceOf('') : instance;
}

function dateOf(ms: number | null | undefined): Date | null {
  return ms === null || ms === undefined ? null : new Date(ms);
}
