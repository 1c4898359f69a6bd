import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Lets one process at a time do something, across every process on this database. */
@Injectable()
export class AdvisoryLock {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Runs `work` if nobody else holds `name`, otherwise does nothing. The lock is a session's: it is gone when the
   * database restarts, so what `work` writes must be right even if somebody else has begun it again.
   */
  async ifFree<T>(name: string, work: () => Promise<T>): Promise<{ acquired: true; result: T } | { acquired: false }> {
    const session = this.dataSource.createQueryRunner();
    try {
      const rows = (await session.query('SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS acquired', [
        name,
      ])) as [{ acquired: boolean }];
      if (!rows[0].acquired) return { acquired: false };
      try {
        return { acquired: true, result: await work() };
      } finally {
        await session.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [name]);
      }
    } finally {
      await session.release();
    }
  }
}
