import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Who runs which tick. */
@Injectable()
export class ScheduleTickRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Whether the job that was queued at `queuedAt` may run this tick. Yes for the first one to ask, and for the same
   * job again (its worker died, or it is retried). No for a second job of the same tick: that one was queued after
   * the first was done and removed.
   */
  async claim(name: string, tick: Date, queuedAt: Date): Promise<boolean> {
    const claimed = await this.dataSource.query<unknown[]>(
      `INSERT INTO schedule_ticks AS held (name, tick, queued_at) VALUES ($1, $2, $3)
       ON CONFLICT (name, tick) DO UPDATE SET queued_at = held.queued_at WHERE held.queued_at = EXCLUDED.queued_at
       RETURNING name`,
      [name, tick, queuedAt],
    );
    return claimed.length > 0;
  }

  /** Ticks that are claimed although they are later than this. */
  async after(name: string, instant: Date): Promise<Date[]> {
    const rows = await this.dataSource.query<{ tick: Date }[]>(
      'SELECT tick FROM schedule_ticks WHERE name = $1 AND tick > $2 ORDER BY tick',
      [name, instant],
    );
    return rows.map(({ tick }) => tick);
  }

  /** Gives a tick up, so that it can be claimed again. */
  async release(name: string, tick: Date): Promise<void> {
    await this.dataSource.query('DELETE FROM schedule_ticks WHERE name = $1 AND tick = $2', [name, tick]);
  }

  /** Forgets ticks from before `cutOff`, except the last one of each schedule. Returns how many. */
  async forget(cutOff: Date): Promise<number> {
    const [, forgotten] = await this.dataSource.query<[unknown, number]>(
      `DELETE FROM schedule_ticks old
        WHERE tick < $1 AND tick < (SELECT max(tick) FROM schedule_ticks latest WHERE latest.name = old.name)`,
      [cutOff],
    );
    return forgotten;
  }
}
