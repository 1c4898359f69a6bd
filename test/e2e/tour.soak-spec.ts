import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killOrphanedDatabase, ROOT, until } from '../support/app-process.js';
import { freePort } from '../support/redis.js';
import { AnswerComparison, type ShownAnswer } from '../support/shown-answer.js';
import { Terminal } from '../support/terminal.js';
import { onlyReads, readTour, type TourStep } from '../support/tour.js';

/** What lies back days is in every answer within a minute, on a machine with nothing else to do. */
const STEP_MS = 120_000;
const TEST_TIMEOUT_MS = 600_000;
const READERS_PORT = '127.0.0.1:3000';
/** What a clone has not, and what may be large. */
const NOT_CLONED = ['.git', '.data', 'node_modules', 'dist', 'coverage'];
const TOUR = join(ROOT, 'docs/tour.md');

/** A clone in which `npm ci` was run, and two terminals in it. */
class Reader {
  private readonly comparison = new AnswerComparison();

  private constructor(
    readonly folder: string,
    readonly url: string,
    private readonly terminals: { readonly service: Terminal; readonly other: Terminal },
  ) {}

  static async comes(): Promise<Reader> {
    const folder = await mkdtemp(join(tmpdir(), 'analytics-test-tour-'));
    const isCloned = (path: string): boolean => !NOT_CLONED.some((name) => path === join(ROOT, name));
    await cp(ROOT, folder, { recursive: true, filter: isCloned });
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    const port = await freePort();
    const terminal = (): Terminal => new Terminal(folder, { PORT: String(port) });
    return new Reader(folder, `127.0.0.1:${port}`, { service: terminal(), other: terminal() });
  }

  async follow(step: TourStep): Promise<void> {
    const commands = step.commands.replaceAll(READERS_PORT, this.url);
    if (commands.endsWith('npm start')) return this.startService(commands, step.answer);
    let difference: string | undefined;
    const isDone = async (): Promise<boolean> => {
      const came = await this.terminals.other.run(commands, STEP_MS);
      difference = step.answer && this.difference(step.answer, came);
      if (difference !== undefined && !onlyReads(step)) throw new Error(`${commands}\n${difference}\n${came}`);
      return difference === undefined;
    };
    await until(isDone, STEP_MS, () => `${commands}\n${difference}\n${this.terminals.service.written}`);
  }

  async leaves(): Promise<void> {
    await this.terminals.other.interrupt(STEP_MS);
    await this.terminals.service.interrupt(STEP_MS);
  }

  async remove(): Promise<void> {
    await killOrphanedDatabase(join(this.folder, '.data'));
    await rm(this.folder, { recursive: true, force: true });
  }

  private async startService(commands: string, ready?: ShownAnswer): Promise<void> {
    const { service } = this.terminals;
    service.start(commands);
    if (!ready) throw new Error('The document does not say when the service is ready.');
    await until(
      () => this.difference(ready, service.written) === undefined,
      STEP_MS,
      () => service.written,
    );
  }

  private difference(shown: ShownAnswer, came: string): string | undefined {
    return this.comparison.difference(shown, came.replaceAll(this.url, READERS_PORT));
  }
}

it(
  'is what comes when somebody follows it to the letter',
  async () => {
    const tour = await readFile(TOUR, 'utf8');
    const [install, ...steps] = readTour(tour);
    expect(install).toEqual({ commands: 'npm ci' });
    expect(steps.length).toBeGreaterThan(10);
    const reader = await Reader.comes();
    try {
      for (const step of steps) await reader.follow(step);
      for (const [, place = ''] of tour.matchAll(/<http:\/\/127\.0\.0\.1:3000(.*?)>/g)) {
        const page = await fetch(`http://${reader.url}${place}`, { headers: { accept: 'text/html' } });
        expect([place, page.headers.get('content-type')]).toEqual([place, expect.stringContaining('text/html')]);
      }
      await reader.leaves();
    } finally {
      await reader.leaves();
      await reader.remove();
    }
  },
  TEST_TIMEOUT_MS,
);

describe('comparing an answer with the one shown', () => {
  const ID = '7a771649-4f73-4d2c-920e-450efcc8050b';
  const OTHER = '01b224a7-8add-4233-b845-35fe6a404b17';
  const difference = (text: string, came: unknown, figuresVary = false): string | undefined =>
    new AnswerComparison().difference({ language: 'json', text, figuresVary }, JSON.stringify(came));

  it.each([
    ['{ "a": 1, … }', { b: 2, a: 1 }],
    ['[ 1, …, 3 ]', [1, 2, 2, 3]],
    ['[ …, { "a": 1, … }, … ]', [{ a: 2 }, { a: 1, b: 1 }]],
    [`["${ID}", "${ID}"]`, [OTHER, OTHER]],
    ['{ "at": "2026-11-26T04:07:49.000Z" }', { at: '2027-01-01T00:00:00.123Z' }],
  ])('finds none between %s and %j', (shown, came) => {
    expect(difference(shown, came)).toBeUndefined();
  });

  it.each([
    ['{ "a": 1 }', { a: 2 }],
    ['{ "a": 1 }', { a: 1, b: 2 }],
    ['{ "a": 1, … }', { b: 2 }],
    ['{ "a": null }', { a: 0 }],
    ['[ 1, … ]', [2, 1]],
    ['[ 1 ]', [1, 1]],
    [`["${ID}", "${ID}"]`, [ID, OTHER]],
    [`"${ID}"`, 'no id'],
  ])('finds one between %s and %j', (shown, came) => {
    expect(difference(shown, came)).toBeDefined();
  });

  it('takes other figures only where they vary, and text nowhere', () => {
    expect(difference('[1, 2.5]', [3, null], true)).toBeUndefined();
    expect(difference('["a"]', ['b'], true)).toBeDefined();
    expect(difference('[1]', ['1'], true)).toBeDefined();
  });
});
