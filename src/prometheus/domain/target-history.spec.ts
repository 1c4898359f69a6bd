import { ExpositionParser } from './exposition-parser.js';
import type { RequestCounters } from './request-counters.js';
import { availabilityOf, joinWindows, type RequestWindow } from './request-window.js';
import { ScrapedRequests } from './scraped-requests.js';
import { TargetHistory } from './target-history.js';

const NAMES = [
  { metric: 'http_request_duration_seconds', method: 'method', route: 'route', statusCode: 'status_code' },
  { metric: 'api_request_duration_seconds', method: 'method', route: 'endpoint', statusCode: 'status_code' },
];
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

function scrape(text: string): RequestCounters | undefined {
  const requests = new ScrapedRequests(NAMES);
  const parser = new ExpositionParser(requests);
  parser.push(text);
  parser.end();
  return requests.counters();
}

/** Counters of a target that has answered `fast` requests in 0.1 s and `slow` ones in 1 s. */
function counters(fast: number, slow = 0, { status = '200', startedAt = 0, metric = 'http', route = '/a' } = {}) {
  const name = `${metric}_request_duration_seconds`;
  const labels = `method="GET",${metric === 'http' ? 'route' : 'endpoint'}="${route}",status_code="${status}"`;
  const read = scrape(`# TYPE ${name} histogram
${name}_bucket{le="0.1",${labels}} ${fast}
${name}_bucket{le="1",${labels}} ${fast + slow}
${name}_bucket{le="+Inf",${labels}} ${fast + slow}
${name}_sum{${labels}} ${fast * 0.1 + slow}
${name}_count{${labels}} ${fast + slow}
process_start_time_seconds ${startedAt}`);
  if (!read) throw new Error('There is a histogram.');
  return read;
}

function total(window: RequestWindow | undefined): number {
  return (window?.groups ?? []).reduce((sum, { count }) => sum + count, 0);
}

describe('what a target says', () => {
  it('is recognised under either name, the first of which counts', () => {
    expect([...counters(3, 1, { metric: 'api' }).groups.values()]).toMatchObject([
      { method: 'GET', route: '/a', statusCode: '200', count: 4 },
    ]);
    const both = scrape(
      'api_request_duration_seconds_count{endpoint="/a"} 7\nhttp_request_duration_seconds_count{route="/a"} 5',
    );
    expect([...both!.groups.values()].map(({ count }) => count)).toEqual([5]);
  });

  it('adds up series that differ in other labels only', () => {
    const read = scrape(
      'http_request_duration_seconds_count{route="/a",pod="1"} 7\nhttp_request_duration_seconds_count{route="/a",pod="2"} 5',
    );
    expect([...read!.groups.values()]).toMatchObject([{ route: '/a', count: 12 }]);
  });

  it('is nothing without a latency histogram, and no requests with one that is empty', () => {
    expect(scrape('node_cpu_seconds_total 3')).toBeUndefined();
    expect(scrape('# TYPE http_request_duration_seconds histogram')?.groups.size).toBe(0);
  });

  it('has methods in capitals, and adds up those that differ in that only', () => {
    const read = scrape(
      'http_request_duration_seconds_count{method="get",route="/a"} 7\nhttp_request_duration_seconds_count{method="GET",route="/a"} 5',
    );
    expect([...read!.groups.values()]).toMatchObject([{ method: 'GET', route: '/a', count: 12 }]);
  });

  it('tells services apart where it labels them', () => {
    const read = scrape(`http_request_duration_seconds_count{service="shop",route="/a"} 7
http_request_duration_seconds_count{service="ai",route="/a"} 5
http_request_duration_seconds_count{service="",route="/a"} 1`);
    expect([...read!.groups.values()].map(({ service, count }) => [service, count])).toEqual([
      ['shop', 7],
      ['ai', 5],
      [undefined, 1],
    ]);
  });

  it('is understood with names in quotes', () => {
    const read = scrape('{"http_request_duration_seconds_count","method"="GET",route="/a"} 7');
    expect([...read!.groups.values()]).toMatchObject([{ method: 'GET', route: '/a', count: 7 }]);
  });

  it('folds what goes beyond a thousand kinds of request, and loses none of them', () => {
    const lines = Array.from({ length: 3_000 }, (_, i) => `http_request_duration_seconds_count{route="/${i}"} 1`);
    const groups = [...scrape(lines.join('\n'))!.groups.values()];
    expect(groups.length).toBeLessThanOrEqual(1_001);
    expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(3_000);
  });
});

