// Runs the whole test suite with the clock of every process moved: Node, PostgreSQL, Redis, Prometheus and the browser.
//
//   npm run soak:clocks                      every clock below
//   npm run soak:clocks -- leap-day berlin   these
//   npm run soak:clocks -- berlin --tests e2e/alerts    a part of the suite
//
// Needs libfaketime (Debian: faketime). Each clock is an offset from the real one, so all processes agree; offsets are
// computed when a run begins, so that a change of the clocks or of the year lies a few minutes into the run.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** How long into a run the change comes. */
const LEAD_MS = 4 * MINUTE_MS;

const CLOCKS = {
  'in-40-days': { at: (now) => now + 40 * DAY_MS },
  'leap-day': { at: () => Date.parse('2028-02-29T10:00:00Z') },
  'berlin-spring': { at: () => Date.parse('2027-03-28T01:00:00Z') - LEAD_MS, zone: 'Europe/Berlin' },
  'berlin-autumn': { at: () => Date.parse('2027-10-31T01:00:00Z') - LEAD_MS, zone: 'Europe/Berlin' },
  'new-york-spring': { at: () => Date.parse('2027-03-14T07:00:00Z') - LEAD_MS, zone: 'America/New_York' },
  'new-york-autumn': { at: () => Date.parse('2027-11-07T06:00:00Z') - LEAD_MS, zone: 'America/New_York' },
  'new-year': { at: () => Date.parse('2028-01-01T00:00:00Z') - LEAD_MS },
};

function library() {
  const folder = readdirSync('/usr/lib').find((name) => existsSync(join('/usr/lib', name, 'faketime')));
  if (!folder) throw new Error('libfaketime is not installed; on Debian: apt-get install faketime');
  return join('/usr/lib', folder, 'faketime', 'libfaketime.so.1');
}

/** Semaphores of libfaketime whose process was killed: the next one of the same id may wait for them forever. */
function removeLeftovers() {
  for (const name of readdirSync('/dev/shm')) {
    const pid = /^(?:sem\.faketime_sem|faketime_shm)_(\d+)$/.exec(name)?.[1];
    if (pid && !existsSync(`/proc/${pid}`)) rmSync(join('/dev/shm', name), { force: true });
  }
}

function environmentOf({ at, zone }) {
  const now = Date.now();
  return {
    ...process.env,
    ...(zone && { TZ: zone }),
    LD_PRELOAD: library(),
    FAKETIME: `${at(now) >= now ? '+' : ''}${Math.round((at(now) - now) / 1_000)}`,
    // Timers, deadlines and measured durations are no times of day.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    // Files that a test has just written are not of another year.
    NO_FAKE_STAT: '1',
    DONT_FAKE_MONOTONIC: '1',
  };
}

const separator = process.argv.indexOf('--tests');
const names = process.argv.slice(2, separator < 0 ? undefined : separator);
const tests = separator < 0 ? [] : process.argv.slice(separator + 1);
const unknown = names.filter((name) => !(name in CLOCKS));
if (unknown.length > 0) {
  console.error(`Unknown clock ${unknown.join(', ')}; there are ${Object.keys(CLOCKS).join(', ')}.`);
  process.exit(2);
}

const failed = [];
for (const name of names.length > 0 ? names : Object.keys(CLOCKS)) {
  removeLeftovers();
  const env = environmentOf(CLOCKS[name]);
  console.log(
    `\n=== ${name}: ${new Date(CLOCKS[name].at(Date.now())).toISOString()} (${env.TZ ?? 'zone of this machine'})`,
  );
  const { status } = spawnSync('npx', ['jest', ...tests], { stdio: 'inherit', env });
  if (status !== 0) failed.push(name);
}
console.log(failed.length === 0 ? '\nEvery clock passed.' : `\nFailed under ${failed.join(', ')}.`);
process.exit(failed.length === 0 ? 0 : 1);
