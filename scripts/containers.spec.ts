import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { loadConfig } from '../src/platform/config/index.js';
import { SETTINGS } from '../src/platform/config/settings.js';

// There is not always a container engine to try docker-compose.yml with: this holds it against the code instead.
const project = path.resolve(__dirname, '..');
const read = (file: string): string => readFileSync(path.join(project, file), 'utf8');

interface Service {
  image: string;
  build?: string;
  restart: string;
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  volumes?: string[];
  secrets?: string[];
}

const compose = parse(read('docker-compose.yml'), { merge: true });
const services: Record<string, Service> = compose.services;
const own = Object.entries(services).filter(([, service]) => service.build);
const dockerfile = read('Dockerfile');

const secrets = { JWT_SECRET: 'j'.repeat(64), METRICS_TOKEN: 'm'.repeat(64), POSTGRES_PASSWORD: 'p'.repeat(64) };

/** What compose makes of `${NAME:?message}`. */
function interpolated(environment: Record<string, string>): Record<string, string> {
  const fill = (text: string): string =>
    text.replace(/\$\{(\w+):\?[^}]*\}/g, (_all, name: keyof typeof secrets) => secrets[name] ?? `no ${name}`);
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, fill(String(value))]));
}

it('runs the API, a worker and what they need', () => {
  expect(Object.keys(services).sort()).toEqual(['api', 'postgres', 'prometheus', 'redis', 'worker']);
});

it.each(own)('configures %s with variables that exist, to values that are accepted', (name, { environment = {} }) => {
  expect(Object.keys(environment).filter((variable) => !(variable in SETTINGS))).toEqual([]);
  const config = loadConfig(interpolated(environment));
  expect(config).toMatchObject({ role: name, production: true, auth: { secret: secrets.JWT_SECRET } });
  expect(config.database.url).toContain(secrets.POSTGRES_PASSWORD);
  expect(config.redis.url).toBe('redis://redis:6379');
});

it('holds no secret itself', () => {
  for (const name of Object.keys(secrets)) {
    const values = Object.values(services).flatMap(({ environment = {} }) => environment[name] ?? []);
    for (const value of values) expect(value).toMatch(new RegExp(`^\\$\\{${name}:\\?[^}]+\\}$`));
  }
  expect(read('docker-compose.yml')).not.toMatch(/:\/\/[^/\s@]+:(?!\$\{)[^/\s@]+@/);
});

it.each(Object.entries(services))('restarts %s, knows when it is well, and keeps its data', (_name, service) => {
  expect(service.restart).toBe('unless-stopped');
  expect(service.healthcheck ?? dockerfile).toBeTruthy();
  if (!service.build) expect(service.image).toMatch(/:[\w.-]*\d/);
  for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
    expect(services[other]?.healthcheck ?? services[other]?.build).toBeDefined();
    expect(condition).toBe('service_healthy');
  }
  for (const volume of service.volumes ?? []) {
    const [from = ''] = volume.split(':');
    expect(from.startsWith('./') ? existsSync(path.join(project, from)) : from in compose.volumes).toBe(true);
  }
});

it('lets Prometheus in to every process of the service, with the token', () => {
  const scraping = parse(read('ops/prometheus.yml'));
  const [job] = scraping.scrape_configs;
  expect(job.static_configs[0].targets).toEqual(own.map(([name]) => `${name}:3000`));
  const [secret = ''] = services.prometheus?.secrets ?? [];
  expect(job.authorization.credentials_file).toBe(`/run/secrets/${secret}`);
  expect(compose.secrets[secret]).toEqual({ environment: 'METRICS_TOKEN' });
});

describe('the image', () => {
  const commands = [...dockerfile.matchAll(/CMD (\[.+\])$/gm)].map(([, list]) => JSON.parse(list ?? '[]') as string[]);

  it('starts files that are built or copied', () => {
    expect(commands).toEqual([
      ['node', 'ops/healthcheck.js'],
      ['node', 'dist/src/main.js'],
    ]);
    expect(existsSync(path.join(project, 'src/main.ts'))).toBe(true);
  });

  it('copies only what is there and what .dockerignore lets through', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
      ([, from]) => from?.split(' ') ?? [],
    );
    const letThrough = read('.dockerignore').split('\n');
    expect(copied.length).toBeGreaterThan(5);
    for (const file of copied) {
      expect(existsSync(path.join(project, file))).toBe(true);
      expect(letThrough).toContain(`!${file}`);
    }
  });

  it('does not run as root, and listens where it is reached', () => {
    expect(dockerfile).toMatch(/^USER node$/m);
    const [, environment = ''] = /^ENV (.+)$/m.exec(dockerfile) ?? [];
    const variables = Object.fromEntries(environment.split(' ').map((pair) => pair.split('=')));
    expect(loadConfig({ ...variables, JWT_SECRET: secrets.JWT_SECRET }).http).toMatchObject({
      host: '0.0.0.0',
      port: 3000,
    });
  });
});
