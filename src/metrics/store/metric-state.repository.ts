import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { translateDatabaseError } from '../../platform/database/index.js';
import { RollupReads } from './rollup-reads.js';
import { StateSnapshot } from './state-snapshot.js';

@Injectable()
export class MetricStateRepository {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly rollups: RollupReads,
  ) {}

  /**
   * Everything that `work` reads is read in one snapshot.
   * @throws DependencyUnavailableError while the database is not there
   */
  async snapshot<T>(work: (snapshot: StateSnapshot) => Promise<T>): Promise<T> {
    try {
      return await this.dataSource.transaction('REPEATABLE READ', (tx) => work(new StateSnapshot(tx, this.rollups)));
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }
}
