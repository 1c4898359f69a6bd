import {
  countLate,
  evaluationReport,
  incidentsOf,
  type EffectiveTick,
  type EvaluationIncident,
  type EvaluationStatus,
} from './evaluation-report.js';

const NOON = Date.parse('2026-11-22T12:00:00Z');
const MINUTE_MS = 60_000;
const at = (minutes: number): Date => new Date(NOON + minutes * MINUTE_MS);

function effective(overrides: Partial<EffectiveTick> = {}): EvaluationIncident[] {
  return incidentsOf({
    ...{ tick: at(0), before: at(-1), now: new Date(NOON + 500), intervalMs: MINUTE_MS, failed: [] },
    ...overrides,
  });
}

function status(overrides: Partial<EvaluationStatus> = {}): EvaluationStatus {
  return { now: new Date(NOON + 500), intervalMs: MINUTE_MS, lastTick: at(0), incidents: [], ...overrides };
}

const LONG_AGO = at(-100);
const skipped = (before: Date, tick: Date): EvaluationIncident => ({ kind: 'skipped', before, tick });

describe('a tick', () => {
  it('that takes effect in time, right after the one before it, is no incident', () => {
    expect(effective()).toEqual([]);
    expect(effective({ now: at(1) })).toEqual([]);
    expect(effective({ before: undefined })).toEqual([]);
  });

  it('is late when it takes effect more than one interval after its time', () => {
    expect(effective({ now: new Date(NOON + MINUTE_MS + 1) })).toEqual([
      { kind: 'late', tick: at(0), lateSeconds: 60.001 },
    ]);
  });

  it('skips the ticks between it and the one before', () => {
    expect(effective({ before: at(-4) })).toEqual([skipped(at(-4), at(0))]);
  });

  it('names the rules that failed, and the tick in the future that was taken back', () => {
    expect(effective({ before: undefined, failed: ['a'], takenBack: at(5) })).toEqual([
      { kind: 'taken_back', tick: at(0), future: at(5) },
      { kind: 'failed', tick: at(0), rules: ['a'] },
    ]);
  });
});

describe('late evaluations of the last ten minutes', () => {
  it.each<[string, Partial<EvaluationStatus>, number]>([
    ['are none where all is well', {}, 0],
    ['are none while the next tick is not late yet', { now: new Date(NOON + 2 * MINUTE_MS - 1) }, 0],
    ['are the ticks that are missing', { now: at(3) }, 2],
    ['are ten at most while nothing is evaluated', { now: at(600) }, 10],
    ['are ticks that were late', { incidents: [{ kind: 'late', tick: at(-1), lateSeconds: 70 }] }, 1],
    ['are the ticks between two others', { incidents: [skipped(at(-4), at(0))] }, 3],
    ['are of a gap only what lies in the ten minutes', { incidents: [skipped(at(-500), at(-5))] }, 4],
    ['are rules that failed', { incidents: [{ kind: 'failed', tick: at(-1), rules: ['a', 'b'] }] }, 2],
    [
      'are not ticks that were taken back, nor clocks that are wrong',
      {
        incidents: [
          { kind: 'taken_back', tick: at(0), future: at(5) },
          { kind: 'clock_skew', tick: at(0), process: 'one:1', skewSeconds: 300 },
        ],
      },
      0,
    ],
    ['are none before the first tick', { lastTick: undefined }, 0],
  ])('%s', (_what, overrides, count) => expect(countLate(status(overrides))).toBe(count));
});

describe('the report', () => {
  it('says when the last evaluation was due where all is well', () => {
    expect(evaluationReport(status(), LONG_AGO)).toEqual({
      status: 'healthy',
      detail: 'None late or failed in 10 min; the last one was due at 2026-11-22T12:00:00Z.',
    });
  });

  it('names what was late and which rules failed, most failures first', () => {
    const incidents: EvaluationIncident[] = [
      { kind: 'late', tick: at(-8), lateSeconds: 70.4 },
      skipped(at(-8), at(-5)),
      { kind: 'failed', tick: at(-2), rules: ['Sales', 'API'] },
      { kind: 'failed', tick: at(-1), rules: ['API'] },
    ];
    expect(evaluationReport(status({ incidents }), LONG_AGO)).toEqual({
      status: 'degraded',
      detail:
        'In 10 min: 1 tick late, the last one (2026-11-22T11:52:00Z) by 70 s; 2 ticks skipped; 3 failed: API (2), Sales (1).',
    });
  });

  it('counts the rules beyond the first five', () => {
    const rules = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const { detail } = evaluationReport(status({ incidents: [{ kind: 'failed', tick: at(0), rules }] }), LONG_AGO);
    expect(detail).toBe('In 10 min: 7 failed: a (1), b (1), c (1), d (1), e (1) and 2 more rules.');
  });

  it('says so when a tick in the future was taken back, and whose clock is wrong', () => {
    const incidents: EvaluationIncident[] = [
      { kind: 'taken_back', tick: at(0), future: at(5) },
      { kind: 'clock_skew', tick: at(-1), process: 'one:1', skewSeconds: 299 },
      { kind: 'clock_skew', tick: at(0), process: 'one:1', skewSeconds: 300 },
    ];
    expect(evaluationReport(status({ incidents }), LONG_AGO)).toEqual({
      status: 'degraded',
      detail:
        'In 10 min: a tick in the future (2026-11-22T12:05:00Z) was taken back at 2026-11-22T12:00:00Z, a clock was ahead; ' +
        "the clock of process one:1 is 300 s ahead of the database's, which is used instead.",
    });
  });

  it('shows that no worker is there, and is down after ten minutes of that', () => {
    const detail =
      'In 10 min: no evaluation since 2026-11-22T12:00:00Z, 2 ticks missing. Check that a worker is running.';
    expect(evaluationReport(status({ now: at(3) }), LONG_AGO)).toEqual({ status: 'degraded', detail });
    expect(evaluationReport(status({ now: at(11) }), LONG_AGO)).toMatchObject({ status: 'down' });
  });

  it('waits for the first evaluation, but not for long', () => {
    const first = status({ lastTick: undefined });
    expect(evaluationReport(first, at(-1)).status).toBe('healthy');
    expect(evaluationReport(first, at(-3))).toEqual({
      status: 'down',
      detail: 'No evaluation has taken effect yet. Check that a worker is running.',
    });
  });
});
