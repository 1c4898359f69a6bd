import { runInNewContext } from 'node:vm';
import { QueryFailedError, QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import { DependencyUnavailableError } from '../errors/index.js';
import { isConnectionFailure, translateDatabaseError } from './connection-failure.js';

function failure(code: string, message = 'it failed'): Error {
  return Object.assign(new Error(message), { code });
}

const LOST: [string, Error][] = [
  ['refused', failure('ECONNREFUSED')],
  ['reset', failure('ECONNRESET')],
  ['a broken pipe', failure('EPIPE')],
  ['an unknown host', failure('ENOTFOUND')],
  ['refused on every address', new AggregateError([failure('ECONNREFUSED'), failure('ECONNREFUSED')])],
  ['admin shutdown', failure('57P01', 'terminating connection due to administrator command')],
  ['crash shutdown', failure('57P02')],
  ['starting up', failure('57P03', 'the database system is starting up')],
  ['too many connections', failure('53300')],
  ['connection exception', failure('08006')],
  ['connection does not exist', failure('08003')],
  ['a connection that ended under a query', new Error('Connection terminated unexpectedly')],
  ['a connection that took too long', new Error('Connection terminated due to connection timeout')],
  ['a pool without a free connection', new Error('timeout exceeded when trying to connect')],
  ['a server that does not answer', new Error('Query read timeout')],
  ['a dead client', new Error('Client has encountered a connection error and is not queryable')],
  ['a pool that was ended', new Error('Cannot use a pool after calling end on the pool')],
  ['a transaction of TypeORM without its connection', new QueryRunnerAlreadyReleasedError()],
  ['the same, asked by way of its manager', new QueryRunnerProviderAlreadyReleasedError()],
  ['an error of another realm', runInNewContext(`Object.assign(new Error('x'), { code: 'ECONNREFUSED' })`) as Error],
  ['one that TypeORM wrapped', new QueryFailedError('SELECT 1', [], failure('57P01'))],
  ['one that was wrapped twice', new Error('outer', { cause: new Error('inner', { cause: failure('ECONNRESET') }) })],
];

const BUSY: [string, Error][] = [
  ['statement timeout', failure('57014')],
  ['lock timeout', failure('55P03')],
  ['disk full', failure('53100')],
  ['out of memory', failure('53200')],
  ['writing to a standby', failure('25006')],
];

const OTHERS: [string, unknown][] = [
  ['a unique violation', failure('23505')],
  ['a syntax error', failure('42601')],
  ['a missing partition', failure('23514')],
  ['a division by zero', failure('22012')],
  ['a message in a value', failure('22P02', 'invalid input syntax for type uuid: "Connection terminated"')],
  ['a plain error', new TypeError('x is not a function')],
  ['no error at all', 'Connection terminated'],
  ['nothing', undefined],
];

describe('a failure of the connection', () => {
  it.each(LOST)('is recognised: %s', (_name, error) => {
    expect(isConnectionFailure(error)).toBe(true);
  });

  it.each([...BUSY, ...OTHERS])('is not confused with %s', (_name, error) => {
    expect(isConnectionFailure(error)).toBe(false);
  });

  it('is found in errors that name each other as their cause', () => {
    const error = new Error('one');
    error.cause = new Error('two', { cause: error });
    expect(isConnectionFailure(error)).toBe(false);
  });
});

describe('what callers are told', () => {
  it.each(LOST)('says that the database is unavailable: %s', (_name, error) => {
    const told = translateDatabaseError(error);
    expect(told).toBeInstanceOf(DependencyUnavailableError);
    expect(told).toMatchObject({ dependency: 'database', cause: error });
  });

  it.each(BUSY)('asks to come again later: %s', (_name, error) => {
    expect(translateDatabaseError(error)).toMatchObject({ code: 'dependency-unavailable', retryAfterSeconds: 5 });
  });

  it.each(OTHERS)('is the error itself: %s', (_name, error) => {
    expect(translateDatabaseError(error)).toBe(error);
  });

  it('asks to come again soon after a lost connection, later when there are too many', () => {
    expect(translateDatabaseError(failure('57P01'))).toMatchObject({ retryAfterSeconds: 1 });
    expect(translateDatabaseError(failure('53300'))).toMatchObject({ retryAfterSeconds: 5 });
  });

  it('is not translated twice', () => {
    const told = translateDatabaseError(failure('57P01'));
    expect(translateDatabaseError(told)).toBe(told);
  });
});
