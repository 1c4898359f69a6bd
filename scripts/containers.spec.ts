import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { loadConfig } from '../src/platform/config/index.js';
import { SETTINGS } from '../src/platform/config/settings.js';
import { composeSchema } from '../test/support/compose-schema.js';

// There is not always a container engine to try docker-compose.yml with: this holds it against the code instead.
const project = path.resolve(__dirname, '..');
const read = (file: string): string => readFileSync(path.join(project, file), 'utf8');

interface Service {
  image: string;
  build?: string;
  restart: string;
  command?: string[];
  ports?: string[];
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

const secrets: Record<string, string> = {
  JWT_SECRET: 'j'.repeat(64),
  METRICS_TOKEN: 'm'.repeat(64),
  POSTGRES_PASSWORD: 'p'.repeat(64),
  GRAFANA_PASSWORD: 'g'.repeat(64),
};

/** Programs of the images that are not built here, and options of theirs. */
const programs: Record<string, string[]> = {
  postgres: ['pg_isready', '--username', '--dbname'],
  redis: ['redis-server', '--appendonly', '--maxmemory-policy', 'redis-cli'],
  prometheus: ['wget', '--quiet', '--spider'],
  grafana: ['wget', '--quiet', '--spider'],
  mailpit: ['/mailpit'],
};

/** What compose makes of `${NAME:?message}` and `${NAME:-default}`, with the secrets and `given` set. */
function interpolated(environment: Record<string, string>, given: Record<string, string> = {}): Record<string, string> {
  const known = { ...secrets, ...given };
  const fill = (text: string): string =>
    text.replace(/\$\{(\w+):([?-])([^}]*)\}/g, (_all, name: string, kind: string, rest: string) =>
      kind === '-' ? (known[name] ?? rest) : (known[name] ?? `no ${name}`),
    );
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, fill(String(value))]));
}

it('is a file that compose accepts', () => {
  const validate = new Ajv({ allErrors: true, allowUnionTypes: true, strictTuples: false }).compile(composeSchema);
  expect(validate(compose) ? [] : validate.errors).toEqual([]);
});

it('runs the API, a worker, what they need and what watches them', () => {
  const names = ['api', 'grafana', 'mailpit', 'postgres', 'prometheus', 'redis', 'worker'];
  expect(Object.keys(services).sort()).toEqual(names);
});

it('lets nobody in from other machines, and gives every port once', () => {
  const ports = Object.values(services).flatMap(({ ports: published = [] }) => published);
  for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  expect(new Set(ports.map((port) => port.split(':')[1])).size).toBe(ports.length);
});

it.each(Object.entries(services).filter(([, service]) => !service.build))(
  'runs only programs in %s that its image has',
  (name, { command = [], healthcheck }) => {
    const [kind, ...test] = healthcheck?.test ?? [];
    const lines = [command, kind === 'CMD-SHELL' ? (test[0] ?? '').split(' ') : test].filter(
      ({ length }) => length > 0,
    );
    for (const [program, ...rest] of lines) {
      const options = rest.filter((argument) => argument.startsWith('--'));
      expect(programs[name]).toEqual(expect.arrayContaining([program, ...options]));
    }
  },
);

it.each(own)('configures %s with variables that exist, to values that are accepted', (name, { environment = {} }) => {
  expect(Object.keys(environment).filter((variable) => !(variable in SETTINGS))).toEqual([]);
  const config = loadConfig(interpolated(environment));
  expect(config).toMatchObject({ role: name, production: true, auth: { secret: secrets.JWT_SECRET } });
  expect(config.database.url).toContain(secrets.POSTGRES_PASSWORD);
  expect(config.redis.url).toBe('redis://redis:6379');
  expect(config.prometheus.server).toMatchObject({ url: 'http://prometheus:9090', selector: 'job="analytics"' });
});

it.each(own)('takes settings of %s from the environment by their own names', (_name, { environment = {} }) => {
  const passed = Object.entries(environment).flatMap(([name, value]) =>
    [...String(value).matchAll(/\$\{(\w+):-/g)].map(([, from]) => [name, from]),
  );
  expect(passed.length).toBeGreaterThan(8);
  for (const [name, from] of passed) expect(from).toBe(name);
});

it('sends e-mails to Mailpit until another server is named', () => {
  const smtpUrl = (given?: Record<string, string>): string | undefined =>
    loadConfig(interpolated(services.worker?.environment ?? {}, given)).notifications.smtpUrl;
  expect(smtpUrl()).toBe('smtp://mailpit:1025');
  expect(smtpUrl({ SMTP_URL: 'smtps://mail.example.com' })).toBe('smtps://mail.example.com');
});

it('holds no secret itself', () => {
  for (const name of Object.keys(secrets)) {
    const values = Object.values(services).flatMap(({ environment = {} }) => environment[name] ?? []);
    for (const value of values) expect(value).toMatch(new RegExp(`^\\$\\{${name}:\\?[^}]+\\}$`));
  }
  expect(read('docker-compose.yml')).not.toMatch(/:\/\/[^/\s@]+:(?!\$\{)[^/\s@]+@/);
});

it('fills every secret that a service mounts from a variable', () => {
  const mounted = Object.values(services).flatMap((service) => service.secrets ?? []);
  expect(mounted.sort()).toEqual(Object.keys(compose.secrets).sort());
  for (const secret of mounted) expect(secrets).toHaveProperty(compose.secrets[secret].environment);
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
  expect(job.job_name).toBe('analytics');
  expect(job.dns_sd_configs[0]).toMatchObject({ names: own.map(([name]) => name), type: 'A', port: 3000 });
  const [secret = ''] = services.prometheus?.secrets ?? [];
  expect(job.authorization.credentials_file).toBe(`/run/secrets/${secret}`);
  expect(compose.secrets[secret]).toEqual({ environment: 'METRICS_TOKEN' });
});

describe('the image', () => {
  const commands = [...dockerfile.matchAll(/CMD (\[.+\])$/gm)].map(([, list]) => JSON.parse(list ?? '[]') as string[]);

  it('starts files that are built or copied', () => {
    expect(commands).toEqual([
      ['node', 'ops/healthcheck.js'],
      ['node', '--v8-pool-size=1', 'dist/src/main.js'],
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
