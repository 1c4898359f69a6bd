import { randomBytes } from 'node:crypto';
import { createClient, type RedisClientType } from '@redis/client';
import { Pool, type QueryResultRow } from 'pg';
import { startApp, type StartedApp } from '../support/app.js';
import { sumOf } from '../support/exposition.js';
import { startRedisServer, type RedisServer } from '../support/redis.js';

/** Two API processes and two workers on one PostgreSQL and one Redis. */
export class Fleet {
  private constructor(
    readonly apis: readonly [StartedApp, StartedApp],
    readonly workers: readonly [StartedApp, StartedApp],
    readonly redis: RedisServer,
    readonly database: Pool,
  ) {}

  static async start(): Promise<Fleet> {
    const redis = await startRedisServer();
    const shared = {
      REDIS_URL: redis.url,
      JWT_SECRET: randomBytes(32).toString('hex'),
      ALERT_EVALUATION_INTERVAL_SECONDS: '1',
      RATE_LIMIT_PER_MINUTE: '0',
    };
    const first = await startApp({ env: { ...shared, APP_ROLE: 'api' } });
    const url = await first.databaseUrl();
    const another = (role: string): Promise<StartedApp> =>
      startApp({ env: { ...shared, APP_ROLE: role, DATABASE_URL: url } });
    const [second, ...workers] = await Promise.all([another('api'), another('worker'), another('worker')]);
    return new Fleet([first, second], workers, redis, new Pool({ connectionString: url, max: 4 }));
  }

  async query<Row extends QueryResultRow>(sql: string): Promise<Row[]> {
    return (await this.database.query<Row>(sql)).rows;
  }

  /** What Prometheus would add up over these processes. */
  async sum(apps: readonly StartedApp[], series: string, labels: Readonly<Record<string, string>>): Promise<number> {
    const expositions = await Promise.all(apps.map(async (app) => (await app.request('/metrics')).text));
    return sumOf(expositions, series, labels);
  }

  /** Jobs of ticks, and those that found theirs run by another one. Those that a newer tick has overtaken are none. */
  async tickJobs(): Promise<{ all: string[]; repeated: string[] }> {
    return this.onRedis(async (client) => {
      const jobs = new Set<string>();
      // Hashes only: beside a job that is running stands its lock, whose key begins like that of the job.
      for await (const key of client.scanIterator({ MATCH: '*_????-??-??T??-??-??Z*', TYPE: 'hash', COUNT: 1_000 }))
        jobs.add(key);
      const all = [...jobs];
      const results = await Promise.all(all.map((job) => client.hGet(job, 'returnvalue')));
      return { all, repeated: all.filter((_job, index) => results[index]?.includes('run before')) };
    });
  }

  async onRedis<T>(work: (client: RedisClientType) => Promise<T>): Promise<T> {
    const client: RedisClientType = createClient({ url: this.redis.url });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.disconnect();
    }
  }

  /** What each process has written so far that is more than information. */
  complaints(): string[] {
    return [...this.apis, ...this.workers].flatMap((app) =>
      app
        .logs()
        .split('\n')
        .filter((line) => /"level":"(warn|error|fatal)"/.test(line)),
    );
  }

  /** The database goes with the first process, so that one is the last. */
  async stop(): Promise<void> {
    await this.database.end();
    const [first, second] = this.apis;
    await Promise.all([...this.workers, second].map((app) => app.stop()));
    await first.stop();
    await this.redis.stop();
  }
}
