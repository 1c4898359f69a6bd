import { parseEnv } from 'node:util';
import { envExample, withTable } from './config-docs.js';
import { loadConfig } from './load-config.js';
import { SETTINGS } from './settings.js';

const uncommented = (): string => envExample().replace(/^# ([A-Z_]+=)/gm, '$1');

it('names every variable in the example', () => {
  expect(Object.keys(parseEnv(uncommented())).sort()).toEqual(Object.keys(SETTINGS).sort());
});

it('shows the defaults: uncommenting the whole example changes nothing', () => {
  expect(loadConfig(parseEnv(uncommented()))).toEqual(loadConfig({}));
});

it('writes the table between the markers and leaves the rest alone', () => {
  const readme = withTable('before\n<!-- config:start -->\noutdated\n<!-- config:end -->\nafter\n');
  expect(readme).toMatch(/^before\n<!-- config:start -->\n\n\| Variable/);
  expect(readme).toMatch(/\n<!-- config:end -->\nafter\n$/);
  expect(readme).not.toContain('outdated');
  Object.keys(SETTINGS).forEach((name) => expect(readme).toContain(`| \`${name}\``));
});

it('writes the same table twice', () => {
  const once = withTable('<!-- config:start --><!-- config:end -->') ?? '';
  expect(withTable(once)).toBe(once);
});

it('says when a README has no place for the table', () => {
  expect(withTable('# Nothing here')).toBeUndefined();
});
