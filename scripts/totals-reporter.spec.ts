import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const project = path.resolve(__dirname, '..');
const folder = mkdtempSync(path.join(tmpdir(), 'totals-'));
const suites: Record<string, string> = {
  'mixed.cjs': "it('a', () => {}); it('b', () => { throw new Error('b'); }); it.skip('c', () => {}); it.todo('d');",
  'syntax-error.cjs': 'it(',
  'late-failure.cjs': "it('a', () => {}); afterAll(() => { throw new Error('late'); });",
  'green.cjs': "it('a', () => {});",
  'exit.cjs': 'process.exit(0);',
};

beforeAll(() => {
  for (const [file, content] of Object.entries(suites)) writeFileSync(path.join(folder, file), content);
  const reporters = ['default', path.join(project, 'test/support/totals-reporter.js')];
  const config = { rootDir: folder, transform: {}, testMatch: ['**/*.cjs'], reporters };
  writeFileSync(path.join(folder, 'jest.config.json'), JSON.stringify(config));
});

afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  [['green.cjs'], '1 passed, 0 failed'],
  [['mixed.cjs'], '1 passed, 1 failed, 2 skipped'],
  [['syntax-error.cjs'], '0 passed, 1 failed'],
  [['late-failure.cjs'], '1 passed, 1 failed'],
  [['exit.cjs'], '0 passed, 1 failed'],
  [['green.cjs', 'mixed.cjs', 'syntax-error.cjs'], '2 passed, 2 failed, 2 skipped'],
])('closes a run of %j with the line "%s"', (files, expected) => {
  const jest = path.join(project, 'node_modules/jest/bin/jest.js');
  const config = path.join(folder, 'jest.config.json');
  const { stdout } = spawnSync(process.execPath, [jest, '--config', config, ...files], { encoding: 'utf8' });
  expect(stdout.trimEnd().split('\n').at(-1)).toBe(expected);
});
