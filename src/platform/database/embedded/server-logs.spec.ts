import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pruneLogs, wordsSince } from './server-logs.js';
import { clusterPaths, type ClusterPaths } from './cluster-paths.js';

let dataDir: string;
let paths: ClusterPaths;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'analytics-logs-'));
  paths = clusterPaths(dataDir);
  await mkdir(paths.logs, { recursive: true });
});
afterEach(() => rm(dataDir, { recursive: true }));

describe("the server's log files", () => {
  it('are the newest ten, and nothing else is touched', async () => {
    const names = Array.from({ length: 13 }, (_, index) => `postgres-20261122-1000${10 + index}.log`);
    for (const name of [...names, 'mine.txt']) await writeFile(join(paths.logs, name), name);
    await pruneLogs(paths);
    expect((await readdir(paths.logs)).sort()).toEqual(['mine.txt', ...names.slice(3)]);
  });

  it('are quoted from their end, and not when they are from an earlier start', async () => {
    await writeFile(paths.startLog, 'x'.repeat(5_000) + 'the end');
    const startedAt = (await stat(paths.startLog)).mtimeMs;
    await writeFile(join(paths.logs, 'postgres-20261122-100000.log'), 'long ago');
    await utimes(join(paths.logs, 'postgres-20261122-100000.log'), 0, 0);
    const words = (await wordsSince(paths, startedAt)).trim();
    expect(words).toHaveLength(2_000);
    expect(words.endsWith('xthe end')).toBe(true);
  });

  it('say nothing when there are none', async () => {
    await rm(paths.logs, { recursive: true });
    expect((await wordsSince(paths, 0)).trim()).toBe('');
  });
});
