import { parseRetryAfter, Patience, retryDelayMs, RETRY_LIMITS } from './retry-policy.js';

describe('the delay before the next try', () => {
  it('doubles up to a ceiling', () => {
    const delays = [0, 1, 2, 3, 50].map((attempt) => retryDelayMs(attempt, undefined, RETRY_LIMITS, () => 1));
    expect(delays).toEqual([200, 400, 800, 1_600, 15_000]);
  });

  it('is spread over half of it, so that connections do not come back in step', () => {
    expect(retryDelayMs(2, undefined, RETRY_LIMITS, () => 0)).toBe(400);
    expect(retryDelayMs(2, undefined, RETRY_LIMITS, () => 0.5)).toBe(600);
  });

  it('is never less than the service asked for', () => {
    for (const random of [0, 0.3, 1])
      expect(retryDelayMs(0, 5_000, RETRY_LIMITS, () => random)).toBeGreaterThanOrEqual(5_000);
  });

  it('does not wait for hours because a header says so', () => {
    expect(retryDelayMs(0, 86_400_000, RETRY_LIMITS)).toBeLessThan(121_000);
  });
});

it.each([
  [undefined, undefined],
  ['0', 0],
  ['7', 7_000],
  ['Thu, 01 Jan 1970 00:00:10 GMT', 9_000],
  ['soon', undefined],
])('reads Retry-After %p as %p ms', (header, ms) => {
  expect(parseRetryAfter(header, 1_000)).toBe(ms);
});

describe('patience', () => {
  function start(): { patience: Patience; told: string[]; passMs: (ms: number) => void } {
    let nowMs = 0;
    const told: string[] = [];
    const patience = new Patience(
      RETRY_LIMITS,
      (line) => told.push(line),
      () => nowMs,
    );
    return { patience, told, passMs: (ms) => (nowMs += ms) };
  }

  it('is short with a service that never answered', () => {
    const { patience, passMs } = start();
    patience.failed('Refused.');
    passMs(59_999);
    expect(patience.exhausted()).toBe(false);
    passMs(1);
    expect(patience.exhausted()).toBe(true);
  });

  it('is long with one that took events before, and starts anew with each that it takes', () => {
    const { patience, passMs } = start();
    patience.taken();
    passMs(599_999);
    expect(patience.exhausted()).toBe(false);
    patience.taken();
    passMs(599_999);
    expect(patience.exhausted()).toBe(false);
    passMs(1);
    expect(patience.exhausted()).toBe(true);
  });

  it('tells of an outage once, and of its end', () => {
    const { patience, told, passMs } = start();
    patience.taken();
    for (let i = 0; i < 5; i += 1) patience.failed('Connection refused.');
    passMs(12_000);
    patience.taken();
    patience.taken();
    expect(told).toEqual(['Connection refused. Trying again for 10 min 0 s.', 'Going on after 12 s.']);
  });

  it('says nothing of a service that is merely busy', () => {
    const { patience, told } = start();
    patience.busy();
    expect(told).toEqual([]);
  });
});
