import { appendFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { CommandLine, type CommandEnd } from '../support/command-line.js';
import { EventReceiver } from '../support/event-receiver.js';

/** The import as a process against a server that misbehaves to order; what the real service says is in import.e2e-spec. */
let folder: string;
let receiver: EventReceiver;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-client-'));
  receiver = await EventReceiver.start();
});

afterEach(async () => {
  await receiver.stop();
  await rm(folder, { recursive: true });
});

function start(...args: string[]): CommandLine {
  return new CommandLine('import', ['--url', receiver.url, '--token', 'secret-token', ...args], {
    DATA_DIR: join(folder, 'data'),
  });
}

const run = (...args: string[]): Promise<CommandEnd> => start(...args).ended;
const states = (): Promise<string[]> => readdir(join(folder, 'data', 'imports'));

function lineOf(index: number, fields: Record<string, unknown> = {}): string {
  const id = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
  return JSON.stringify({
    event_type: 'error',
    event_id: id,
    occurred_at: '2011-09-30T10:00:00Z',
    name: 'a',
    message: 'b',
    ...fields,
  });
}

const linesOf = (count: number): string[] => Array.from({ length: count }, (_, index) => lineOf(index));

async function fileOf(name: string, content: string[] | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, Buffer.isBuffer(content) ? content : `${content.join('\n')}\n`);
  return path;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it did not come to that within 20 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

it('sends every event once, and all of them again as duplicates', async () => {
  const path = await fileOf('events.ndjson', linesOf(1_234));
  const first = await run(path);
  expect(first).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/: 1,234 accepted, 0 duplicates, 0 rejected in /),
  });
  expect(receiver.requests.map(({ events }) => events).sort()).toEqual([234, 500, 500]);
  expect(receiver.requests[0]).toMatchObject({ authorization: 'Bearer secret-token', encoding: undefined });
  expect(await run(path)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/: 0 accepted, 1,234 duplicates, 0 rejected/),
  });
  expect(await states()).toEqual([]);
});

it('names what was rejected by line and fails, unless that is allowed', async () => {
  const path = await fileOf('events.ndjson', [
    lineOf(1),
    '{"broken',
    '',
    lineOf(2, { reject: 'must be a number' }),
    '[]',
    lineOf(3),
  ]);
  const end = await run(path);
  expect(end.code).toBe(3);
  expect(end.stdout).toMatch(/: 2 accepted, 0 duplicates, 3 rejected/);
  expect(end.stdout).toMatch(
    /line 2: is not valid JSON.*\n.*line 4 \(event 0{8}-.*2\): total must be a number\n.*line 5: is not a JSON object/,
  );
  expect((await run('--allow-rejected', path)).code).toBe(0);
});

it('counts a file of which nothing can be taken', async () => {
  const path = await fileOf(
    'events.ndjson',
    Array.from({ length: 1_500 }, (_, index) => lineOf(index, { reject: 'no' })),
  );
  expect(await run(path)).toMatchObject({
    code: 3,
    stdout: expect.stringMatching(/0 accepted, 0 duplicates, 1,500 rejected[^]*and 1,490 more/),
  });
});

it('waits out a busy and an ailing service', async () => {
  receiver.script = (request) => {
    if (request === 1) return { status: 429, headers: { 'retry-after': '1' } };
    if (request === 2) return { status: 503, headers: { 'retry-after': '1' } };
    if (request === 3) return { cut: 'before-storing' };
    return request === 4 ? { cut: 'after-storing' } : undefined;
  };
  const end = await run('--concurrency', '2', await fileOf('events.ndjson', linesOf(2_000)));
  expect(end).toMatchObject({ code: 0, stdout: expect.stringMatching(/2,000|1,500 accepted, 500 duplicates/) });
  expect(end.stdout).toMatch(/sent again after their answer was lost/);
  expect(receiver.stored.size).toBe(2_000);
});

it('goes on when the service comes back', async () => {
  receiver.delayMs = 20;
  const command = start('--batch-size', '100', await fileOf('events.ndjson', linesOf(10_000)));
  await until(() => receiver.stored.size >= 2_000);
  await receiver.stop();
  await until(() => /cannot be reached|ECONNREFUSED/.test(command.stderr));
  await receiver.listen();
  expect(await command.ended).toMatchObject({ code: 0, stderr: expect.stringMatching(/Going on after/) });
  expect(receiver.stored.size).toBe(10_000);
});

it.each(['plain', 'gzip'])('goes on where it was killed in a %s file', async (form) => {
  const content = Buffer.from(`${linesOf(20_000).join('\n')}\n`);
  const path = await fileOf('events', form === 'gzip' ? gzipSync(content) : content);
  receiver.delayMs = 25;
  const first = start('--batch-size', '100', path);
  await until(
    async () => receiver.stored.size > 4_000 && (await states()).some((name) => name.endsWith('.checkpoint.json')),
  );
  first.kill('SIGKILL');
  await first.ended;
  const storedBefore = receiver.stored.size;
  receiver.delayMs = 0;
  receiver.requests.length = 0;
  const second = await run(path);
  expect(second).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/going on at line [\d,]+, where the import of/),
  });
  expect(second.stdout).toMatch(/in the run that was interrupted/);
  expect(receiver.stored.size).toBe(20_000);
  const sentAgain = receiver.requests.reduce((sum, { events }) => sum + events, 0);
  expect(sentAgain).toBeGreaterThanOrEqual(20_000 - storedBefore);
  expect(sentAgain).toBeLessThan(20_000 - 1_000);
  // Once complete, it starts from the beginning again.
  expect((await run(path)).stdout).toMatch(/: 0 accepted, 20,000 duplicates/);
});

