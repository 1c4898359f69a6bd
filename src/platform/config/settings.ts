import {
  alertUrlTemplate,
  commaList,
  currency,
  emailSender,
  fraction,
  isEmailAddress,
  isHttpUrl,
  isOrigin,
  isPhoneNumber,
  latencyHistograms,
  oneOf,
  onOrOff,
  pageUrl,
  text,
  timeZone,
  url,
  wholeNumber,
} from './value-types.js';
import type { ValueType } from './value-types.js';

export interface Setting<T = unknown> {
  readonly group: string;
  readonly type: ValueType<T>;
  /** As it would be written in the environment. Absent: the variable is optional and has no value of its own. */
  readonly fallback?: string;
  /** What the docs show as default where that depends on something else. */
  readonly fallbackNote?: string;
  readonly unit?: string;
  readonly description: string;
  /** Never shown: not in errors, not in docs. */
  readonly secret?: true;
}

const setting = <T, F extends string | undefined = undefined>(
  group: string,
  type: ValueType<T>,
  description: string,
  more: Omit<Setting<T>, 'group' | 'type' | 'description' | 'fallback'> & { fallback?: F } = {},
) => ({ group, type, description, ...more }) as Setting<T> & { fallback: F };

/** Every environment variable of the service, once. `.env.example` and the README's table are written from this. */
export const SETTINGS = {
  NODE_ENV: setting(
    'Process',
    oneOf('development', 'test', 'production'),
    '`production` refuses what is only convenient, e.g. a made-up JWT secret.',
    { fallback: 'development' },
  ),
  APP_ROLE: setting(
    'Process',
    oneOf('all', 'api', 'worker'),
    'Which part runs in this process: HTTP (`api`), jobs (`worker`), or both.',
    { fallback: 'all' },
  ),
  LOG_LEVEL: setting(
    'Process',
    oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    'Least severe log line that is written; `debug` adds one line per request.',
    { fallback: 'info' },
  ),
  DATA_DIR: setting(
    'Process',
    text('a folder'),
    'Where the embedded PostgreSQL, the made-up JWT secret and the imports’ memory live.',
    { fallback: '.data' },
  ),

  PORT: setting('HTTP', wholeNumber(0, 65_535), 'Where it listens; 0 picks a free port.', { fallback: '3000' }),
  HOST: setting(
    'HTTP',
    text('a host name or IP address', (value) => /^[\w.:%-]+$/.test(value)),
    'Address it listens on; `0.0.0.0` for every interface.',
    { fallback: '127.0.0.1' },
  ),
  PUBLIC_URL: setting(
    'HTTP',
    pageUrl,
    'Where people reach the service. With https:// cookies are `Secure`; links in messages come from ALERT_URL_TEMPLATE.',
    { fallbackNote: 'the address it listens on' },
  ),
  CORS_ORIGINS: setting(
    'HTTP',
    commaList('origins such as https://admin.example.com', isOrigin),
    'Browser origins that may call the API; empty: none.',
    { fallback: '' },
  ),
  RATE_LIMIT_PER_MINUTE: setting(
    'HTTP',
    wholeNumber(0, 1_000_000),
    'Per user, on everything but `POST /events`; 0 switches it off.',
    { fallback: '1200', unit: 'requests' },
  ),

  DATABASE_URL: setting('Database', url('postgres', 'postgresql'), 'External PostgreSQL ≥ 14.', {
    fallbackNote: 'embedded PostgreSQL in `DATA_DIR`',
    secret: true,
  }),
  DATABASE_POOL_SIZE: setting('Database', wholeNumber(2, 500), 'Connections for reads.', {
    fallback: '10',
    unit: 'connections',
  }),
  DATABASE_WRITER_POOL_SIZE: setting('Database', wholeNumber(1, 50), 'Connections that commit events.', {
    fallback: '2',
    unit: 'connections',
  }),
  REDIS_URL: setting('Database', url('redis', 'rediss'), 'Redis or Valkey for queues and cache.', {
    fallbackNote: 'queues on PostgreSQL, cache in memory',
    secret: true,
  }),
  REDIS_KEY_PREFIX: setting(
    'Database',
    text('1 to 64 letters, digits, or any of . _ : -', (value) => /^[\w.:-]{1,64}$/.test(value)),
    'What its keys in Redis begin with; the same in all processes of one installation.',
    { fallbackNote: '`analytics-`, the name of the database, the identifier of its server' },
  ),

  JWT_SECRET: setting(
    'Access',
    text('a text of 1 to 1024 characters', (value) => value.length <= 1024),
    'HS256 secret, at least 32 characters in production.',
    { fallbackNote: 'made on first start, in `DATA_DIR`', secret: true },
  ),
  JWT_JWKS_URL: setting('Access', url('https', 'http'), 'Where the RS256 or ES256 keys of the identity provider are.'),
  JWT_ALGORITHM: setting('Access', oneOf('HS256', 'RS256', 'ES256'), 'The one algorithm that is accepted.', {
    fallbackNote: '`HS256`; with `JWT_JWKS_URL`: `RS256`',
  }),
  JWT_ISSUER: setting('Access', text('a text'), 'Required `iss` of every token.', { fallbackNote: 'not checked' }),
  JWT_AUDIENCE: setting('Access', text('a text'), 'Required `aud` of every token.', { fallbackNote: 'not checked' }),
  METRICS_TOKEN: setting('Access', text('a text'), 'Bearer token for `/metrics` from other machines.', {
    fallbackNote: 'loopback only',
    secret: true,
  }),

  RAW_RETENTION_DAYS: setting('Events', wholeNumber(1, 3650), 'How long raw events are kept.', {
    fallback: '7',
    unit: 'days',
  }),
  BACKFILL_MAX_DAYS: setting('Events', wholeNumber(1, 36_500), 'How old an event may be when it comes in.', {
    fallback: '800',
    unit: 'days',
  }),
  RECORD_OWN_REQUESTS: setting('Events', onOrOff, 'Records this service’s own requests as `api_request` events.', {
    fallback: 'off',
  }),
  INGEST_COMMIT_MAX_WAIT_MS: setting(
    'Events',
    wholeNumber(0, 1000),
    'Longest a request waits for others to share its commit.',
    { fallback: '20', unit: 'ms' },
  ),
  INGEST_COMMIT_MAX_EVENTS: setting('Events', wholeNumber(1, 100_000), 'Most events in one commit.', {
    fallback: '5000',
    unit: 'events',
  }),
  INGEST_QUEUE_MAX_EVENTS: setting(
    'Events',
    wholeNumber(1000, 10_000_000),
    'Events that may wait for a commit before requests get 429.',
    { fallback: '50000', unit: 'events' },
  ),
  INGEST_QUEUE_MAX_BYTES: setting(
    'Events',
    wholeNumber(10_485_760, 4_294_967_296),
    'Bytes that may wait for a commit, and bytes of request bodies that may be read at once, before requests get 429.',
    { fallback: '67108864', unit: 'bytes' },
  ),
  INGEST_SLOW_FROM_LAG_SECONDS: setting(
    'Events',
    wholeNumber(0, 3_600),
    'How far live ingest may leave the rollups behind before commits are held back, more and more over 40 s; 0: never.',
    { fallback: '60', unit: 'seconds' },
  ),

  BASE_CURRENCY: setting('Business', currency, 'Currency of the answers when none is asked for.', { fallback: 'USD' }),
  STORE_TIME_ZONE: setting(
    'Business',
    timeZone,
    'Zone in which days, weeks and months of the shop are cut. One that is not whole hours from UTC has minutes of business ' +
      'figures kept as long as days, from its first start on.',
    { fallback: 'UTC' },
  ),
  HOUSE_COLLECTIONS: setting(
    'Business',
    commaList('slugs such as black-rose', (slug) => /^[\p{Ll}\p{Lo}\d]+(-[\p{Ll}\p{Lo}\d]+)*$/u.test(slug)),
    'Collections that are always listed.',
    { fallback: 'black-rose,love-hurts,signature' },
  ),

  HOUSE_PROVIDERS: setting(
    'ML pipelines',
    commaList('names of providers of at most 200 characters', (name) => name.length <= 200),
    'Providers that are always listed, with jobs or without.',
    { fallback: 'replicate,tripo,huggingface,gemini' },
  ),

  ALERT_EVALUATION_INTERVAL_SECONDS: setting('Alerts', wholeNumber(1, 60), 'How often alert rules are evaluated.', {
    fallback: '60',
    unit: 's',
  }),

  HEALTH_DEGRADED_ERROR_RATE: setting(
    'System health',
    fraction,
    'Share of requests answered 5xx in the last minutes from which the API is degraded.',
    { fallback: '0.01' },
  ),
  HEALTH_DOWN_ERROR_RATE: setting(
    'System health',
    fraction,
    'Share of requests answered 5xx in the last minutes from which the API is down.',
    { fallback: '0.5' },
  ),
  HEALTH_DEGRADED_LATENCY_MS: setting(
    'System health',
    wholeNumber(1, 600_000),
    '95th percentile of the latest requests above which the API is degraded.',
    { fallback: '2000', unit: 'ms' },
  ),
  HEALTH_MIN_REQUESTS: setting(
    'System health',
    wholeNumber(1, 1_000_000),
    'Fewer requests than this in the last minutes say nothing of the API.',
    { fallback: '5', unit: 'requests' },
  ),
  HEALTH_DEGRADED_RESPONSE_MS: setting(
    'System health',
    wholeNumber(1, 250),
    'Database, queue or cache are degraded when they take longer to answer a trifle; after 2 s they are down.',
    { fallback: '200', unit: 'ms' },
  ),
  HEALTH_DEGRADED_POOL_UTILIZATION: setting(
    'System health',
    fraction,
    'Share of a connection pool in use from which the database is degraded.',
    { fallback: '0.9' },
  ),
  HEALTH_DEGRADED_QUEUE_WAITING: setting(
    'System health',
    wholeNumber(1, 10_000_000),
    'Jobs waiting in one queue from which the queue is degraded.',
    { fallback: '1000', unit: 'jobs' },
  ),
  METRICS_SCRAPE_INTERVAL_SECONDS: setting(
    'System health',
    wholeNumber(1, 3600),
    'How often exposition endpoints, or the Prometheus server, are read.',
    { fallback: '15', unit: 's' },
  ),
  METRICS_TARGETS: setting(
    'System health',
    commaList('URLs that start with http:// or https://', isHttpUrl),
    'Exposition endpoints (Prometheus text format) whose requests are watched; `user:password@` in one is sent as Basic authorization.',
    { fallback: '', fallbackNote: 'this service’s own `/metrics`; with `PROMETHEUS_URL` none', secret: true },
  ),
  METRICS_TARGETS_TOKEN: setting('System health', text('a text'), 'Bearer token that is sent to METRICS_TARGETS.', {
    fallbackNote: 'none',
    secret: true,
  }),
  METRICS_LATENCY_HISTOGRAMS: setting(
    'System health',
    latencyHistograms,
    'Histograms of request durations in seconds, with the labels for method, route and status code. Of each target the first that it has counts.',
    {
      fallback:
        'http_request_duration_seconds{method,route,status_code},api_request_duration_seconds{method,endpoint,status_code}',
    },
  ),
  PROMETHEUS_URL: setting(
    'System health',
    url('http', 'https'),
    'A Prometheus server; it is asked before METRICS_TARGETS, by its HTTP API.',
    { fallbackNote: 'none', secret: true },
  ),
  PROMETHEUS_TOKEN: setting('System health', text('a text'), 'Bearer token for PROMETHEUS_URL.', {
    fallbackNote: 'none',
    secret: true,
  }),
  PROMETHEUS_SELECTOR: setting(
    'System health',
    text('label matchers such as job="shop"', (value) => !/[{}]/.test(value)),
    'Label matchers that the default expressions use.',
    { fallback: '', fallbackNote: 'every series' },
  ),
  PROMETHEUS_BUCKETS_EXPRESSION: setting(
    'System health',
    text('a PromQL expression'),
    'Requests in `$window` by method, route, status_code and le; and by service, where services are to be told apart.',
    { fallbackNote: 'from METRICS_LATENCY_HISTOGRAMS' },
  ),
  PROMETHEUS_SUM_EXPRESSION: setting(
    'System health',
    text('a PromQL expression'),
    'Seconds that the requests in `$window` took, by the same labels without le; NaN where some of them are not known.',
    { fallbackNote: 'from METRICS_LATENCY_HISTOGRAMS' },
  ),
  PROMETHEUS_SAMPLES_EXPRESSION: setting(
    'System health',
    text('a PromQL expression'),
    'When the series that the requests come from were scraped last.',
    { fallbackNote: 'from METRICS_LATENCY_HISTOGRAMS' },
  ),
  PROMETHEUS_UP_EXPRESSION: setting(
    'System health',
    text('a PromQL expression'),
    'The share of `$window` in which each target was up.',
    { fallbackNote: 'from METRICS_LATENCY_HISTOGRAMS' },
  ),

  SMTP_URL: setting('Notifications', url('smtp', 'smtps'), 'Mail server, with user and password if it wants them.', {
    fallbackNote: 'no e-mail',
    secret: true,
  }),
  EMAIL_FROM: setting('Notifications', emailSender, 'Sender of e-mails.', {
    fallback: 'Admin Analytics <analytics@localhost>',
  }),
  SLACK_ANALYTICS_WEBHOOK: setting(
    'Notifications',
    url('https', 'http'),
    'Incoming webhook of the Slack channel that hears of alerts, and of people without one of their own.',
    { fallbackNote: 'no Slack', secret: true },
  ),
  TWILIO_ACCOUNT_SID: setting(
    'Notifications',
    text('a Twilio account SID', (value) => /^AC[0-9a-zA-Z]{1,64}$/.test(value)),
    'Account that sends SMS.',
    {
      fallbackNote: 'no SMS',
    },
  ),
  TWILIO_AUTH_TOKEN: setting('Notifications', text('a text'), 'Token of that account.', { secret: true }),
  TWILIO_FROM_NUMBER: setting(
    'Notifications',
    text('a phone number in E.164 such as +14155550100', isPhoneNumber),
    'Number that SMS come from.',
  ),
  TWILIO_API_BASE_URL: setting('Notifications', pageUrl, 'Where Twilio’s API is; for proxies and sandboxes.', {
    fallback: 'https://api.twilio.com',
  }),
  ALERT_EMAIL_TO: setting(
    'Notifications',
    commaList('e-mail addresses', isEmailAddress),
    'Get every notice that goes by e-mail.',
    { fallback: '' },
  ),
  ALERT_SMS_TO: setting(
    'Notifications',
    commaList('phone numbers in E.164 such as +14155550100', isPhoneNumber),
    'Get every notice that goes by SMS.',
    { fallback: '' },
  ),
  ALERT_URL_TEMPLATE: setting(
    'Notifications',
    alertUrlTemplate,
    'Page of an alert that messages link to, with `{id}` for its id, such as https://admin.example/alerts/{id}.',
    { fallbackNote: 'messages without links' },
  ),
  NOTIFY_MAX_PER_RECIPIENT: setting(
    'Notifications',
    wholeNumber(1, 100_000),
    'Info and warning notices that one address gets in 10 minutes before they fold into a digest.',
    { fallback: '20', unit: 'messages' },
  ),
  NOTIFY_PROVIDER_TIMEOUT_MS: setting(
    'Notifications',
    wholeNumber(100, 15_000),
    'How long a mail server, Slack or Twilio may take for one message before the attempt counts as failed.',
    { fallback: '8000', unit: 'ms' },
  ),
} as const;

export type SettingName = keyof typeof SETTINGS;
/** The parsed value of each variable; `undefined` where it is optional and not set. */
export type SettingValues = {
  readonly [N in SettingName]: (typeof SETTINGS)[N] extends Setting<infer T>
    ? (typeof SETTINGS)[N]['fallback'] extends string
      ? T
      : T | undefined
    : never;
};