describe('the history of a target', () => {
  it('says nothing before the second scrape, then what was counted in between', () => {
    const history = new TargetHistory();
    history.add(0, counters(1_000));
    expect(history.window(-MINUTE, 0)).toBeUndefined();
    history.add(10 * SECOND, counters(1_030, 10));
    const window = history.window(-MINUTE, 10 * SECOND)!;
    expect(window).toMatchObject({ from: new Date(0), to: new Date(10 * SECOND) });
    expect(window.groups).toMatchObject([{ count: 40, perSecond: 4 }]);
    expect(window.groups[0]?.sumSeconds).toBeCloseTo(13, 9);
    expect(window.groups[0]?.histogram.quantile(0.5)).toBeCloseTo(0.1 * (20 / 30), 9);
  });

  it('counts all of a counter that began anew, and of one that was not there before', () => {
    const history = new TargetHistory();
    history.add(0, counters(100));
    history.add(10 * SECOND, counters(7));
    expect(total(history.window(0, 10 * SECOND))).toBe(7);
    const two = new Map([...counters(9).groups, ...counters(5, 0, { status: '500' }).groups]);
    history.add(20 * SECOND, { groups: two, startedAt: 0 });
    expect(total(history.window(0, 20 * SECOND))).toBe(7 + 2 + 5);
  });

  it('sees a restart by its start time even when the counters have overtaken what they were', () => {
    const history = new TargetHistory();
    history.add(0, counters(100, 0, { startedAt: 1_000 }));
    history.add(60 * SECOND, counters(150, 0, { startedAt: 1_030 }));
    expect(total(history.window(0, 60 * SECOND))).toBe(150);
  });

  it('covers a time without answers with the first answer after it, and calls that time down', () => {
    const history = new TargetHistory();
    history.add(0, counters(100));
    history.add(60 * SECOND, counters(160));
    history.addFailure(120 * SECOND);
    history.add(180 * SECOND, counters(220));
    const window = history.window(-MINUTE, 180 * SECOND)!;
    expect(window.groups).toMatchObject([{ count: 120, perSecond: 120 / 180 }]);
    expect(window.up.share).toBeCloseTo(2 / 3, 9);
    expect(window.up.coverage).toBeCloseTo(3 / 4, 9);
  });

  it('lowers the availability by the share of requests that were answered 5xx', () => {
    const history = new TargetHistory();
    history.add(0, counters(0));
    history.add(60 * SECOND, {
      groups: new Map([...counters(90).groups, ...counters(10, 0, { status: '503' }).groups]),
    });
    const window = history.window(0, 60 * SECOND)!;
    expect([availabilityOf(window), window.up]).toEqual([0.9, { share: 1, coverage: 1 }]);
  });

  it('is cut to the window by whole scrapes, and keeps an hour in few parts', () => {
    const history = new TargetHistory();
    const last = 2 * 60 * MINUTE;
    for (let at = 0; at <= last; at += SECOND) history.add(at, counters(at / SECOND));
    const live = history.window(last - 5 * MINUTE, last)!;
    expect(total(live)).toBe((live.to.getTime() - live.from.getTime()) / SECOND);
    expect(total(live)).toBeGreaterThanOrEqual(285);
    expect(total(live)).toBeLessThanOrEqual(300);
    const hour = history.window(last - 60 * MINUTE, last)!;
    expect(total(hour)).toBeGreaterThanOrEqual(59 * 60);
    expect(total(hour)).toBeLessThanOrEqual(60 * 60);
    expect(total(history.window(0, last))).toBeLessThanOrEqual(61 * 60 + 60);
    expect((history as unknown as { slots: unknown[] }).slots.length).toBeLessThanOrEqual(90);
  });

  it('remembers a target that is gone: what it counted while that is in the window, then only that it is down', () => {
    const history = new TargetHistory();
    history.add(0, counters(0));
    history.add(MINUTE, counters(60));
    for (let at = 2 * MINUTE; at <= 8 * MINUTE; at += MINUTE) history.addFailure(at);
    expect(history.window(0, 5 * MINUTE)).toMatchObject({
      countedSeconds: 60,
      up: { share: 0.2, coverage: 1 },
    });
    expect(history.window(3 * MINUTE, 8 * MINUTE)).toMatchObject({
      countedSeconds: 0,
      groups: [],
      up: { share: 0, coverage: 1 },
    });
  });

  it('answers with its last stretch when scrapes are further apart than the window is long', () => {
    const history = new TargetHistory();
    history.add(0, counters(0));
    history.add(10 * MINUTE, counters(600));
    expect(history.window(7 * MINUTE, 12 * MINUTE)).toMatchObject({ from: new Date(0), groups: [{ perSecond: 1 }] });
  });
});

