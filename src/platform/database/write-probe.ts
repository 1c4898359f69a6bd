import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/**
 * Sorts more than fits into the least `work_mem`, so that PostgreSQL writes a file of some 200 kB where its data is: a full disk
 * shows as it does to a table that has to grow. Nothing of it stays, and neither WAL nor a table is written.
 */
const WRITE_TO_DISK = `SELECT count(*) FROM (SELECT n FROM generate_series(1, 10000) AS n ORDER BY md5(n::text) OFFSET 0) sorted`;
/** Whoever asks again meanwhile gets the last answer, and does not wait for the next probe. */
const REFRESH_MS = 3_000;
const REUSE_MS = 8_000;
const TIMEOUT_MS = 2_000;

const REASONS: Readonly<Record<string, string>> = {
  '53100': 'its disk is full',
  '58030': 'its disk cannot be written',
  '25006': 'it is read-only',
};

/** Whether the database, which answers, can be written to. */
@Injectable()
export class WriteProbe {
  private latest?: { readonly at: number; readonly refusal: Promise<string | undefined> };

  private isRefreshing = false;

  constructor(private readonly dataSource: DataSource) {}

  /** Why it refuses writes, at most 8 s old; undefined when it takes them. Rejects when it does not answer. */
  refusal(): Promise<string | undefined> {
    const age = this.latest ? performance.now() - this.latest.at : Number.POSITIVE_INFINITY;
    if (!this.latest || age >= REUSE_MS) this.latest = { at: performance.now(), refusal: this.probe() };
    else if (age >= REFRESH_MS) this.refresh().catch(() => undefined);
    return this.latest.refusal;
  }

  private async refresh(): Promise<void> {
    if (this.isRefreshing) return;
    this.isRefreshing = true;
    const at = performance.now();
    try {
      this.latest = { at, refusal: Promise.resolve(await this.probe()) };
    } catch {
      // Whoever asks next probes again, and is told what is wrong.
      this.latest = undefined;
    } finally {
      this.isRefreshing = false;
    }
  }

  private async probe(): Promise<string | undefined> {
    try {
      return await this.dataSource.transaction(async (tx) => {
        const [row] = await tx.query<{ read_only: string }[]>(
          `SELECT current_setting('transaction_read_only') AS read_only,
                  set_config('work_mem', '64kB', true), set_config('statement_timeout', '${TIMEOUT_MS}', true)`,
        );
        if (row?.read_only === 'on') return REASONS['25006'];
        await tx.query(WRITE_TO_DISK);
        return undefined;
      });
    } catch (error) {
      const reason = REASONS[codeOf(error)];
      if (reason === undefined) throw error;
      return reason;
    }
  }
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
