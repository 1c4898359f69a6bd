import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

// A small house in which every file breaks one rule, or keeps one; cruised once for all cases.
const project = path.resolve(__dirname, '..');

const forbidden: [why: string, file: string, imports: string][] = [
  ['a feature reaches past the door of another', 'src/business/a.ts', '../metrics/store/figure.repository.js'],
  ['a feature reaches past the door of the platform', 'src/business/b.ts', '../platform/cache/cache.js'],
  ['a feature uses its neighbour', 'src/business/c.ts', '../alerts/index.js'],
  ['an arrow points up', 'src/metrics/d.ts', '../dashboard/index.js'],
  ['the collector uses a reader', 'src/collector/e.ts', '../business/index.js'],
  ['the platform knows a feature', 'src/platform/cache/f.ts', '../../metrics/index.js'],
  ['a platform room reaches past the door of another', 'src/platform/http/g.ts', '../cache/cache.js'],
  ['events know the platform', 'src/events/h.ts', '../platform/cache/index.js'],
  ['a controller calls the repository', 'src/metrics/i.controller.ts', './store/figure.repository.js'],
  ['a job calls the repository', 'src/metrics/jobs/j.ts', '../store/figure.repository.js'],
  ['a repository calls a service', 'src/metrics/k.repository.ts', './figure.service.js'],
  ['a repository calls a controller', 'src/metrics/store/l.ts', '../figure.controller.js'],
  ['the domain calls a service', 'src/metrics/domain/m.ts', '../figure.service.js'],
  ['the domain knows the platform', 'src/alerts/domain/n.ts', '../../platform/cache/index.js'],
  ['the domain uses a framework', 'src/alerts/domain/o.ts', '@nestjs/common'],
  ['a service sees TypeORM', 'src/metrics/p.service.ts', 'typeorm'],
  ['a service sees pg', 'src/metrics/q.service.ts', 'pg'],
  ['a service sees BullMQ', 'src/metrics/r.service.ts', 'bullmq'],
  ['a job sees TypeORM', 'src/metrics/jobs/s.ts', '@nestjs/typeorm'],
  ['a feature fires its own timers', 'src/metrics/t.ts', '@nestjs/schedule'],
  ['main starts a feature by itself', 'src/main.ts', './business/index.js'],
  ['the app module reaches past a door', 'src/app.module.ts', './metrics/figure.service.js'],
  ['a migration uses the application', 'migrations/u.ts', '../src/metrics/index.js'],
  ['an unknown room is nobody’s friend', 'src/new-room/v.ts', '../metrics/index.js'],
  ['an import leads nowhere', 'src/metrics/w.ts', './nowhere.js'],
  ['production code uses a development package', 'src/metrics/x.ts', 'fast-check'],
];

const allowed: [file: string, imports: string][] = [
  ['src/dashboard/ok.ts', '../business/index.js'],
  ['src/business/ok.ts', '../metrics/index.js'],
  ['src/business/ok2.ts', '../platform/cache/index.js'],
  ['src/metrics/ok.controller.ts', './figure.service.js'],
  ['src/metrics/ok.service.ts', './store/figure.repository.js'],
  ['src/metrics/ok2.service.ts', '@nestjs/common'],
  ['src/metrics/jobs/ok.ts', '../figure.service.js'],
  ['src/metrics/jobs/ok2.ts', 'bullmq'],
  ['src/metrics/store/ok.ts', 'typeorm'],
  ['src/metrics/store/ok2.ts', '../domain/ok.js'],
  ['src/alerts/domain/ok.ts', '../../metrics/index.js'],
  ['src/platform/queues/ok.ts', '@nestjs/schedule'],
];

const houses: string[] = [];

function cruise(files: Record<string, string>): { status: number | null; output: string } {
  const root = mkdtempSync(path.join(tmpdir(), 'architecture-'));
  houses.push(root);
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(root, file), content);
  }
  symlinkSync(path.join(project, 'node_modules'), path.join(root, 'node_modules'));
  copyFileSync(path.join(project, 'package.json'), path.join(root, 'package.json'));
  const script = path.join(project, 'scripts/check-architecture.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, root], { encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

function house(edges: [file: string, imports: string][]): Record<string, string> {
  const targets = [
    ...['alerts', 'business', 'dashboard', 'metrics'].map((room) => `src/${room}/index.ts`),
    'src/platform/cache/index.ts',
    'src/platform/cache/cache.ts',
    'src/metrics/store/figure.repository.ts',
    'src/metrics/figure.service.ts',
    'src/metrics/figure.controller.ts',
    'src/metrics/domain/ok.ts',
  ];
  return {
    ...Object.fromEntries(targets.map((file) => [file, 'export const figure = 1;'])),
    ...Object.fromEntries(edges.map(([file, imports]) => [file, `import * as it from '${imports}';\nexport { it };`])),
  };
}

afterAll(() => houses.forEach((root) => rmSync(root, { recursive: true })));

describe('a house in which every rule is broken once', () => {
  let output: string;

  beforeAll(() => {
    output = cruise(house([...forbidden.map(([, file, imports]): [string, string] => [file, imports])])).output;
  });

  it.each(forbidden)('is told that %s', (_why, file) => {
    expect(output).toMatch(new RegExp(`error [a-z-]+: ${file.replaceAll('.', '\\.')} → `));
  });
});

it('lets every edge of the design pass', () => {
  expect(cruise(house(allowed))).toEqual({ status: 0, output: expect.stringMatching(/^Architecture: \d+ modules/) });
});

it('refuses a cycle', () => {
  const { status, output } = cruise({
    'src/metrics/a.ts': "import { b } from './b.js';\nexport const a = () => b;",
    'src/metrics/b.ts': "import { a } from './a.js';\nexport const b = () => a;",
  });
  expect(output).toContain('error no-cycles: src/metrics/');
  expect(status).toBe(1);
});

it('refuses to have seen too few modules', () => {
  // The cruise skips folders called node_modules, the count of source files does not.
  const { status, output } = cruise({
    'src/metrics/index.ts': 'export const figure = 1;',
    'src/node_modules/unseen/a.ts': 'export const unseen = 1;',
  });
  expect(output).toContain('too-few-modules: cruised 1 of 2');
  expect(status).toBe(1);
});
