import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { SETTINGS } from '../src/platform/config/settings.js';
import { declaredSeries } from '../test/support/declared-metrics.js';

const project = path.resolve(__dirname, '..');
const read = (file: string): string => readFileSync(path.join(project, file), 'utf8');
const FILES = ['docs/operations.md', 'docs/security.md', 'docs/tour.md', 'CHANGELOG.md'];
const operations = read('docs/operations.md');

const matches = (text: string, pattern: RegExp): string[] => [
  ...new Set([...text.matchAll(pattern)].map(([all, part]) => part ?? all)),
];
const anchorsOf = (text: string): string[] =>
  matches(text, /^#+ (.+)$/gm).map((title) =>
    title
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replace(/\s/g, '-'),
  );

interface Operation {
  readonly parameters?: { readonly name: string; readonly schema?: { readonly enum?: string[] } }[];
}
const routes = (JSON.parse(read('docs/openapi.json')) as { paths: Record<string, Record<string, Operation>> }).paths;

it('has a runbook for every alert of the starter set, and for no other', () => {
  const { configs } = JSON.parse(read('ops/alert-configs.json')) as { configs: { name: string }[] };
  const runbook = operations.slice(operations.indexOf('## Runbook'));
  expect(matches(runbook, /^### (.+)$/gm)).toEqual(configs.map(({ name }) => name));
});

it.each(FILES)('links from %s only to what is there', (file) => {
  const links = matches(read(file), /\]\(([^)]+)\)/g).filter((link) => !link.startsWith('https://'));
  for (const link of links) {
    const [target = '', anchor] = link.split('#');
    const linked = target === '' ? file : path.join(path.dirname(file), target);
    expect(`${link} ${existsSync(path.join(project, linked))}`).toBe(`${link} true`);
    if (anchor !== undefined) expect(anchorsOf(read(linked))).toContain(anchor);
  }
});

it.each(FILES)('names in %s only settings that exist', (file) => {
  const words = matches(read(file), /`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)`/g);
  for (const word of words) expect(Object.keys(SETTINGS)).toContain(word);
});

it('names only metrics and labels that exist', async () => {
  const declared = await declaredSeries();
  const names = [...declared.keys()].flatMap((name) => [name, name.replace(/_bucket$/, '')]);
  const families = 'http|collector|dashboard|rollup|job|queue|alert|notification|database|process|nodejs';
  const used = matches(operations, new RegExp(`\\b(?:${families})_[a-z0-9_]+\\b`, 'g'));
  expect(used.length).toBeGreaterThan(12);
  for (const name of used) expect(names).toContain(name);
});

it('names only routes and parameters that exist', () => {
  const known = new Map(
    Object.entries(routes).map(([route, methods]) => [route.replace('/api/v1/analytics', ''), methods]),
  );
  const areas = 'events|business|ml|health|notifications|alerts|dashboard';
  const used = matches(operations, new RegExp(`(?<![\\w.:/-])(?:/api/v1/analytics)?(/(?:${areas})[\\w/{}?&=.]*)`, 'g'));
  expect(used.length).toBeGreaterThan(10);
  for (const mention of used) {
    const [route = '', query = ''] = mention.split('?');
    expect([...known.keys()]).toContain(route);
    const parameters = (known.get(route)?.get?.parameters ?? []).map(({ name }) => name);
    for (const name of new URLSearchParams(query).keys()) expect(parameters).toContain(name);
  }
});

it('gives only commands that are there', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const { services } = parse(read('docker-compose.yml'), { merge: true });
  const text = FILES.map(read).join('\n');
  for (const script of matches(text, /npm run ([\w:]+)/g)) expect(scripts).toHaveProperty([script]);
  const built = matches(text, /node dist\/(\S+?)\.js/g);
  for (const file of built) expect(existsSync(path.join(project, `${file}.ts`))).toBe(true);
  const executed = matches(text, /docker compose exec (?:-T )?(\w+)/g);
  const stopped = matches(text, /docker compose (?:stop|start) (\w+ \w+)/g).flatMap((names) => names.split(' '));
  expect(built.length * executed.length * stopped.length).toBeGreaterThan(0);
  for (const service of [...executed, ...stopped]) expect(services).toHaveProperty(service);
});
