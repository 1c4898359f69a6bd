import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { JOBS_DATA_SOURCE } from '../../platform/database/index.js';

/** What is read and written by one handle belongs together; repositories take it explicitly. */
export type Transaction = EntityManager;

/** The connections of the jobs. */
@Injectable()
export class RollupDatabase {
  constructor(@InjectDataSource(JOBS_DATA_SOURCE) private readonly dataSource: DataSource) {}

  /** For statements that stand alone. */
  get single(): Transaction {
    return this.dataSource.manager;
  }

  /**
   * READ COMMITTED: every statement sees what was committed before it began, so that who waited for a lock sees
   * everything that the one before it wrote. See docs/adr on rollups.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.dataSource.transaction('READ COMMITTED', work);
  }
}
