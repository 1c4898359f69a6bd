import { Injectable } from '@nestjs/common';
import { NotFoundError, StaleVersionError } from '../../platform/errors/index.js';
import type { AlertConfig, AlertRule } from '../domain/alert-config.js';
import type { AlertConfigDto } from '../dto/alert-config.dto.js';
import type { AlertRuleDto } from '../dto/alert-rule.dto.js';
import type { Place } from '../dto/place.js';
import { AlertConfigRepository } from '../store/alert-config.repository.js';
import { ConfigLint } from './config-lint.js';
import { ConfigWriter } from './config-writer.js';
import { RuleReader } from './rule-reader.js';
import { configToDto } from './rule-wire.js';
import { namesVersion } from './if-match.js';

/** Who edits, and which version they saw, if they say so. */
export interface Edit {
  readonly id: string;
  readonly by: string;
  /** The `If-Match` header. */
  readonly ifMatch: string | undefined;
}

/** The rules: read, made, replaced and deleted one at a time. */
@Injectable()
export class AlertConfigsService {
  constructor(
    private readonly configs: AlertConfigRepository,
    private readonly reader: RuleReader,
    private readonly writer: ConfigWriter,
    private readonly lint: ConfigLint,
  ) {}

  /** Newest first. */
  async list(limit: number, after?: Place): Promise<AlertConfigDto[]> {
    return this.toDtos(await this.configs.page(limit, after));
  }

  /** @throws NotFoundError */
  async get(id: string): Promise<AlertConfigDto> {
    return this.toDto(await this.find(id));
  }

  /** @throws NotFoundError */
  async find(id: string): Promise<AlertConfig> {
    return (await this.configs.find(id)) ?? missing();
  }

  /** @throws InvalidInputError, ConflictError where the name is taken */
  async create(sent: AlertRuleDto, by: string): Promise<AlertConfigDto> {
    const rule = this.reader.read(sent);
    const [created] = await this.writer.transaction((tx) => this.writer.write(tx, [{ after: rule }], by));
    return this.toDto(created!);
  }

  /** @throws InvalidInputError, NotFoundError, StaleVersionError, ConflictError where the name is taken */
  async replace(sent: AlertRuleDto, edit: Edit): Promise<AlertConfigDto> {
    const rule = this.reader.read(sent);
    const [replaced] = await this.edit(edit, rule);
    return this.toDto(replaced!);
  }

  /** Its open episodes are resolved; history and audit stay. @throws NotFoundError, StaleVersionError */
  async delete(edit: Edit): Promise<void> {
    await this.edit(edit, undefined);
  }

  private edit({ id, by, ifMatch }: Edit, after: AlertRule | undefined): Promise<AlertConfig[]> {
    return this.writer.transaction(async (tx) => {
      const before = (await this.configs.lock(tx, id)) ?? missing();
      if (ifMatch !== undefined && !namesVersion(ifMatch, before.version)) throw stale(before.version);
      return this.writer.write(tx, [{ before, after }], by);
    });
  }

  private async toDto(config: AlertConfig): Promise<AlertConfigDto> {
    return (await this.toDtos([config]))[0]!;
  }

  private async toDtos(configs: readonly AlertConfig[]): Promise<AlertConfigDto[]> {
    const warnings = await this.lint.warningsOf(configs);
    return configs.map((config) => configToDto(config, warnings.get(config.id) ?? []));
  }
}

function missing(): never {
  throw new NotFoundError('There is no alert config with this id.');
}

function stale(version: number): StaleVersionError {
  return new StaleVersionError(
    `The config is at version ${version}; read it again, then send the change with If-Match: "${version}".`,
  );
}
