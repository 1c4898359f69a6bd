import { randomUUID } from 'node:crypto';
import { Clock } from '../../src/platform/clock/index.js';
import { anEvent } from './event-builders.js';
import { createRig, type CollectorRig } from './rig.js';

const DAY_MS = 86_400_000;
const SENDER = { correlationId: 'letter-test', subject: 'shop' };

class SettableClock extends Clock {
  ms = Date.now();
  now(): Date {
    return new Date(this.ms);
  }
}

let rig: CollectorRig;
const clock = new SettableClock();
beforeAll(async () => {
  rig = await createRig({ clock });
});
afterAll(async () => {
  await rig.stop();
});
beforeEach(async () => {
  clock.ms = Date.now();
  await rig.database.dataSource.query('TRUNCATE rejected_events, analytics_events');
  await rig.deadLetters.evict(); // knows that there are none
});

const submit = (events: unknown[]) => rig.intake.submit({ events }, SENDER);
const letters = () => rig.deadLetters.list(100);

it('keeps what was refused, as it was sent, with the reasons', async () => {
  const bad = anEvent({ message: undefined, extra: { deep: [1, '🌹'] } });
  await submit([anEvent(), bad]);
  const [letter] = await letters();
  expect(letter).toMatchObject({
    index: 1,
    eventId: bad.event_id,
    eventType: 'error',
    bodyTruncated: false,
    correlationId: 'letter-test',
    submittedBy: 'shop',
  });
  expect(JSON.parse(letter!.body)).toEqual(JSON.parse(JSON.stringify(bad)));
  expect(letter!.errors).toEqual(
    expect.arrayContaining([
      { path: 'extra', message: 'is not a field of this event_type' },
      { path: 'message', message: 'is required' },
    ]),
  );
});

it.each([
  ['no object', 'just text'],
  ['null', null],
  [
    'NUL and half characters everywhere',
    JSON.parse('{"event_type":"x\\u0000\\ud800","event_id":"\\u0000","\\ud800":"\\udc00"}'),
  ],
  [
    'more nesting than there is stack',
    JSON.parse(`{"event_type":"error","properties":${'['.repeat(50_000)}${']'.repeat(50_000)}}`),
  ],
  ['a name of a megabyte', { ['n'.repeat(1_000_000)]: 1 }],
  ['multi-byte text beyond 8 KiB', anEvent({ message: '🌹'.repeat(5_000) })],
])('keeps an event that is %s', async (_, event) => {
  const answer = await submit([event]);
  expect(answer).toMatchObject({ accepted: 0, duplicates: 0, rejected: [{ index: 0 }] });
  const [letter] = await letters();
  expect(Buffer.byteLength(letter!.body)).toBeLessThanOrEqual(8 * 1024);
  expect(letter!.body).not.toContain('\uFFFD');
});

it('lists them newest first, page by page', async () => {
  for (let batch = 0; batch < 3; batch++) await submit([{ batch }, { batch }]);
  const first = await rig.deadLetters.list(4);
  const rest = await rig.deadLetters.list(4, first.at(-1)!.place);
  expect([...first, ...rest].map(({ body }) => (JSON.parse(body) as { batch: number }).batch)).toEqual([
    2, 2, 1, 1, 0, 0,
  ]);
});

describe('a replay', () => {
  /** What a fixed mistake looks like: the letter's body, mended in the store. */
  const mend = async (fields: Record<string, unknown>): Promise<void> => {
    await rig.database.dataSource.query('UPDATE rejected_events SET body = (body::jsonb || $1::jsonb)::text', [
      JSON.stringify(fields),
    ]);
  };

  it('takes what can be taken now, once, and lets it leave', async () => {
    const event = anEvent({ message: undefined });
    await submit([event]);
    const [letter] = await letters();
    await mend({ message: 'mended' });
    expect(await rig.replays.replay([letter!.id], 'replay')).toEqual({ accepted: 1, duplicates: 0, rejected: [] });
    expect(await letters()).toEqual([]);
    const [stored] = await rig.browser.find({ limit: 1, correlationId: 'letter-test' });
    expect(stored).toMatchObject({ event_id: event.event_id, message: 'mended' });
  });

  it('counts as a duplicate what is there by now, which leaves as well', async () => {
    const event = anEvent({ message: undefined });
    await submit([event]);
    await submit([{ ...event, message: 'mended' }]);
    await mend({ message: 'mended' });
    const [letter] = await letters();
    expect(await rig.replays.replay([letter!.id], 'replay')).toMatchObject({ accepted: 0, duplicates: 1 });
    expect(await letters()).toEqual([]);
  });

  it('gives an event without id and time those of its letter, so that two replays are one', async () => {
    await submit([{ event_type: 'error', name: 'a' }]);
    const [letter] = await letters();
    await mend({ message: 'mended' });
    const again = await Promise.all([letter!.id, letter!.id].map((id) => rig.replays.replay([id], 'replay')));
    expect(again.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(1);
    const [stored] = await rig.browser.find({ limit: 1 });
    expect(stored).toMatchObject({ event_id: letter!.id, occurred_at: letter!.receivedAt.toISOString() });
  });

  it('says of each id why it was not taken, and keeps the letter', async () => {
    await submit([anEvent({ name: undefined })]);
    await submit([anEvent({ message: 'x'.repeat(9_000) })]);
    const [large, wrong] = await letters();
    const unknown = randomUUID();
    const answer = await rig.replays.replay([unknown, wrong!.id, large!.id], 'replay');
    expect(answer).toEqual({
      accepted: 0,
      duplicates: 0,
      rejected: [
        { index: 0, errors: [{ path: 'ids[0]', message: expect.stringMatching(/no dead letter/) }] },
        { index: 1, event_id: wrong!.eventId, errors: [{ path: 'ids[1].name', message: 'is required' }] },
        { index: 2, errors: [{ path: 'ids[2]', message: expect.stringMatching(/too large/) }] },
      ],
    });
    expect(await letters()).toHaveLength(2);
  });
});

describe('their number and age', () => {
  const fill = async (count: number): Promise<void> => {
    await rig.database.dataSource.query(
      `INSERT INTO rejected_events (received_at, event_index, errors, body, correlation_id, submitted_by)
       SELECT now() - interval '1 day' + n * interval '1 ms', 0, '[]', n::text, 'c', 's' FROM generate_series(1, $1) AS n`,
      [count],
    );
    await rig.deadLetters.evict();
  };

  it('are bounded: the oldest go first, and are counted', async () => {
    await fill(99_999);
    await submit([{ newest: 1 }, { newest: 2 }, { newest: 3 }]);
    const [{ count, oldest }] = await rig.database.dataSource.query(
      `SELECT count(*)::int AS count, min(body) FILTER (WHERE body !~ 'newest') AS oldest FROM rejected_events WHERE body IN ('1', '2', '3') OR body ~ 'newest'`,
    );
    expect({ count, oldest }).toEqual({ count: 4, oldest: '3' });
    expect(rig.counts.totals['dead letters evicted_by_count']).toBe(2);
  });

  it('end after 30 days', async () => {
    await submit([{ old: true }, { old: true }]);
    await rig.database.dataSource.query(`UPDATE rejected_events SET received_at = now() - interval '30 days 1 second'`);
    expect(await letters()).toEqual([]);
    clock.ms += DAY_MS; // the next look at all of them
    await submit([{ old: false }]);
    const [{ count }] = await rig.database.dataSource.query('SELECT count(*)::int AS count FROM rejected_events');
    expect(count).toBe(1);
    expect(rig.counts.totals['dead letters evicted_by_age']).toBe(2);
  });
});
