import { timeOfUuidV7 } from './event-identity.js';
import { prepareLine, type PreparedLine } from './prepare-line.js';

const SHA = 'ab'.repeat(32);
const ID = '371297d6-06b5-5484-a8d6-06d06a93c739';
/** The test vector of RFC 9562, of 2022-02-22T19:22:22Z. */
const ID_V7 = '017F22E2-79B0-7CC3-98C4-DC0C0C07398F';

function prepare(content: string | Buffer, { shiftDays = 0, number = 3, sha = SHA } = {}): PreparedLine {
  const bytes = Buffer.from(content);
  return prepareLine({ number, bytes, endBytes: bytes.length }, { fileSha256: sha, shiftDays });
}

function event(prepared: PreparedLine): Record<string, unknown> {
  if (prepared.kind !== 'event') throw new Error(`not an event: ${JSON.stringify(prepared)}`);
  return JSON.parse(prepared.json) as Record<string, unknown>;
}

it('sends an event that has an id and a time byte for byte', () => {
  const json = `{ "event_id":"${ID}", "occurred_at":"2011-07-01T07:16:00Z","total":12345678901234567.123456, "x" : 437.0}\r`;
  expect(prepare(json)).toEqual({ kind: 'event', json });
});

it('changes nothing but the date when times are moved', () => {
  const json = `{"event_id":"${ID}","properties":{"occurred_at":"2011-07-01T07:16:00Z"},"occurred_at": "2011-07-01T07:16:00.123456+02:00","n":1.50}`;
  expect(prepare(json, { shiftDays: 31 })).toEqual({
    kind: 'event',
    json: `{"event_id":"${ID}","properties":{"occurred_at":"2011-07-01T07:16:00Z"},"occurred_at": "2011-08-01T07:16:00.123456+02:00","n":1.50}`,
  });
});

it('gives an event without an id one that a repeat of the same file repeats', () => {
  const json = '{"event_type":"error","occurred_at":"2011-07-01T07:16:00Z"}';
  const first = event(prepare(json))['event_id'];
  expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(event(prepare(json))['event_id']).toBe(first);
  expect(event(prepare(json, { number: 4 }))['event_id']).not.toBe(first);
  expect(event(prepare(json, { sha: 'cd'.repeat(32) }))['event_id']).not.toBe(first);
});

it('reads the time of a UUIDv7', () => {
  expect(new Date(timeOfUuidV7(ID_V7) as number).toISOString()).toBe('2022-02-22T19:22:22.000Z');
  expect(timeOfUuidV7(ID)).toBeUndefined();
});

it('leaves the time of a UUIDv7 to the service, and says it when it has to be moved', () => {
  const json = `{"event_id":"${ID_V7}","event_type":"error"}`;
  expect(prepare(json)).toEqual({ kind: 'event', json });
  expect(event(prepare(json, { shiftDays: 2 }))).toMatchObject({
    event_id: ID_V7,
    occurred_at: '2022-02-24T19:22:22.000Z',
  });
});

it('leaves wrong times and ids for the service to refuse', () => {
  for (const json of [
    `{"event_id":"${ID}","occurred_at":1700000000}`,
    `{"event_id":"${ID}"}`,
    '{"event_id":7,"occurred_at":"x"}',
    '{"event_id":null,"occurred_at":null}',
  ]) {
    expect(prepare(json, { shiftDays: 5 })).toEqual({ kind: 'event', json });
  }
});

it.each([
  ['{"event_type":"error"}', /neither occurred_at nor a UUIDv7/],
  ['{"a":1', /^is not valid JSON: /],
  ['nonsense', /^is not valid JSON: /],
  ['[{"a":1}]', /^is not a JSON object$/],
  ['null', /^is not a JSON object$/],
  ['"text"', /^is not a JSON object$/],
  [Buffer.from([0x22, 0xff, 0x22]), /^is not valid UTF-8$/],
])('refuses %s', (content, reason) => {
  expect(prepare(content)).toEqual({ kind: 'rejected', reason: expect.stringMatching(reason) });
});

it('refuses a line that was too long to keep', () => {
  expect(prepareLine({ number: 1, bytes: undefined, endBytes: 9 }, { fileSha256: SHA, shiftDays: 0 })).toEqual({
    kind: 'rejected',
    reason: 'is longer than 256 KiB',
  });
});

it.each(['', ' ', '\r', '\t \r'])('skips the blank line %j', (content) => {
  expect(prepare(content)).toEqual({ kind: 'blank' });
});

it('ignores a byte order mark at the start of the file only', () => {
  const json = `\ufeff{"event_id":"${ID}","occurred_at":"2011-07-01T07:16:00Z"}`;
  expect(prepare(json, { number: 1 })).toEqual({ kind: 'event', json: json.slice(1) });
  expect(prepare(json, { number: 2 }).kind).toBe('rejected');
});
