import { runWithCorrelationId } from '../correlation/index.js';
import { logOutput } from './log-output.js';
import { Logger } from './logger.js';
import { NestLogger } from './nest-logger.js';

function startLog(level = 'info') {
  const lines: string[] = [];
  const logger = Logger.create(level, (line) => lines.push(line));
  return { logger, lines, last: (): Record<string, unknown> => JSON.parse(lines.at(-1) ?? '{}') };
}

it('writes one JSON object per line, with level name, time and component', () => {
  const { logger, lines, last } = startLog();
  logger.child('auth').info('Hello.', { count: 2 });
  expect(lines).toHaveLength(1);
  expect(lines[0]?.endsWith('\n')).toBe(true);
  expect(last()).toMatchObject({ level: 'info', component: 'auth', count: 2, msg: 'Hello.' });
  expect(last().time).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
});

it('writes the correlation id of the request it runs in', async () => {
  const { logger, last } = startLog();
  await runWithCorrelationId('abc', async () => {
    await Promise.resolve();
    logger.info('Inside.');
  });
  expect(last().correlation_id).toBe('abc');
  logger.info('Outside.');
  expect(last()).not.toHaveProperty('correlation_id');
});

it('prefers the correlation id that a line brings itself', () => {
  const { logger, last } = startLog();
  runWithCorrelationId('outer', () => logger.info('Inside.', { correlation_id: 'own' }));
  expect(last().correlation_id).toBe('own');
});

it('writes errors with stack and cause', () => {
  const { logger, last } = startLog();
  logger.error('Failed.', { err: new Error('outer', { cause: new Error('inner') }) });
  expect(last().err).toMatchObject({ message: expect.stringContaining('outer') as string });
  expect(JSON.stringify(last().err)).toContain('inner');
});

it('writes of an error type, message, code, stack and causes, and nothing that a driver hangs on it', () => {
  const { logger, lines, last } = startLog();
  const driver = Object.assign(
    new TypeError('lost', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) }),
    {
      code: '57P01',
      client: { connectionParameters: { host: 'db', user: 'me' }, big: 'x'.repeat(6_000) },
      query: 'SELECT secret',
      parameters: ['me@example.com'],
    },
  );
  logger.warn('Connection lost.', { err: driver, pool: 'reads' });
  expect(last()).toEqual({
    level: 'warn',
    time: expect.any(String) as string,
    msg: 'Connection lost.',
    pool: 'reads',
    err: {
      type: 'TypeError',
      message: 'lost',
      code: '57P01',
      stack: driver.stack,
      cause: { type: 'Error', message: 'reset', code: 'ECONNRESET', stack: (driver.cause as Error).stack },
    },
  });
  expect(lines.join('').length).toBeLessThan(4_000);
});

it('writes the parts of an aggregate, errors under any name, what is no error, and cycles to a bound', () => {
  const { logger, last } = startLog();
  const cyclic = new Error('cycle');
  cyclic.cause = cyclic;
  logger.error('Failed.', { err: new AggregateError([new Error('a'), 'b'], 'both'), reason: cyclic });
  expect(last().err).toMatchObject({
    type: 'AggregateError',
    message: 'both',
    errors: [
      { type: 'Error', message: 'a' },
      { type: 'string', message: 'b' },
    ],
  });
  expect(last().reason).toMatchObject({ message: 'cycle', cause: { message: 'cycle' } });
  logger.error('Failed.', { err: 'only text' });
  expect(last().err).toBe('only text');
});

it('never throws: a line that cannot be written or made is counted', () => {
  const before = logOutput.loss().lines;
  const broken = Logger.create('info', () => {
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  });
  broken.error('Failed.', { err: new Error('inner') });
  startLog().logger.info('Odd.', {
    get value(): string {
      throw new Error('cannot be read');
    },
  });
  expect(logOutput.loss().lines).toBe(before + 2);
});

it('leaves out what is below its level', () => {
  const { logger, lines } = startLog('warn');
  logger.info('Not written.');
  expect(lines).toEqual([]);
  expect(logger.isEnabled('info')).toBe(false);
});

it.each([
  ['postgres://me:hunter2@db:5432/x failed', 'hunter2'],
  ['redis://:hunter2@cache', 'hunter2'],
  ['postgres://me:hun@ter2@db/x', 'ter2'],
  ['Authorization: Bearer hunter2hunter2', 'hunter2hunter2'],
  ['token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl was refused', 'eyJzdWIiOiJhIn0'],
  ['connect password=hunter2 host=db', 'hunter2'],
])('never writes the secret in "%s"', (message, secret) => {
  const { logger, lines } = startLog();
  logger.error(message, { err: new Error(message), nested: { detail: message } });
  expect(lines.join('')).not.toContain(secret);
  expect(() => JSON.parse(lines[0] ?? '') as unknown).not.toThrow();
});

it.each(['password', 'authorization', 'client_secret', 'apiKey', 'auth_token', 'cookie'])(
  'masks the member %s',
  (name) => {
    const { logger, lines, last } = startLog();
    logger.info('Connecting.', { [name]: 'hunter "2"', other: 'shown' });
    expect(lines.join('')).not.toContain('hunter');
    expect(last().other).toBe('shown');
  },
);

describe('as the logger of Nest', () => {
  it('takes over the context as component, and the stack', () => {
    const { logger, last } = startLog();
    new NestLogger(logger).error('Broken.', 'Error: stack', 'Scheduler');
    expect(last()).toMatchObject({ level: 'error', component: 'Scheduler', stack: 'Error: stack', msg: 'Broken.' });
  });

  it('keeps the wiring of modules and routes to debug', () => {
    const { logger, lines } = startLog();
    new NestLogger(logger).log('Mapped {/x, GET} route', 'RouterExplorer');
    expect(lines).toEqual([]);
    new NestLogger(logger).log('Something else', 'Scheduler');
    expect(lines).toHaveLength(1);
  });
});
