import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type QueryRunner } from 'typeorm';
import { translateDatabaseError } from '../../platform/database/index.js';
import { LateEventReads } from './late-event-reads.js';
import { RollupReads } from './rollup-reads.js';
import { SlicedRawReads } from './sliced-raw-reads.js';
import { StateSnapshot } from './state-snapshot.js';

@Injectable()
export class MetricStateRepository {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly rollups: RollupReads,
    private readonly slices: SlicedRawReads,
    private readonly late: LateEventReads,
  ) {}

  /**
   * Everything that `work` reads is read in one snapshot.
   * @throws DependencyUnavailableError while the database is not there
   */
  async snapshot<T>(work: (snapshot: StateSnapshot) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      // TypeORM begins such a transaction with two statements, and a small answer consists of few more.
      await runner.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      return await ended(runner, () => work(new StateSnapshot(runner.manager, this.rollups, this.slices, this.late)));
    } catch (error) {
      throw translateDatabaseError(error);
    } finally {
      await runner.release();
    }
  }
}

/** Only once it has begun: without a connection, rolling back would wait for one a second time. */
async function ended<T>(runner: QueryRunner, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    await runner.query('COMMIT');
    return result;
  } catch (error) {
    await runner.query('ROLLBACK').catch(ignored);
    throw error;
  }
}

function ignored(): void {
  // What broke off the work is told; a connection that cannot even roll back is closed by its pool.
}
