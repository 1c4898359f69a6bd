import { AlertChanges } from '../alerts/index.js';
import type { Claim } from '../platform/cache/index.js';
import { askedSection } from './kept-section.js';
import { SectionCache } from './section-cache.js';
import type { SectionSource } from './section-source.js';

/** A cache that several processes share; JSON goes in and out as with Redis. */
class SharedCache {
  readonly kept = new Map<string, string>();
  async get<T>(key: string): Promise<T | undefined> {
    const text = this.kept.get(key);
    return text === undefined ? undefined : (JSON.parse(text) as T);
  }
  async set(key: string, value: unknown): Promise<void> {
    this.kept.set(key, JSON.stringify(value));
  }
  async delete(key: string): Promise<void> {
    this.kept.delete(key);
  }
  async claim(key: string): Promise<Claim | undefined> {
    if (this.kept.has(key)) return undefined;
    this.kept.set(key, '1');
    return { renew: async () => undefined, release: () => this.delete(key) };
  }
}

class Source {
  computed = 0;
  failing = false;
  private open: () => void = () => undefined;
  private gate = Promise.resolve();

  hold(): void {
    this.gate = new Promise((resolve) => (this.open = resolve));
  }
  release(): void {
    this.open();
  }
  async compute(): Promise<object> {
    const figure = ++this.computed;
    await this.gate;
    if (this.failing) throw new Error('no figures');
    return { figure, meta: { generated_at: String(figure) } };
  }
}

let at: number;
let shared: SharedCache;
let source: Source;
let changes: AlertChanges;

beforeEach(() => {
  at = Date.parse('2026-11-22T10:00:00Z');
  shared = new SharedCache();
  source = new Source();
  changes = new AlertChanges();
  changes.fedBy(() => true);
});

function openProcess(): SectionCache {
  const clock = { now: () => new Date(at) };
  return new SectionCache(shared, source as unknown as SectionSource, changes, clock);
}

const SALES = askedSection('business', { range: '7d' });
const ALERTS = askedSection('alerts', {});
const figureOf = ({ section }: { section: { body: string } }): unknown =>
  (JSON.parse(section.body) as { figure: unknown }).figure;

async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; !holds() && turn < 1_000; turn++) await new Promise((resolve) => setImmediate(resolve));
}

it('computes once for two hundred who ask at once, in two processes', async () => {
  source.hold();
  const processes = [openProcess(), openProcess()];
  const asking = Array.from({ length: 200 }, (_, index) => processes[index % 2]!.get(SALES));
  setTimeout(() => source.release(), 50);
  const answers = await Promise.all(asking);
  expect(source.computed).toBe(1);
  expect(new Set(answers.map(figureOf))).toEqual(new Set([1]));
});

it('answers from what is kept for a minute, and not a moment longer', async () => {
  const sections = openProcess();
  expect((await sections.get(SALES)).cached).toBe(false);
  at += 59_999;
  expect((await sections.get(SALES)).cached).toBe(true);
  at += 1;
  expect((await sections.get(SALES)).cached).toBe(false);
  expect(source.computed).toBe(2);
});

it('has a section at hand for a second, and then looks at what all processes share', async () => {
  const [one, other] = [openProcess(), openProcess()];
  expect(one.atHand(SALES)).toBeUndefined();
  await one.get(SALES);
  await other.get(SALES);
  at += 45_000;
  await other.get(SALES);
  await one.refresh(SALES);
  expect(figureOf({ section: other.atHand(SALES)! })).toBe(1);
  at += 999;
  expect(figureOf({ section: other.atHand(SALES)! })).toBe(1);
  at += 1;
  expect(other.atHand(SALES)).toBeUndefined();
  expect(figureOf(await other.get(SALES))).toBe(2);
  expect(figureOf({ section: other.atHand(SALES)! })).toBe(2);
});

it('has nothing at hand that is older than a minute', async () => {
  const [one, other] = [openProcess(), openProcess()];
  await one.get(SALES);
  at += 59_500;
  await other.get(SALES);
  at += 499;
  expect(other.atHand(SALES)).toBeDefined();
  at += 1;
  expect(other.atHand(SALES)).toBeUndefined();
});

it('has no alerts at hand from before a change, nor while it cannot hear of one', async () => {
  const sections = openProcess();
  await sections.get(ALERTS);
  expect(sections.atHand(ALERTS)).toBeDefined();
  changes.tell();
  expect(sections.atHand(ALERTS)).toBeUndefined();
  at += 5;
  await sections.get(ALERTS);
  expect(sections.atHand(ALERTS)).toBeDefined();
  changes.fedBy(() => false);
  expect(sections.atHand(ALERTS)).toBeUndefined();
});

it('keeps other ranges apart', async () => {
  const sections = openProcess();
  await sections.get(SALES);
  await sections.get(askedSection('business', { range: '1h' }));
  expect(source.computed).toBe(2);
});

it('refreshes what is getting old, once for all processes, and nothing before', async () => {
  const processes = [openProcess(), openProcess()];
  await processes[0]!.get(SALES);
  at += 44_999;
  await Promise.all(processes.map((sections) => sections.refresh(SALES)));
  expect(source.computed).toBe(1);
  at += 1;
  await Promise.all(processes.map((sections) => sections.refresh(SALES)));
  expect(source.computed).toBe(2);
});

it('drops the alerts when one changes, also those that were being computed', async () => {
  const sections = openProcess();
  source.hold();
  const before = sections.get(ALERTS);
  await until(() => source.computed === 1);
  at += 5;
  changes.tell();
  at += 5;
  source.release();
  expect(figureOf(await before)).toBe(1);
  expect(figureOf(await sections.get(ALERTS))).toBe(2);
  expect((await sections.get(ALERTS)).cached).toBe(true);
});

it('keeps no alerts while it cannot hear of changes', async () => {
  const sections = openProcess();
  changes.fedBy(() => false);
  await sections.get(ALERTS);
  expect((await sections.get(ALERTS)).cached).toBe(false);
});

it('keeps no failure, and lets the next one try', async () => {
  const sections = openProcess();
  source.failing = true;
  await expect(sections.get(SALES)).rejects.toThrow('no figures');
  source.failing = false;
  expect(figureOf(await sections.get(SALES))).toBe(2);
});

it('tags equal figures equally, whatever their meta', async () => {
  const first = await openProcess().get(SALES);
  shared.kept.clear();
  source.computed = 0;
  jest.spyOn(source, 'compute').mockResolvedValue({ figure: 1, meta: { generated_at: 'later' } });
  const second = await openProcess().get(SALES);
  expect(second.section.body).not.toBe(first.section.body);
  expect(second.section.tag).toBe(first.section.tag);
});
