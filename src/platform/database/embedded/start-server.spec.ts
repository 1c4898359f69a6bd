import { reasons } from './server-logs.js';
import { classify } from './start-server.js';

describe('a server that does not start', () => {
  it.each([
    ['FATAL:  lock file "postmaster.pid" already exists', 'already-running'],
    ['FATAL:  lock file "postmaster.pid" is empty', 'already-running'],
    ['FATAL:  pre-existing shared memory block (key 5432001, ID 3) is still in use', 'old-processes'],
    ['LOG:  could not bind IPv4 address "127.0.0.1": Address already in use', 'port-taken'],
    ['FATAL:  could not create any TCP/IP sockets', 'port-taken'],
    ['FATAL:  database files are incompatible with server', 'broken'],
    ['error while loading shared libraries: libicui18n.so.60', 'broken'],
    ['', 'broken'],
  ])('tells why: %s', (words, failure) => {
    expect(classify(words)).toBe(failure);
  });

  it('is quoted with the lines that matter, and without its refusals of our own attempts to connect', () => {
    const words = [
      '2026-11-22 10:00:00 UTC [7] LOG:  starting PostgreSQL 18.4',
      '2026-11-22 10:00:00 UTC [9] FATAL:  the database system is starting up',
      '2026-11-22 10:00:01 UTC [9] FATAL:  the database system is not yet accepting connections',
      '2026-11-22 10:00:01 UTC [7] PANIC:  could not locate a valid checkpoint record',
    ];
    expect(reasons(words.join('\n'))).toBe(words[3]);
    expect(reasons('sh: postgres: not found\n')).toBe('sh: postgres: not found');
  });
});
