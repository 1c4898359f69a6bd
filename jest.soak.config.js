// npm run soak: what takes longer than CI may. The random streams of the rollups, twenty thousand of them; the three files
// of real data; every business figure of nine hundred random shops; a thousand random series through the engine and
// through previews; rules on two million events that are not rolled up; five minutes of workers that are killed while
// they evaluate; workers that are killed through five hundred deliveries; five minutes of two API processes and two
// workers at work together; twenty thousand hostile requests; ten stops under load; twenty kills of the service under
// load, and kills of large imports; the service in other months, on a leap day, over changes of the clocks and New Year.
import base from './jest.config.js';

process.env.ROLLUP_RUNS ??= '20000';
process.env.BUSINESS_RUNS ??= '300';
process.env.ALERT_RUNS ??= '40';
process.env.ALERT_BACKLOG_EVENTS ??= '2000000';
process.env.REAL_FILES ??= 'orders,ml-jobs,api-requests';
process.env.ALERT_CRASH_SECONDS ??= '300';
process.env.FLEET_SECONDS ??= '300';
process.env.NOTIFY_CRASH_DELIVERIES ??= '500';
process.env.NOTIFY_CRASH_KILLS ??= '8';
process.env.CHAOS_ROUNDS ??= '20';
process.env.FUZZ_REQUESTS ??= '20000';
process.env.SHUTDOWN_RUNS ??= '10';

const LONG = {
  medium: [
    '<rootDir>/test/rollups/rollups.medium-spec.ts',
    '<rootDir>/test/business/business-figures.medium-spec.ts',
    '<rootDir>/test/rollups/real-data.medium-spec.ts',
    '<rootDir>/test/alerts/preview-equality.medium-spec.ts',
    '<rootDir>/test/alerts/engine-backlog.medium-spec.ts',
    '<rootDir>/test/notifications/crashes.medium-spec.ts',
  ],
  e2e: [
    '<rootDir>/test/e2e/alert-workers.e2e-spec.ts',
    '<rootDir>/test/e2e/import-recovery.soak-spec.ts',
    '<rootDir>/test/e2e/moved-clocks.soak-spec.ts',
    '<rootDir>/test/e2e/chaos.e2e-spec.ts',
    '<rootDir>/test/e2e/fleet.e2e-spec.ts',
    '<rootDir>/test/e2e/fuzz.e2e-spec.ts',
    '<rootDir>/test/e2e/shutdown.e2e-spec.ts',
  ],
};

export default {
  ...base,
  projects: base.projects
    .filter(({ displayName }) => displayName in LONG)
    .map((project) => ({
      ...project,
      displayName: `soak ${project.displayName}`,
      testMatch: LONG[project.displayName],
    })),
};
