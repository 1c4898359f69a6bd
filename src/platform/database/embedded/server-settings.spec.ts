import { clusterPaths } from './cluster-paths.js';
import { serverArguments } from './server-settings.js';

describe('the settings of the server', () => {
  const settings = serverArguments(clusterPaths('/data'), 28_123, { shared_buffers: '64MB', port: 1 });

  it('let others have their say, except in where it listens and what it works on', () => {
    expect(settings.slice(0, 2)).toEqual(['-D', '/data/postgres/data']);
    expect(settings).toEqual(expect.arrayContaining(['shared_buffers=64MB', 'port=28123']));
    expect(settings).toEqual(expect.arrayContaining(['listen_addresses=127.0.0.1', 'unix_socket_directories=']));
    expect(settings).not.toContain('port=1');
  });

  it('leave durability as PostgreSQL ships it', () => {
    expect(settings.join(' ')).not.toMatch(/fsync|synchronous_commit|full_page_writes/);
  });
});
