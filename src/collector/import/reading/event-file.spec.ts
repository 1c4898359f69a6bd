import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { assertUnchanged, inspectEventFile, readLines, type EventFile } from './event-file.js';
import type { Position } from './line-splitter.js';
import { surveyFile } from './survey.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'event-file-'));
});

afterEach(() => rm(folder, { recursive: true }));

async function fileOf(name: string, content: string | Buffer): Promise<EventFile> {
  const path = join(folder, name);
  await writeFile(path, content);
  return inspectEventFile(path);
}

async function textsOf(file: EventFile, from?: Position): Promise<(string | undefined)[]> {
  const texts: (string | undefined)[] = [];
  for await (const lines of readLines(file, from ? { from } : {}))
    texts.push(...lines.map((line) => line.bytes?.toString()));
  return texts;
}

const CONTENT = Array.from({ length: 20_000 }, (_, index) => `{"index":${index}}\n`).join('');

it.each(['plain.ndjson', 'packed.ndjson.gz', 'packed-without-the-name'])('reads every line of %s', async (name) => {
  const file = await fileOf(name, name.startsWith('plain') ? CONTENT : gzipSync(CONTENT));
  expect(await textsOf(file)).toEqual(CONTENT.trimEnd().split('\n'));
});

it.each(['plain.ndjson', 'packed.ndjson.gz'])('goes on in the middle of %s', async (name) => {
  const file = await fileOf(name, name.startsWith('plain') ? CONTENT : gzipSync(CONTENT));
  const lines = CONTENT.trimEnd().split('\n');
  const before = Buffer.byteLength(lines.slice(0, 15_000).join('\n')) + 1;
  expect(await textsOf(file, { bytes: before, lines: 15_000 })).toEqual(lines.slice(15_000));
});

it('reads what several compressed parts put together', async () => {
  const file = await fileOf('parts.gz', Buffer.concat([gzipSync('a\n'), gzipSync('b\nc')]));
  expect(await textsOf(file)).toEqual(['a', 'b', 'c']);
});

it('has no lines in an empty file', async () => {
  expect(await textsOf(await fileOf('empty.ndjson', ''))).toEqual([]);
});

it.each([
  ['cut.gz', gzipSync(CONTENT).subarray(0, 20_000), /cut\.gz .*cut off/],
  ['flipped.gz', flipped(gzipSync(CONTENT), -5), /flipped\.gz is damaged/],
  ['tailed.gz', Buffer.concat([gzipSync(CONTENT), Buffer.from('rest')]), /tailed\.gz is damaged/],
])('says what is wrong with %s, after the lines before it', async (name, bytes, message) => {
  const file = await fileOf(name, bytes);
  const seen: number[] = [];
  const reading = (async () => {
    for await (const lines of readLines(file)) seen.push(lines.length);
  })();
  await expect(reading).rejects.toThrow(message);
  expect(seen.length).toBeGreaterThan(0);
});

function flipped(bytes: Buffer, at: number): Buffer {
  const damaged = Buffer.from(bytes);
  damaged[bytes.length + at] = (damaged[bytes.length + at] as number) ^ 1;
  return damaged;
}

it.each([
  ['empty.gz', ''],
  ['text.gz', '{"a":1}\n'],
])('refuses %s before reading it: its name is wrong', async (name, content) => {
  await expect(fileOf(name, content)).rejects.toThrow(/named \.gz but is not gzip/);
});

it.each([
  ['Zstandard', [0x28, 0xb5, 0x2f, 0xfd]],
  ['ZIP', [0x50, 0x4b, 0x03, 0x04]],
  ['UTF-16', [0xff, 0xfe, 0x7b, 0x00]],
])('refuses %s content by name', async (format, magic) => {
  await expect(fileOf('events.ndjson', Buffer.from(magic))).rejects.toThrow(format);
});

it('refuses what is no file', async () => {
  await expect(inspectEventFile(join(folder, 'missing'))).rejects.toThrow(/missing does not exist/);
  await expect(inspectEventFile(folder)).rejects.toThrow(/is a folder/);
  await expect(inspectEventFile('/dev/null')).rejects.toThrow(/not a regular file/);
});

it('notices that a file was written to meanwhile', async () => {
  const file = await fileOf('growing.ndjson', 'a\n');
  await assertUnchanged(file);
  await writeFile(file.path, 'a\nb\n');
  await expect(assertUnchanged(file)).rejects.toThrow(/changed/);
});

describe('a first reading', () => {
  const signal = new AbortController().signal;
  const survey = (file: EventFile, findNewest: boolean): ReturnType<typeof surveyFile> =>
    surveyFile(file, { findNewest, onProgress: () => undefined, signal });

  const lines = [
    '{"occurred_at":"2011-09-30T17:00:00Z"}',
    '{"occurred_at":"2011-09-30T23:30:00-02:00","properties":{"occurred_at":"2031-01-01T00:00:00Z"}}',
    '{"occurred_at":1999999999999}',
    '{"occurred_at":"2999-01-01"}',
    '{"occurred_at":"2012-01-01T00:00:00Z"',
    '{"event_id":"017F22E2-79B0-7CC3-98C4-DC0C0C07398F","occurred_at":"2011-01-01T00:00:00Z"}',
  ];

  it('finds the newest time that is one, by instant and not by text', async () => {
    const file = await fileOf('a.ndjson', lines.join('\n'));
    expect((await survey(file, true)).newest).toEqual({
      atMs: Date.parse('2011-10-01T01:30:00Z'),
      text: '2011-09-30T23:30:00-02:00',
      line: 2,
    });
  });

  it('takes the time of a UUIDv7 that has none beside it', async () => {
    const file = await fileOf('a.ndjson', `${lines[0]}\n{"event_id":"017F22E2-79B0-7CC3-98C4-DC0C0C07398F"}\n`);
    expect((await survey(file, true)).newest?.text).toBe('2022-02-22T19:22:22.000Z');
  });

  it('names a file by its bytes on disk, read closely or not', async () => {
    const file = await fileOf('a.ndjson.gz', gzipSync(lines.join('\n')));
    const [close, quick] = [await survey(file, true), await survey(file, false)];
    expect(close.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(quick).toEqual({ sha256: close.sha256, newest: undefined });
  });
});
