import { parsePidFile } from './pid-file.js';

const WHOLE = '4711\n/var/data\n1763800000\n28123\n\n127.0.0.1\n  5432001    131072\nready   \n';

describe('postmaster.pid', () => {
  it('tells process and port', () => {
    expect(parsePidFile(WHOLE)).toEqual({ pid: 4711, port: 28123, text: WHOLE });
  });

  it('tells the process alone while the server is still writing it', () => {
    expect(parsePidFile('4711\n/var/data\n')).toEqual({ pid: 4711, text: '4711\n/var/data\n' });
  });

  it.each(['', '\n', 'garbage\n', '-4711\n', '0\n'])('tells nothing when it is %j', (text) => {
    expect(parsePidFile(text)).toBeUndefined();
  });
});
