import { ConfigurationError } from './configuration-error.js';
import { loadConfig } from './load-config.js';
import { SETTINGS } from './settings.js';

const SECRET = 'a'.repeat(32);

function problemsOf(environment: Record<string, string>): Record<string, string> {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return Object.fromEntries(error.problems.map(({ name, message }) => [name, message]));
    }
    throw error;
  }
  return {};
}

it('needs no variable at all', () => {
  expect(loadConfig({})).toMatchObject({
    role: 'all',
    production: false,
    http: { port: 3000, host: '127.0.0.1', corsOrigins: [], rateLimitPerMinute: 1200, publicUrl: undefined },
    database: { url: undefined, dataDir: '.data', poolSize: 10, writerPoolSize: 2 },
    redis: { url: undefined },
    auth: { secret: undefined, algorithm: 'HS256' },
    ingest: {
      backfillMaxDays: 800,
      rawRetentionDays: 7,
      recordOwnRequests: false,
      groupCommitMaxWaitMs: 20,
      groupCommitMaxEvents: 5000,
      queueMaxEvents: 50_000,
      slowFromLagSeconds: 60,
      queueMaxBytes: 64 * 1024 * 1024,
    },
    business: {
      baseCurrency: 'USD',
      storeTimeZone: 'UTC',
      houseCollections: ['black-rose', 'love-hurts', 'signature'],
    },
    alerts: { evaluationIntervalSeconds: 60 },
    health: { degradedErrorRate: 0.01, downErrorRate: 0.5, degradedPoolUtilization: 0.9 },
    prometheus: { scrapeIntervalSeconds: 15 },
    telemetry: { logLevel: 'info', metricsToken: undefined },
    warnings: [],
  });
});

it('takes an empty or blank value as not set', () => {
  const empty = Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, ' ']));
  expect(loadConfig(empty)).toEqual(loadConfig({}));
});

it('names every bad variable at once, and what is allowed', () => {
  const problems = problemsOf({ PORT: '70000', APP_ROLE: 'web', STORE_TIME_ZONE: 'Mars/Olympus', LOG_LEVEL: 'loud' });
  expect(Object.keys(problems).sort()).toEqual(['APP_ROLE', 'LOG_LEVEL', 'PORT', 'STORE_TIME_ZONE']);
  expect(problems.PORT).toBe('must be a whole number from 0 to 65535; it is "70000"');
});

it('names a bad value together with settings that do not fit each other', () => {
  expect(Object.keys(problemsOf({ PORT: 'x', NODE_ENV: 'production' })).sort()).toEqual(['JWT_SECRET', 'PORT']);
});

it('puts all names into its message', () => {
  expect(() => loadConfig({ PORT: 'x', HOST: '' })).toThrow(/Nothing was started\.\n {2}PORT must be/);
});

it.each([
  ['PORT', '1e3'],
  ['PORT', '-1'],
  ['PORT', '3000.0'],
  ['PORT', '0x10'],
  ['HOST', 'http://localhost'],
  ['NODE_ENV', 'prodcution'],
  ['ALERT_EVALUATION_INTERVAL_SECONDS', '0'],
  ['ALERT_EVALUATION_INTERVAL_SECONDS', '61'],
  ['METRICS_SCRAPE_INTERVAL_SECONDS', '0'],
  ['HEALTH_DOWN_ERROR_RATE', '50'],
  ['HEALTH_DOWN_ERROR_RATE', '.5'],
  ['RATE_LIMIT_PER_MINUTE', 'none'],
  ['DATABASE_URL', 'mysql://localhost/db'],
  ['DATABASE_URL', 'postgres//db/x'],
  ['REDIS_URL', 'localhost:6379'],
  ['PUBLIC_URL', 'admin.example.com'],
  ['ALERT_URL_TEMPLATE', 'https://admin.example/alerts'],
  ['ALERT_URL_TEMPLATE', '/alerts/{id}'],
  ['ALERT_URL_TEMPLATE', 'ftp://admin.example/{id}'],
  ['ALERT_URL_TEMPLATE', 'javascript:alert({id})'],
  ['ALERT_URL_TEMPLATE', 'https://user:secret@admin.example/{id}'],
  ['ALERT_URL_TEMPLATE', 'https://admin.example/a|b/{id}'],
  ['ALERT_URL_TEMPLATE', 'https://admin.example/<{id}>'],
  ['ALERT_URL_TEMPLATE', 'https:///{id}:x'],
  ['CORS_ORIGINS', 'https://admin.example.com/path'],
  ['CORS_ORIGINS', '*'],
  ['BASE_CURRENCY', 'usd'],
  ['BASE_CURRENCY', 'XYZ'],
  ['STORE_TIME_ZONE', 'Mars/Olympus'],
  ['STORE_TIME_ZONE', '+05:30'],
  ['STORE_TIME_ZONE', 'UTC+5:45'],
  ['HOUSE_COLLECTIONS', 'Black Rose'],
  ['RECORD_OWN_REQUESTS', 'maybe'],
  ['RAW_RETENTION_DAYS', '0'],
  ['METRICS_TOKEN', 'two\nlines'],
])('refuses %s=%s', (name, value) => {
  expect(Object.keys(problemsOf({ [name]: value }))).toEqual([name]);
});