it('keeps its place when interrupted, and forgets it when told to', async () => {
  const path = await fileOf('events.ndjson', linesOf(20_000));
  receiver.delayMs = 25;
  const first = start('--batch-size', '100', path);
  await until(() => receiver.stored.size > 1_000);
  first.kill('SIGINT');
  expect(await first.ended).toMatchObject({
    code: 130,
    stderr: expect.stringMatching(/Interrupted\.\nThe same command goes on/),
  });
  receiver.delayMs = 0;
  const storedBefore = receiver.stored.size;
  expect((await run('--restart', path)).stdout).toContain(
    `${(20_000 - storedBefore).toLocaleString('en')} accepted, ${storedBefore.toLocaleString('en')} duplicates`,
  );
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
    const path = await fileOf('events.ndjson', linesOf(5_000));
    receiver.script = (request) => (request === 3 ? { status, body } : undefined);
    const end = await run('--concurrency', '1', path);
    expect(end).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(message) });
    expect(end.stderr).not.toMatch(/secret-token| at .*\.js/);
    expect(receiver.requests).toHaveLength(3);
    expect((await run(path)).stderr).toMatch(/going on at line 1,001/);
    expect(receiver.stored.size).toBe(5_000);
  });

  it('of every file that cannot be read comes before anything is sent', async () => {
    const good = await fileOf('good.ndjson', linesOf(3));
    const end = await run(good, join(folder, 'missing.ndjson'), folder, await fileOf('text.gz', linesOf(3)));
    expect(end.code).toBe(1);
    expect(end.stderr).toMatch(
      /missing\.ndjson does not exist\.\n.* is a folder.*\n.*text\.gz is named \.gz but is not gzip/,
    );
    expect(receiver.requests).toEqual([]);
  });

  it('of a cut file comes after what it held, and spares the other files', async () => {
    const packed = gzipSync(`${linesOf(5_000).join('\n')}\n`);
    const cut = await fileOf('cut.gz', packed.subarray(0, packed.length - 2_000));
    const good = await fileOf('good.ndjson', [lineOf(9_999)]);
    const end = await run(cut, good);
    expect(end).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/not the whole file: .*cut off[^]*good\.ndjson: 1 accepted/),
    });
    // A first close reading finds it beforehand.
    receiver.requests.length = 0;
    expect(await run('--shift-to-now', good, cut)).toMatchObject({ code: 1, stderr: expect.stringMatching(/cut off/) });
    expect(receiver.requests).toEqual([]);
  });

  it.each([
    [['--batch-size', '0'], /whole number from 1 to 1000/],
    [['--concurrency', 'x'], /whole number from 1 to 64/],
    [['--unknown'], /unknown option/],
    [['--url', 'nonsense'], /not an http or https URL/],
  ])('of the command line %p says what is allowed', async (args, message) => {
    expect(await run(...args, await fileOf('a.ndjson', []))).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(message),
    });
  });

  it('of no files shows how to call it', async () => {
    expect(await run()).toMatchObject({ code: 2, stderr: expect.stringMatching(/missing required argument 'file'/) });
  });

  it('to guess a token for another machine says how to get one', async () => {
    const path = await fileOf('a.ndjson', linesOf(1));
    const end = await new CommandLine('import', ['--url', 'https://analytics.example', path], { DATA_DIR: folder })
      .ended;
    expect(end).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/No token for https:\/\/analytics\.example.*--token/),
    });
  });
});

describe('moving times to now', () => {
  const yesterday = (): string => new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  const datesOf = (): string[] => [...receiver.stored.values()].map((event) => event.occurred_at.slice(0, 10)).sort();

  it('puts the newest event on yesterday, once and for all runs', async () => {
    const path = await fileOf('old.ndjson', [
      lineOf(1),
      lineOf(2, { occurred_at: '2011-09-28T01:02:03.456789+02:00' }),
    ]);
    const first = await run('--shift-to-now', path);
    expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining(`(line 1), comes to ${yesterday()}.`) });
    expect(datesOf().at(-1)).toBe(yesterday());
    expect([...receiver.stored.values()].map((event) => event.occurred_at.slice(10)).sort()).toEqual([
      'T01:02:03.456789+02:00',
      'T10:00:00Z',
    ]);
    expect((await run('--shift-to-now', path)).stdout).toMatch(/as decided on[^]* 0 accepted, 2 duplicates/);
    expect((await run('--shift-to-now', '--shift-again', path)).stdout).toMatch(
      /comes to[^]* 0 accepted, 2 duplicates/,
    );
    expect((await run(path)).stdout).toMatch(/: 2 accepted/);
  });

  it('has nothing to move where nothing has a time', async () => {
    expect(await run('--shift-to-now', await fileOf('none.ndjson', ['{}', 'x']))).toMatchObject({
      code: 3,
      stdout: expect.stringMatching(/nothing to move[^]*2 rejected/),
    });
  });
});

it('lets two imports of one file run side by side', async () => {
  const path = await fileOf('events.ndjson', linesOf(10_000));
  receiver.delayMs = 5;
  const ends = await Promise.all([run('--batch-size', '100', path), run('--batch-size', '100', path)]);
  expect(ends.map(({ code }) => code)).toEqual([0, 0]);
  expect(receiver.stored.size).toBe(10_000);
  expect((await states()).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

it('notices that the file grew meanwhile', async () => {
  const path = await fileOf('events.ndjson', linesOf(5_000));
  receiver.delayMs = 20;
  const command = start('--batch-size', '100', '--concurrency', '2', path);
  await until(() => receiver.stored.size > 1_000);
  await appendFile(path, `${lineOf(5_000)}\n`);
  expect(await command.ended).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/was changed while it was being read/),
  });
});
