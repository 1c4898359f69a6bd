import { appendFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { until } from '../support/app-process.js';
import { endOf } from '../support/command-line.js';
import { ImportTrial, lineOf, linesOf } from '../support/import-trial.js';

/** The import as a process against a server that misbehaves to order; what the real service says is in import.e2e-spec. */
jest.setTimeout(60_000);

let trial: ImportTrial;
beforeEach(async () => (trial = await ImportTrial.open()));
afterEach(() => trial.close());

const WAIT_MS = 30_000;
it('waits out a busy and an ailing service', async () => {
  trial.receiver.script = (request) => {
    if (request === 1) return { status: 429, headers: { 'retry-after': '1' } };
    if (request === 2) return { status: 503, headers: { 'retry-after': '1' } };
    if (request === 3) return { cut: 'before-storing' };
    return request === 4 ? { cut: 'after-storing' } : undefined;
  };
  const end = await trial.run(
    '--concurrency',
    '2',
    '--batch-size',
    '500',
    await trial.fileOf('events.ndjson', linesOf(2_000)),
  );
  expect(end).toMatchObject({ code: 0, stdout: expect.stringMatching(/1,500 accepted, 500 duplicates, 0 rejected/) });
  expect(end.stdout).toMatch(/sent again after their answer was lost/);
  expect(trial.receiver.stored.size).toBe(2_000);
});

it('goes on when the service comes back', async () => {
  trial.receiver.delayMs = 20;
  const command = trial.start('--batch-size', '100', await trial.fileOf('events.ndjson', linesOf(5_000)));
  await until(() => trial.receiver.stored.size > 1_000, WAIT_MS);
  await trial.receiver.stop();
  await until(() => /cannot be reached|ECONNREFUSED/.test(command.stderr), WAIT_MS);
  await trial.receiver.listen();
  expect(await endOf(command)).toMatchObject({ code: 0, stderr: expect.stringMatching(/Going on after/) });
  expect(trial.receiver.stored.size).toBe(5_000);
});

it.each(['plain', 'gzip'])('goes on where it was killed in a %s file', async (form) => {
  const content = Buffer.from(`${linesOf(8_000).join('\n')}\n`);
  const path = await trial.fileOf('events', form === 'gzip' ? gzipSync(content) : content);
  trial.receiver.delayMs = 150;
  const first = trial.start('--batch-size', '100', path);
  await until(
    async () =>
      trial.receiver.stored.size > 2_000 && (await trial.states()).some((name) => name.endsWith('.checkpoint.json')),
    WAIT_MS,
  );
  first.signal('SIGKILL');
  await first.ended;
  const storedBefore = trial.receiver.stored.size;
  trial.receiver.delayMs = 0;
  trial.receiver.requests.length = 0;
  const second = await trial.run(path);
  expect(second).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/going on at line [\d,]+, where the import of/),
  });
  expect(second.stdout).toMatch(/in the run that was interrupted/);
  expect(trial.receiver.stored.size).toBe(8_000);
  const sentAgain = trial.receiver.requests.reduce((sum, { events }) => sum + events, 0);
  expect(sentAgain).toBeGreaterThanOrEqual(8_000 - storedBefore);
  expect(sentAgain).toBeLessThan(8_000 - 400);
  // Once complete, it starts from the beginning again.
  expect((await trial.run(path)).stdout).toMatch(/: 0 accepted, 8,000 duplicates/);
});

it('keeps its place when interrupted, and forgets it when told to', async () => {
  const path = await trial.fileOf('events.ndjson', linesOf(8_000));
  trial.receiver.delayMs = 25;
  const first = trial.start('--batch-size', '100', path);
  await until(() => trial.receiver.stored.size > 500, WAIT_MS);
  first.signal('SIGINT');
  expect(await endOf(first)).toMatchObject({
    code: 130,
    stderr: expect.stringMatching(/Interrupted\.\nThe same command goes on/),
  });
  trial.receiver.delayMs = 0;
  const storedBefore = trial.receiver.stored.size;
  expect((await trial.run('--restart', path)).stdout).toContain(
    `${(8_000 - storedBefore).toLocaleString('en')} accepted, ${storedBefore.toLocaleString('en')} duplicates`,
  );
});

it('lets two imports of one file run side by side', async () => {
  const path = await trial.fileOf('events.ndjson', linesOf(5_000));
  trial.receiver.delayMs = 5;
  const ends = await Promise.all([trial.run('--batch-size', '100', path), trial.run('--batch-size', '100', path)]);
  expect(ends.map(({ code }) => code)).toEqual([0, 0]);
  expect(trial.receiver.stored.size).toBe(5_000);
  expect((await trial.states()).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

it('notices that the file grew meanwhile', async () => {
  const path = await trial.fileOf('events.ndjson', linesOf(5_000));
  trial.receiver.delayMs = 20;
  const command = trial.start('--batch-size', '100', '--concurrency', '2', path);
  await until(() => trial.receiver.stored.size > 500, WAIT_MS);
  await appendFile(path, `${lineOf(5_000)}\n`);
  expect(await endOf(command)).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/was changed while it was being read/),
  });
});