it.each([
  'Europe/Paris',
  'America/New_York',
  'Africa/Casablanca',
  'UTC',
  'Etc/GMT+12',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'America/St_Johns',
  'Australia/Adelaide',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
])('takes the zone %s', (zone) => {
  expect(loadConfig({ STORE_TIME_ZONE: zone }).business.storeTimeZone).toBe(zone);
});

it.each([
  ['on', true],
  ['TRUE', true],
  ['1', true],
  ['off', false],
  ['false', false],
])('reads the switch %s', (value, expected) => {
  expect(loadConfig({ RECORD_OWN_REQUESTS: value }).ingest.recordOwnRequests).toBe(expected);
});

it('reads lists without blanks, empty parts and repeats', () => {
  const { corsOrigins } = loadConfig({
    CORS_ORIGINS: ' https://a.example, ,https://b.example:8443,https://a.example ',
  }).http;
  expect(corsOrigins).toEqual(['https://a.example', 'https://b.example:8443']);
});

it('takes the page of an alert with the place of its id, in the path or behind a fragment', () => {
  for (const template of ['https://admin.example/alerts/{id}', 'http://localhost:5173/#/alerts?open={id}']) {
    expect(loadConfig({ ALERT_URL_TEMPLATE: template }).notifications.alertUrlTemplate).toBe(template);
  }
  expect(loadConfig({}).notifications.alertUrlTemplate).toBeUndefined();
});

it('drops the slash at the end of PUBLIC_URL', () => {
  expect(loadConfig({ PUBLIC_URL: 'https://shop.example/analytics/' }).http.publicUrl).toBe(
    'https://shop.example/analytics',
  );
});

it('never repeats a secret', () => {
  const environment = { DATABASE_URL: 'mysql://me:hunter2@db/x', JWT_SECRET: 'hunter2', NODE_ENV: 'production' };
  const problems = problemsOf(environment);
  expect(Object.keys(problems).sort()).toEqual(['DATABASE_URL', 'JWT_SECRET']);
  expect(JSON.stringify(problems)).not.toContain('hunter2');
});

describe('the keys that check tokens', () => {
  it.each([
    [{ NODE_ENV: 'production' }, 'JWT_SECRET'],
    [{ NODE_ENV: 'production', JWT_SECRET: 'short' }, 'JWT_SECRET'],
    [{ JWT_ALGORITHM: 'RS256' }, 'JWT_ALGORITHM'],
    [{ JWT_ALGORITHM: 'RS256', JWT_SECRET: SECRET }, 'JWT_ALGORITHM'],
    [{ JWT_ALGORITHM: 'HS256', JWT_JWKS_URL: 'https://id.example/keys' }, 'JWT_ALGORITHM'],
    [{ JWT_ALGORITHM: 'none' }, 'JWT_ALGORITHM'],
    [{ JWT_SECRET: SECRET, JWT_JWKS_URL: 'https://id.example/keys' }, 'JWT_ALGORITHM'],
    [{ JWT_JWKS_URL: 'id.example/keys' }, 'JWT_JWKS_URL'],
  ])('refuses %j', (environment, name) => {
    expect(Object.keys(problemsOf(environment))).toEqual([name]);
  });

  it('takes RS256 for a key set, unless ES256 is asked for', () => {
    const JWT_JWKS_URL = 'https://id.example/keys';
    expect(loadConfig({ JWT_JWKS_URL }).auth).toMatchObject({ algorithm: 'RS256', jwksUrl: JWT_JWKS_URL });
    expect(loadConfig({ JWT_JWKS_URL, JWT_ALGORITHM: 'ES256' }).auth.algorithm).toBe('ES256');
  });

  it('keeps only the key that the algorithm uses', () => {
    const both = { JWT_JWKS_URL: 'https://id.example/keys', JWT_SECRET: SECRET };
    expect(loadConfig({ ...both, JWT_ALGORITHM: 'HS256' }).auth.jwksUrl).toBeUndefined();
    expect(loadConfig({ ...both, JWT_ALGORITHM: 'RS256' }).auth.secret).toBeUndefined();
  });

  it('only warns of a short secret outside production', () => {
    expect(loadConfig({ JWT_SECRET: 'short' }).warnings).toHaveLength(1);
    expect(loadConfig({ JWT_SECRET: SECRET, NODE_ENV: 'production' }).warnings).toEqual([]);
  });
});