describe('the sum of durations', () => {
  /** Counters of one series: `sum` as the target writes it, undefined for no such line. */
  const series = (count: number, sum?: string, pod = '1'): string => {
    const labels = `method="GET",route="/t",status_code="200",pod="${pod}"`;
    return `http_request_duration_seconds_bucket{${labels},le="+Inf"} ${count}
http_request_duration_seconds_count{${labels}} ${count}
${sum === undefined ? '' : `http_request_duration_seconds_sum{${labels}} ${sum}\n`}`;
  };
  const sumBetween = (earlier: string, later: string): number | null | undefined => {
    const history = new TargetHistory();
    history.add(0, scrape(earlier)!);
    history.add(MINUTE, scrape(later)!);
    return history.window(0, MINUTE)!.groups[0]?.sumSeconds;
  };

  it.each([
    ['is the difference of two sums', series(10, '1'), series(15, '3'), 2],
    ['is not known without a sum', series(10), series(15), null],
    ['is not known while it is NaN', series(10, 'NaN'), series(15, 'NaN'), null],
    ['is not known since it became NaN', series(10, '1'), series(15, 'NaN'), null],
    ['is not known since it was NaN', series(10, 'NaN'), series(15, '3'), null],
    ['is not known when it is infinite', series(10, '1'), series(15, '+Inf'), null],
    ['is not known when it fell although more was counted', series(10, '5'), series(15, '3'), null],
    ['is what a restarted target says', series(10, '5'), series(4, '3'), 3],
    ['is not known of a restarted target without a sum', series(10, '5'), series(4), null],
    ['begins with a counter that had nothing before', series(0, 'NaN'), series(15, '3'), 3],
    ['may be 0', series(10, '1'), series(15, '1'), 0],
    [
      'is not known when a part of it is not',
      series(1, '1') + series(1, '1', '2'),
      series(2, '2') + series(2, undefined, '2'),
      null,
    ],
  ])('%s', (_, earlier, later, expected) => {
    expect(sumBetween(earlier, later)).toBe(expected);
  });

  it('is not known of several targets when one with requests has none', () => {
    const [known, unknown, idle] = [new TargetHistory(), new TargetHistory(), new TargetHistory()];
    known.add(0, scrape(series(0, '0'))!);
    known.add(MINUTE, scrape(series(5, '2'))!);
    unknown.add(0, scrape(series(0))!);
    unknown.add(MINUTE, scrape(series(5))!);
    idle.add(0, scrape(series(5))!);
    idle.add(MINUTE, scrape(series(5))!);
    const sumOf = (...histories: TargetHistory[]): number | null | undefined =>
      joinWindows(histories.map((history) => history.window(0, MINUTE)!))!.groups[0]?.sumSeconds;
    expect(sumOf(known, idle)).toBe(2);
    expect(sumOf(known, unknown)).toBeNull();
    expect(sumOf(unknown, known)).toBeNull();
  });
});

it('adds up several targets: counts, rates over the time of each, and availability over all of their requests', () => {
  const left = new TargetHistory();
  left.add(0, counters(0));
  left.add(10 * SECOND, counters(100));
  const right = new TargetHistory();
  right.add(0, counters(0));
  right.add(20 * SECOND, counters(100, 0, { status: '500' }));
  const windows = [left, right].map((history) => history.window(0, 20 * SECOND)!);
  const joined = joinWindows(windows)!;
  expect(joined.groups.map(({ statusCode, count, perSecond }) => [statusCode, count, perSecond])).toEqual([
    ['200', 100, 10],
    ['500', 100, 5],
  ]);
  expect(availabilityOf(joined)).toBeCloseTo(1 / 2, 9);
  expect(joined.up.coverage).toBeCloseTo(0.75, 9);
  expect(joinWindows([])).toBeUndefined();
});
