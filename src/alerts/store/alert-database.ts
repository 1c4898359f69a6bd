import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { translateDatabaseError } from '../../platform/database/index.js';

/** What is read and written by one handle belongs together; repositories take it explicitly. */
export type Transaction = EntityManager;

@Injectable()
export class AlertDatabase {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** For statements that stand alone. */
  get single(): Transaction {
    return this.dataSource.manager;
  }

  /**
   * READ COMMITTED: whoever waited for a lock sees, in what it reads afterwards, everything the one before it wrote.
   * @throws DependencyUnavailableError while the database is not there
   */
  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    try {
      return await this.dataSource.transaction('READ COMMITTED', work);
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }

  /** Inside a transaction: what `work` does is undone when it fails, and nothing else. */
  savepoint<T>(tx: Transaction, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return tx.transaction(work);
  }
}
