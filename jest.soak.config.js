// npm run soak: what takes longer than CI may. The random streams of the rollups, twenty thousand of them; the three files
// of real data; every business figure of nine hundred random shops; a thousand random series through the engine and
// through previews; rules on two million events that are not rolled up; five minutes of workers that are killed while
// they evaluate; workers that are killed through five hundred deliveries; five minutes of two API processes and two
// workers at work together; twenty thousand hostile requests; ten stops under load; twenty-one kills of the service under
// load, and kills of large imports; the service in other months, on a leap day, over changes of the clocks and New Year; and every
// `*.soak-spec.ts` and `itInSoak`.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import base from './jest.config.js';

process.env.SOAK = '1';
process.env.ROLLUP_RUNS ??= '20000';
process.env.BUSINESS_RUNS ??= '300';
process.env.ALERT_RUNS ??= '40';
process.env.ALERT_BACKLOG_EVENTS ??= '2000000';
process.env.REAL_FILES ??= 'orders,ml-jobs,api-requests';
process.env.ALERT_CRASH_SECONDS ??= '300';
process.env.FLEET_SECONDS ??= '300';
process.env.NOTIFY_CRASH_DELIVERIES ??= '500';
process.env.NOTIFY_CRASH_KILLS ??= '8';
process.env.CHAOS_ROUNDS ??= '21';
process.env.FUZZ_REQUESTS ??= '20000';
process.env.SHUTDOWN_RUNS ??= '10';

/** Beside the files that say themselves what only the soak runs. */
const LONG = [
  'test/rollups/rollups.medium-spec.ts',
  'test/business/business-figures.medium-spec.ts',
  'test/rollups/real-data.medium-spec.ts',
  'test/alerts/preview-equality.medium-spec.ts',
  'test/alerts/engine-backlog.medium-spec.ts',
  'src/platform/queues/queues-on-postgres.medium-spec.ts',
  'src/platform/queues/queues-on-redis.medium-spec.ts',
  'test/e2e/fuzz.e2e-spec.ts',
  'test/e2e/shutdown.e2e-spec.ts',
];

const root = import.meta.dirname;
const isLong = (path) =>
  LONG.includes(path) ||
  path.endsWith('.soak-spec.ts') ||
  /from '.*\/soak\.js'/.test(readFileSync(join(root, path), 'utf8'));
const specs = ['src', 'test']
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map((name) => join(folder, name)))
  .filter((path) => path.endsWith('-spec.ts') && isLong(path));

export default {
  ...base,
  projects: base.projects
    .filter(({ displayName }) => displayName === 'e2e')
    .map((project) => ({
      ...project,
      displayName: 'soak',
      testMatch: specs.map((path) => `<rootDir>/${path}`),
    })),
};
