import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { anEvent, type SentEvent } from './event-builders.js';
import { createRig, type CollectorRig } from './rig.js';

let rig: CollectorRig;
let otherProcess: CollectorRig;
beforeAll(async () => {
  rig = await createRig();
  otherProcess = await createRig({ database: rig.database });
});
afterAll(async () => {
  await otherProcess.stop();
  await rig.stop();
});

const admit = (events: unknown[], by = rig) => by.admission.admit(structuredClone(events), 'verdicts');
const stored = async (correlationId: string): Promise<number> => {
  const sql = 'SELECT count(*)::int AS count FROM analytics_events WHERE correlation_id = $1';
  return (await rig.database.dataSource.query(sql, [correlationId]))[0].count as number;
};

it('accepts what is new, and counts what is known', async () => {
  const [first, second] = [anEvent(), anEvent()];
  expect(await admit([first])).toMatchObject({ accepted: 1, duplicates: 0 });
  expect(await admit([first, second])).toMatchObject({ accepted: 1, duplicates: 1 });
  expect(await admit([first, second])).toMatchObject({ accepted: 0, duplicates: 2 });
});

it('knows an event by id and instant, however they are written', async () => {
  const event = anEvent({ occurred_at: '2026-11-20T10:00:00.5Z' });
  await admit([event]);
  const again = { ...event, event_id: event.event_id.toUpperCase(), occurred_at: '2026-11-20T12:00:00.500000+02:00' };
  expect(await admit([again])).toMatchObject({ accepted: 0, duplicates: 1 });
  expect(await admit([{ ...event, occurred_at: '2026-11-20T10:00:00.500001Z' }])).toMatchObject({ accepted: 1 });
});

it('takes the first of two in one batch', async () => {
  const event = anEvent({ correlation_id: randomUUID(), message: 'first' });
  expect(await admit([event, { ...event, message: 'second' }])).toMatchObject({ accepted: 1, duplicates: 1 });
  const [kept] = await rig.browser.find({ limit: 1, correlationId: event.correlation_id as string });
  expect(kept).toMatchObject({ message: 'first' });
});

it('stores the good ones of a mixed batch and says what is wrong with the others', async () => {
  const answer = await admit([anEvent(), { event_type: 'nothing' }, anEvent({ message: 'nul \0' }), anEvent()]);
  expect(answer).toMatchObject({ accepted: 2, duplicates: 0 });
  expect(answer.refusals).toEqual([
    { index: 1, errors: [{ path: 'event_type', message: expect.stringMatching(/one of/) }] },
    { index: 2, errors: [{ path: 'message', message: expect.stringMatching(/NUL/) }] },
  ]);
});

it('tells concurrent requests with common events which of them brought which', async () => {
  const correlationId = randomUUID();
  const events = Array.from({ length: 300 }, () => anEvent({ correlation_id: correlationId }));
  const requests = Array.from({ length: 12 }, (_, index) => events.slice(index * 20, index * 20 + 80));
  const answers = await Promise.all(requests.map((request, index) => admit(request, index % 2 ? rig : otherProcess)));

  const accepted = answers.reduce((sum, answer) => sum + answer.accepted, 0);
  expect(accepted).toBe(new Set(requests.flat()).size);
  expect(await stored(correlationId)).toBe(accepted);
  answers.forEach((answer, index) => expect(answer.accepted + answer.duplicates).toBe(requests[index]!.length));
});

it('goes on fast when the repeats are over', async () => {
  const copies = jest.spyOn(rig.writer, 'copy');
  const event = anEvent();
  await admit([event]);
  await admit([event]);
  await admit([event]);
  await admit([anEvent()]);
  copies.mockClear();
  await admit([anEvent()]);
  expect(copies).toHaveBeenCalledTimes(1);
  await expect(copies.mock.results[0]!.value).resolves.toBeUndefined();
  copies.mockRestore();
});

it('changes nothing when batches are sent again, cut and mixed in any way, by any process', async () => {
  const pieces = fc.array(fc.array(fc.nat({ max: 14 }), { minLength: 1, maxLength: 12 }), {
    minLength: 1,
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(pieces, async (batches) => {
      const correlationId = randomUUID();
      const events = Array.from({ length: 15 }, () => anEvent({ correlation_id: correlationId }));
      const seen = new Set(batches.flat().map((index) => events[index] as SentEvent));
      const send = () =>
        Promise.all(
          batches.map((batch, index) =>
            admit(
              batch.map((at) => events[at]),
              index % 2 ? rig : otherProcess,
            ),
          ),
        );

      const first = await send();
      expect(first.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(seen.size);
      const again = await send();
      expect(again.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(0);
      expect(again.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(batches.flat().length);
      expect(await stored(correlationId)).toBe(seen.size);
    }),
    { numRuns: 40 },
  );
});

it('counts by type and verdict', async () => {
  const event = anEvent({ event_type: 'inventory', product_id: 'p', quantity: 1, message: undefined });
  const inventory = JSON.parse(JSON.stringify(event)) as SentEvent;
  await admit([inventory, { event_type: 'pageview' }]);
  await admit([inventory]);
  expect(rig.counts.totals).toMatchObject({ 'inventory accepted': 1, 'inventory duplicate': 1 });
  expect(rig.counts.totals['other rejected']).toBeGreaterThan(0);
});
