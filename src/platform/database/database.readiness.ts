import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ReadinessRegistry } from '../probes/index.js';
import { WriteProbe } from './write-probe.js';

/** Reports the database, and whether its schema is the one this process was built for. */
@Injectable()
export class DatabaseReadiness implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writes: WriteProbe,
    private readonly registry: ReadinessRegistry,
  ) {}

  onModuleInit(): void {
    this.registry.register({ name: 'database', check: () => this.checkDatabase() });
    this.registry.register({ name: 'migrations', check: () => this.checkMigrations() });
  }

  private async checkDatabase(): Promise<void> {
    await this.dataSource.query('SELECT 1');
    const refusal = await this.writes.refusal();
    if (refusal !== undefined) throw new Error(`The database refuses writes: ${refusal}.`);
  }

  private async checkMigrations(): Promise<void> {
    const table = this.dataSource.options.migrationsTableName ?? 'migrations';
    const applied = await this.dataSource.query<{ name: string }[]>(`SELECT name FROM "${table}"`);
    const names = new Set(applied.map(({ name }) => name));
    // A migration without a name of its own goes by its class, in TypeORM's table too.
    const missing = this.dataSource.migrations
      .map((migration) => migration.name ?? migration.constructor.name)
      .filter((name) => !names.has(name));
    if (missing.length > 0)
      throw new Error(`The schema lacks ${missing.join(', ')}; start the service again to migrate.`);
  }
}
