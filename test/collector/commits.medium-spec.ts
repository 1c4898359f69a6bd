import { randomUUID } from 'node:crypto';
import { Catalogue } from '../../src/metrics/catalogue/catalogue.js';
import { FAMILIES } from '../../src/metrics/catalogue/families.js';
import { METRICS } from '../../src/metrics/catalogue/metrics.js';
import { PendingMarks } from '../../src/metrics/index.js';
import { DependencyUnavailableError } from '../../src/platform/errors/index.js';
import { anEvent, type SentEvent } from './event-builders.js';
import { createRig, type CollectorRig } from './rig.js';
import { SeverableLink } from './severable-link.js';

const DAY_MS = 86_400_000;

describe('a commit', () => {
  let rig: CollectorRig;
  beforeAll(async () => {
    rig = await createRig();
  });
  afterAll(async () => {
    await rig.stop();
  });

  const admit = (events: unknown[]) => rig.admission.admit(structuredClone(events), 'commits');
  const partitions = async (): Promise<string[]> => {
    const sql = `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'analytics_events'::regclass`;
    return (await rig.database.dataSource.query<{ name: string }[]>(sql)).map(({ name }) => name);
  };

  it('makes the partitions that its events need', async () => {
    const occurredAt = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString();
    const days = [100, 200, 300, 799];
    expect(await admit(days.map((ago) => anEvent({ occurred_at: occurredAt(ago) })))).toMatchObject({ accepted: 4 });
    const names = days.map((ago) => `analytics_events_p${occurredAt(ago).slice(0, 10).replaceAll('-', '')}`);
    expect(await partitions()).toEqual(expect.arrayContaining(names));
  });

  it('makes a partition again that retention dropped behind its back', async () => {
    const occurredAt = new Date(Date.now() - 50 * DAY_MS).toISOString();
    const name = `analytics_events_p${occurredAt.slice(0, 10).replaceAll('-', '')}`;
    await admit([anEvent({ occurred_at: occurredAt })]);
    await rig.database.dataSource.query(`ALTER TABLE analytics_events DETACH PARTITION ${name}`);
    await rig.database.dataSource.query(`DROP TABLE ${name}`);
    expect(await admit([anEvent({ occurred_at: occurredAt })])).toMatchObject({ accepted: 1 });
    expect(await partitions()).toContain(name);
  });

  it('lets no request suffer for an event of another that the database refuses', async () => {
    await rig.database.dataSource.query(
      `ALTER TABLE analytics_events ADD CONSTRAINT refuses_evil CHECK (user_id IS DISTINCT FROM 'evil')`,
    );
    const good = Array.from({ length: 9 }, () => [anEvent(), anEvent(), anEvent()]);
    const answers = await Promise.all([...good, [anEvent(), anEvent({ user_id: 'evil' }), anEvent()]].map(admit));
    await rig.database.dataSource.query('ALTER TABLE analytics_events DROP CONSTRAINT refuses_evil');

    expect(answers.slice(0, 9)).toEqual(good.map(() => ({ accepted: 3, duplicates: 0, refusals: [] })));
    expect(answers[9]).toMatchObject({ accepted: 2, duplicates: 0 });
    expect(answers[9]!.refusals).toEqual([
      { index: 1, errors: [{ path: '', message: expect.stringMatching(/logged/) }] },
    ]);
    expect(rig.logged).toContainEqual(expect.objectContaining({ level: 'error', event_type: 'error' }));
  });

  it('survives writers that want the same events in opposite orders', async () => {
    const events = Array.from({ length: 200 }, () => anEvent());
    const other = await createRig({ database: rig.database });
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        index % 2 ? admit(events) : other.admission.admit(structuredClone([...events].reverse()), 'commits'),
      ),
    );
    await other.stop();
    expect(answers.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(events.length);
  });
});

describe('what has to commit with the events', () => {
  let rig: CollectorRig;
  let statement: string | undefined;
  const minutes: unknown[] = [];
  beforeAll(async () => {
    const companion = {
      statementFor: (touched: readonly unknown[]) => {
        minutes.push(touched);
        return statement;
      },
    };
    rig = await createRig({ companions: [companion] });
    await rig.database.dataSource.query('CREATE TABLE companions (note text NOT NULL)');
  });
  afterAll(async () => {
    await rig.stop();
  });
  beforeEach(async () => {
    minutes.length = 0;
    await rig.database.dataSource.query('TRUNCATE companions, analytics_events');
  });

  const admit = (events: unknown[]) => rig.admission.admit(structuredClone(events), 'companions');
  const count = async (table: string): Promise<number> =>
    (await rig.database.dataSource.query(`SELECT count(*)::int AS count FROM ${table}`))[0].count as number;

  it('commits with them, and is told which minutes they touch', async () => {
    statement = `INSERT INTO companions VALUES ('fast')`;
    const occurredAt = '2026-11-20T10:00:59.999Z';
    await admit([anEvent({ occurred_at: occurredAt }), anEvent({ occurred_at: occurredAt })]);
    expect([await count('companions'), await count('analytics_events')]).toEqual([1, 2]);
    expect(minutes).toMatchObject([[{ type: 'error', minute: Date.parse('2026-11-20T10:00Z') / 60_000, events: 2 }]]);
  });

  it('hears of new events only when some were known', async () => {
    statement = `INSERT INTO companions VALUES ('slow')`;
    const event = anEvent();
    await admit([event]);
    await admit([event, anEvent({ occurred_at: '2026-11-20T10:00:00Z' })]);
    expect(minutes.at(-1)).toMatchObject([
      { type: 'error', minute: Date.parse('2026-11-20T10:00Z') / 60_000, events: 1 },
    ]);
    expect([await count('companions'), await count('analytics_events')]).toEqual([2, 2]);
  });

  it('takes the events with it when it fails, and leaves the connection usable', async () => {
    statement = 'INSERT INTO companions SELECT 1 / 0';
    await expect(admit([anEvent()])).resolves.toMatchObject({ accepted: 0, refusals: [{ index: 0 }] });
    expect(await count('analytics_events')).toBe(0);
    statement = 'INSERT INTO no_such_table VALUES (1)';
    await expect(admit([anEvent()])).rejects.toThrow('no_such_table');
    expect(await count('analytics_events')).toBe(0);
    statement = undefined;
    await expect(admit([anEvent()])).resolves.toMatchObject({ accepted: 1 });
  });
});

