import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Transaction } from './alert-database.js';

/** What the last evaluation of each rule had to warn of; a rule without warnings has no row. */
@Injectable()
export class EvaluationNoteRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  async of(configIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const rows: { config_id: string; warnings: string[] }[] = await this.dataSource.query(
      'SELECT config_id, warnings FROM alert_evaluation_notes WHERE config_id = ANY($1::uuid[])',
      [configIds],
    );
    return new Map(rows.map(({ config_id, warnings }) => [config_id, warnings]));
  }

  /** `notes` is all that is to be warned of, of rules that there are still: what else there was of the rules in `evaluated` is removed. */
  async replace(
    tx: Transaction,
    evaluated: readonly string[],
    notes: ReadonlyMap<string, readonly string[]>,
  ): Promise<void> {
    await tx.query(
      `DELETE FROM alert_evaluation_notes WHERE config_id = ANY($1::uuid[]) AND config_id <> ALL($2::uuid[])`,
      [evaluated, [...notes.keys()]],
    );
    if (notes.size === 0) return;
    await tx.query(
      `INSERT INTO alert_evaluation_notes AS known (config_id, warnings)
       SELECT config_id, n.warnings FROM jsonb_to_recordset($1::jsonb) AS n(config_id uuid, warnings text[])
         JOIN alert_configs c ON c.id = n.config_id
       ON CONFLICT (config_id) DO UPDATE SET warnings = excluded.warnings WHERE known.warnings <> excluded.warnings`,
      [JSON.stringify([...notes].map(([config_id, warnings]) => ({ config_id, warnings })))],
    );
  }
}
