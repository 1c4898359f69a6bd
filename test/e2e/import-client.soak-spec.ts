import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { stayWithinDay } from '../support/app-process.js';
import { endOf, startCommand } from '../support/command-line.js';
import { ImportTrial, lineOf, linesOf } from '../support/import-trial.js';

/** The import as a process against a server that misbehaves to order; what the real service says is in import.e2e-spec. */
jest.setTimeout(60_000);

let trial: ImportTrial;
beforeEach(async () => (trial = await ImportTrial.open()));
afterEach(() => trial.close());

it('sends every event once, and all of them again as duplicates', async () => {
  const path = await trial.fileOf('events.ndjson', linesOf(1_234));
  const first = await trial.run(path);
  expect(first).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/: 1,234 accepted, 0 duplicates, 0 rejected in /),
  });
  expect(trial.receiver.requests.map(({ events }) => events).sort()).toEqual([1_000, 234]);
  expect(trial.receiver.requests[0]).toMatchObject({ authorization: 'Bearer secret-token', encoding: undefined });
  expect(await trial.run(path)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/: 0 accepted, 1,234 duplicates, 0 rejected/),
  });
  expect(await trial.states()).toEqual([]);
});

it('names what was rejected by line and fails, unless that is allowed', async () => {
  const path = await trial.fileOf('events.ndjson', [
    lineOf(1),
    '{"broken',
    '',
    lineOf(2, { reject: 'must be a number' }),
    '[]',
    lineOf(3),
  ]);
  const end = await trial.run(path);
  expect(end.code).toBe(3);
  expect(end.stdout).toMatch(/: 2 accepted, 0 duplicates, 3 rejected/);
  expect(end.stdout).toMatch(
    /line 2: is not valid JSON.*\n.*line 4 \(event 0{8}-.*2\): total must be a number\n.*line 5: is not a JSON object/,
  );
  expect((await trial.run('--allow-rejected', path)).code).toBe(0);
});

it('counts a file of which nothing can be taken', async () => {
  const path = await trial.fileOf(
    'events.ndjson',
    Array.from({ length: 1_500 }, (_, index) => lineOf(index, { reject: 'no' })),
  );
  expect(await trial.run(path)).toMatchObject({
    code: 3,
    stdout: expect.stringMatching(/0 accepted, 0 duplicates, 1,500 rejected[^]*and 1,490 more/),
  });
});

describe('a refusal', () => {
  it.each([
    [
      401,
      { detail: 'The token has expired.' },
      /does not accept the token \(401\): The token has expired\. .*npm run token/,
    ],
    [403, {}, /may not send events \(403\).*role service or admin/],
    [
      400,
      { detail: 'Unknown field.', errors: [{ path: 'events', message: 'is odd' }] },
      /malformed \(400\): Unknown field; events is odd\./,
    ],
    [404, {}, /not this service/],
    [308, {}, /not this service/],
  ])('of %i stops at once, and the next try goes on', async (status, body, message) => {
    const path = await trial.fileOf('events.ndjson', linesOf(5_000));
    trial.receiver.script = (request) => (request === 3 ? { status, body } : undefined);
    const end = await trial.run('--concurrency', '1', '--batch-size', '500', path);
    expect(end).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(message) });
    expect(end.stderr).not.toMatch(/secret-token| at .*\.js/);
    expect(trial.receiver.requests).toHaveLength(3);
    expect((await trial.run(path)).stderr).toMatch(/going on at line 1,001/);
    expect(trial.receiver.stored.size).toBe(5_000);
  });

  it('of every file that cannot be read comes before anything is sent', async () => {
    const good = await trial.fileOf('good.ndjson', linesOf(3));
    const end = await trial.run(
      good,
      join(trial.folder, 'missing.ndjson'),
      trial.folder,
      await trial.fileOf('text.gz', linesOf(3)),
    );
    expect(end.code).toBe(1);
    expect(end.stderr).toMatch(
      /missing\.ndjson does not exist\.\n.* is a folder.*\n.*text\.gz is named \.gz but is not gzip/,
    );
    expect(trial.receiver.requests).toEqual([]);
  });

  it('of a cut file comes after what it held, and spares the other files', async () => {
    const packed = gzipSync(`${linesOf(5_000).join('\n')}\n`);
    const cut = await trial.fileOf('cut.gz', packed.subarray(0, packed.length - 2_000));
    const good = await trial.fileOf('good.ndjson', [lineOf(9_999)]);
    const end = await trial.run(cut, good);
    expect(end).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/not the whole file: .*cut off[^]*good\.ndjson: 1 accepted/),
    });
    // A first close reading finds it beforehand.
    trial.receiver.requests.length = 0;
    expect(await trial.run('--shift-to-now', good, cut)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/cut off/),
    });
    expect(trial.receiver.requests).toEqual([]);
  });

  it.each([
    [['--batch-size', '0'], /whole number from 1 to 1000/],
    [['--concurrency', 'x'], /whole number from 1 to 64/],
    [['--unknown'], /unknown option/],
    [['--url', 'nonsense'], /not an http or https URL/],
  ])('of the command line %p says what is allowed', async (args, message) => {
    expect(await trial.run(...args, await trial.fileOf('a.ndjson', []))).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(message),
    });
  });

  it('of no files shows how to call it', async () => {
    expect(await trial.run()).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/missing required argument 'file'/),
    });
  });

  it('to guess a token for another machine says how to get one', async () => {
    const path = await trial.fileOf('a.ndjson', linesOf(1));
    const end = await endOf(
      startCommand('import', ['--url', 'https://analytics.example', path], { DATA_DIR: trial.folder }),
    );
    expect(end).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/No token for https:\/\/analytics\.example.*--token/),
    });
  });
});

describe('moving times to now', () => {
  const yesterday = (): string => new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  const datesOf = (): string[] =>
    [...trial.receiver.stored.values()].map((event) => event.occurred_at.slice(0, 10)).sort();

  it('puts the newest event on yesterday, once and for all runs', async () => {
    await stayWithinDay(15_000);
    const path = await trial.fileOf('old.ndjson', [
      lineOf(1),
      lineOf(2, { occurred_at: '2011-09-28T01:02:03.456789+02:00' }),
    ]);
    const first = await trial.run('--shift-to-now', path);
    expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining(`(line 1), comes to ${yesterday()}.`) });
    expect(datesOf().at(-1)).toBe(yesterday());
    expect([...trial.receiver.stored.values()].map((event) => event.occurred_at.slice(10)).sort()).toEqual([
      'T01:02:03.456789+02:00',
      'T10:00:00Z',
    ]);
    expect((await trial.run('--shift-to-now', path)).stdout).toMatch(/as decided on[^]* 0 accepted, 2 duplicates/);
    expect((await trial.run('--shift-to-now', '--shift-again', path)).stdout).toMatch(
      /comes to[^]* 0 accepted, 2 duplicates/,
    );
    expect((await trial.run(path)).stdout).toMatch(/: 2 accepted/);
  });

  it('has nothing to move where nothing has a time', async () => {
    expect(await trial.run('--shift-to-now', await trial.fileOf('none.ndjson', ['{}', 'x']))).toMatchObject({
      code: 3,
      stdout: expect.stringMatching(/nothing to move[^]*2 rejected/),
    });
  });
});