describe('a database that is away', () => {
  let rig: CollectorRig;
  let link: SeverableLink;
  const links: SeverableLink[] = [];
  beforeAll(async () => {
    rig = await createRig();
    link = await SeverableLink.to(rig.database.url);
    links.push(link);
  });
  afterAll(async () => {
    await Promise.all(links.map((one) => one.close()));
    await rig.stop();
  });

  const send = (by: CollectorRig, correlationId: string) =>
    by.admission.admit([anEvent({ correlation_id: correlationId })], correlationId);

  it('fails every request that waits at once, and takes the next ones when it is back', async () => {
    const far = await createRig({ database: rig.database, writerUrl: link.url });
    await send(far, 'before');
    link.shutDown();
    const failures = await Promise.allSettled(Array.from({ length: 20 }, () => send(far, 'down')));
    for (const failure of failures) {
      expect(failure).toMatchObject({ status: 'rejected', reason: expect.any(DependencyUnavailableError) });
    }
    link.restore();
    await expect(send(far, 'after')).resolves.toMatchObject({ accepted: 1 });
    await far.stop();
  });

  it('is noticed when it only hangs, and its senders may send again', async () => {
    const far = await createRig({ database: rig.database, writerUrl: link.url });
    await send(far, 'before');
    const correlationId = randomUUID();
    const event = anEvent({ correlation_id: correlationId });
    link.freeze();
    const started = performance.now();
    await expect(far.admission.admit([{ ...event }], correlationId)).rejects.toThrow(DependencyUnavailableError);
    expect(performance.now() - started).toBeLessThan(11_000);
    link.restore();
    const answer = await far.admission.admit([{ ...event }], correlationId);
    expect(answer.accepted + answer.duplicates).toBe(1);
    expect(await rig.browser.find({ limit: 5, correlationId })).toHaveLength(1);
    await far.stop();
  });
});

describe('the marks of late events', () => {
  let rig: CollectorRig;
  beforeAll(async () => {
    rig = await createRig({ companions: [new PendingMarks(new Catalogue(FAMILIES, METRICS))] });
  });
  afterAll(async () => {
    await rig.stop();
  });
  beforeEach(async () => {
    await rig.database.dataSource.query('TRUNCATE rollup_invalidations');
  });

  const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
  const admit = (events: unknown[]) => rig.admission.admit(structuredClone(events), 'marks');
  const marks = (): Promise<{ events: number; keys: string[] | null }[]> =>
    rig.database.dataSource.query(
      `SELECT events::int, (SELECT array_agg(id || ' ' || (extract(epoch FROM bucket_start) * 1000)::bigint + micros / 1000 ORDER BY id)
                         FROM unnest(late_ids, late_offsets) AS late(id, micros)) AS keys
         FROM rollup_invalidations WHERE family = 'errors' ORDER BY id`,
    );
  const keysOf = (...events: SentEvent[]): string[] =>
    events.map(({ event_id, occurred_at }) => `${event_id} ${Date.parse(occurred_at)}`).sort();

  it('name exactly those that are added, also when some were known', async () => {
    const late = { occurred_at: minutesAgo(5) };
    const [first, second, third] = [anEvent(late), anEvent(late), anEvent(late)];
    await admit([first, second]);
    await admit([second, third, third]);
    expect(await marks()).toEqual([
      { events: 2, keys: keysOf(first, second) },
      { events: 1, keys: keysOf(third) },
    ]);
  });

  it('name those of a minute that has long been over, so that readers do not have to read its day', async () => {
    const late = anEvent({ occurred_at: minutesAgo(10 * 1_440) });
    await admit([late]);
    expect(await marks()).toEqual([{ events: 1, keys: keysOf(late) }]);
  });

  it.each([
    ['minute is not over', 1, -2],
    ['minute has long been over and they look like a backfill', 6, 90],
    ['minute has too many', 1_001, 5],
  ])('name none when the %s', async (_, count, minutes) => {
    const occurred_at = minutesAgo(minutes);
    await admit(Array.from({ length: count }, () => anEvent({ occurred_at })));
    expect(await marks()).toEqual([{ events: count, keys: null }]);
  });
});
