import { joinWindows, type RequestWindow } from '../domain/request-window.js';
import { LIVE_WINDOW_MS, type PlaceState, type RequestSource, type SourceAnswer } from '../request-source.js';
import { TargetScraper, type ScraperTools } from './target-scraper.js';
import type { Target } from './target.js';

/** The requests of all exposition endpoints together. */
export class ScrapedSource implements RequestSource {
  private readonly scrapers: readonly TargetScraper[];

  constructor(targets: readonly Target[], tools: ScraperTools) {
    this.scrapers = targets.map((target) => new TargetScraper(target, tools));
  }

  start(): void {
    for (const scraper of this.scrapers) scraper.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.scrapers.map((scraper) => scraper.stop()));
  }

  answer(now: Date): SourceAnswer {
    const at = now.getTime();
    const windows = this.scrapers.flatMap((scraper) => scraper.window(at - LIVE_WINDOW_MS, at) ?? []);
    const answers =
      windows.some(({ countedSeconds }) => countedSeconds > 0) &&
      this.scrapers.some(({ attempt }) => attempt.answers(at));
    return {
      window: joinWindows(answers ? windows : this.lastWindows()),
      answers,
      stale: this.scrapers.some(({ attempt }) => attempt.isStale(at)),
    };
  }

  places(now: Date): readonly PlaceState[] {
    return this.scrapers.map(({ attempt }) => attempt.state(now.getTime()));
  }

  /** As each target left it. */
  private lastWindows(): RequestWindow[] {
    return this.scrapers.flatMap((scraper) => {
      const { goodAt } = scraper.attempt;
      const window = goodAt === undefined ? undefined : scraper.window(goodAt - LIVE_WINDOW_MS, goodAt);
      return window && window.countedSeconds > 0 ? [window] : [];
    });
  }
}
