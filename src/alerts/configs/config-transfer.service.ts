import { Injectable } from '@nestjs/common';
import type { AlertConfig } from '../domain/alert-config.js';
import type { ConfigExportDto, ConfigImportDto, ImportMode, ImportReportDto } from '../dto/alert-config.dto.js';
import { AlertConfigRepository } from '../store/alert-config.repository.js';
import { ConfigWriter, isSameRule, type ConfigEdit } from './config-writer.js';
import { RuleReader } from './rule-reader.js';
import { exportOfRule } from './rule-wire.js';

export interface ImportOrder {
  readonly mode: ImportMode;
  /** Only say what would be done. */
  readonly dryRun: boolean;
  readonly by: string;
}

/** All rules at once: out as JSON, and in again. */
@Injectable()
export class ConfigTransferService {
  constructor(
    private readonly configs: AlertConfigRepository,
    private readonly reader: RuleReader,
    private readonly writer: ConfigWriter,
  ) {}

  /** By name. */
  async export(): Promise<ConfigExportDto> {
    return { schema: 1, configs: (await this.configs.all()).map(exportOfRule) };
  }

  /** All or nothing; configs are matched by name. @throws InvalidInputError naming fields such as `configs[3].threshold` */
  async import(sent: ConfigImportDto, { mode, dryRun, by }: ImportOrder): Promise<ImportReportDto> {
    const rules = this.reader.readAll(sent.configs);
    const edits = await this.writer.transaction(async (tx) => {
      const stored = await this.configs.lockAll(tx);
      const byName = new Map(stored.map((config) => [config.name, config]));
      const wanted: ConfigEdit[] = rules.map((after) => ({ before: byName.get(after.name), after }));
      const all = [...wanted, ...(mode === 'replace' ? leftOver(stored, wanted) : [])];
      if (!dryRun) await this.writer.write(tx, all, by);
      return all;
    });
    return report(edits, { mode, dry_run: dryRun });
  }
}

function leftOver(stored: readonly AlertConfig[], wanted: readonly ConfigEdit[]): ConfigEdit[] {
  const kept = new Set(wanted.map(({ before }) => before));
  return stored.filter((config) => !kept.has(config)).map((before) => ({ before }));
}

function report(edits: readonly ConfigEdit[], order: Pick<ImportReportDto, 'mode' | 'dry_run'>): ImportReportDto {
  const names = {
    created: [] as string[],
    updated: [] as string[],
    unchanged: [] as string[],
    deleted: [] as string[],
  };
  for (const { before, after } of edits) {
    if (!before) names.created.push(after!.name);
    else if (!after) names.deleted.push(before.name);
    else if (isSameRule(before, after)) names.unchanged.push(after.name);
    else names.updated.push(after.name);
  }
  return { ...order, ...names };
}
