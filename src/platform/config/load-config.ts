import { AppConfig, type PrometheusConfig } from './app-config.js';
import { ConfigurationError, type ConfigurationProblem } from './configuration-error.js';
import { resolveKeySource } from './key-source.js';
import { SETTINGS, type Setting, type SettingName, type SettingValues } from './settings.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the configuration out of an environment. An empty value counts as not set.
 * @throws ConfigurationError naming every bad variable at once
 */
export function loadConfig(environment: Environment): AppConfig {
  const problems: ConfigurationProblem[] = [];
  const values = readValues(environment, problems);
  const keySource = resolveKeySource(values);
  const named = new Set(problems.map(({ name }) => name));
  problems.push(...keySource.problems.filter(({ name }) => !named.has(name)));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return toConfig(values, keySource.auth, [...keySource.warnings, ...halfConfigured(values)]);
}

function readValues(environment: Environment, problems: ConfigurationProblem[]): SettingValues {
  const values: Partial<Record<SettingName, unknown>> = {};
  for (const [name, setting] of Object.entries(SETTINGS) as [SettingName, Setting][]) {
    const given = environment[name]?.trim();
    const raw = given === undefined || given === '' ? setting.fallback : given;
    if (raw === undefined) continue;
    const parsed = setting.type.schema.safeParse(raw);
    if (parsed.success) values[name] = parsed.data;
    else
      problems.push({
        name,
        message: `must be ${setting.type.allowed}${setting.secret ? '' : `; it is ${quote(raw)}`}`,
      });
  }
  return values as SettingValues;
}

/** SMS need all three; with one or two of them somebody believes that they work. */
function halfConfigured(values: SettingValues): string[] {
  const names = ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_FROM_NUMBER'] as const;
  const missing = names.filter((name) => !values[name]);
  if (missing.length === 0 || missing.length === names.length) return [];
  return [`No SMS will be sent: ${missing.join(' and ')} must be set as well.`];
}

/** Long enough to recognise the value, short enough for a terminal. */
function quote(raw: string): string {
  return JSON.stringify(raw.length > 60 ? `${raw.slice(0, 60)}…` : raw);
}

function toConfig(values: SettingValues, auth: AppConfig['auth'], warnings: readonly string[]): AppConfig {
  return new AppConfig({
    role: values.APP_ROLE,
    production: values.NODE_ENV === 'production',
    http: {
      port: values.PORT,
      host: values.HOST,
      publicUrl: values.PUBLIC_URL,
      corsOrigins: values.CORS_ORIGINS,
      rateLimitPerMinute: values.RATE_LIMIT_PER_MINUTE,
    },
    database: {
      url: values.DATABASE_URL,
      dataDir: values.DATA_DIR,
      poolSize: values.DATABASE_POOL_SIZE,
      writerPoolSize: values.DATABASE_WRITER_POOL_SIZE,
    },
    redis: { url: values.REDIS_URL, keyPrefix: values.REDIS_KEY_PREFIX },
    auth,
    ...toFeatureConfig(values),
    notifications: toNotificationsConfig(values),
    telemetry: { metricsToken: values.METRICS_TOKEN, logLevel: values.LOG_LEVEL },
    warnings,
  });
}

function toFeatureConfig(
  values: SettingValues,
): Pick<AppConfig, 'ingest' | 'business' | 'ml' | 'alerts' | 'health' | 'prometheus'> {
  return {
    ingest: {
      backfillMaxDays: values.BACKFILL_MAX_DAYS,
      rawRetentionDays: values.RAW_RETENTION_DAYS,
      recordOwnRequests: values.RECORD_OWN_REQUESTS,
      groupCommitMaxWaitMs: values.INGEST_COMMIT_MAX_WAIT_MS,
      groupCommitMaxEvents: values.INGEST_COMMIT_MAX_EVENTS,
      queueMaxEvents: values.INGEST_QUEUE_MAX_EVENTS,
      queueMaxBytes: values.INGEST_QUEUE_MAX_BYTES,
      slowFromLagSeconds: values.INGEST_SLOW_FROM_LAG_SECONDS,
    },
    business: {
      baseCurrency: values.BASE_CURRENCY,
      storeTimeZone: values.STORE_TIME_ZONE,
      houseCollections: values.HOUSE_COLLECTIONS,
    },
    ml: { houseProviders: values.HOUSE_PROVIDERS },
    alerts: { evaluationIntervalSeconds: values.ALERT_EVALUATION_INTERVAL_SECONDS },
    health: {
      degradedErrorRate: values.HEALTH_DEGRADED_ERROR_RATE,
      downErrorRate: values.HEALTH_DOWN_ERROR_RATE,
      degradedLatencyMs: values.HEALTH_DEGRADED_LATENCY_MS,
      minRequests: values.HEALTH_MIN_REQUESTS,
      degradedResponseMs: values.HEALTH_DEGRADED_RESPONSE_MS,
      degradedPoolUtilization: values.HEALTH_DEGRADED_POOL_UTILIZATION,
      degradedQueueWaiting: values.HEALTH_DEGRADED_QUEUE_WAITING,
    },
    prometheus: toPrometheusConfig(values),
  };
}

function toPrometheusConfig(values: SettingValues): PrometheusConfig {
  return {
    scrapeIntervalSeconds: values.METRICS_SCRAPE_INTERVAL_SECONDS,
    targets: values.METRICS_TARGETS,
    targetsToken: values.METRICS_TARGETS_TOKEN,
    histograms: values.METRICS_LATENCY_HISTOGRAMS,
    ...(values.PROMETHEUS_URL !== undefined && {
      server: {
        url: values.PROMETHEUS_URL.replace(/\/+$/, ''),
        token: values.PROMETHEUS_TOKEN,
        selector: values.PROMETHEUS_SELECTOR,
        bucketsExpression: values.PROMETHEUS_BUCKETS_EXPRESSION,
        sumExpression: values.PROMETHEUS_SUM_EXPRESSION,
        samplesExpression: values.PROMETHEUS_SAMPLES_EXPRESSION,
        upExpression: values.PROMETHEUS_UP_EXPRESSION,
      },
    }),
  };
}

function toNotificationsConfig(values: SettingValues): AppConfig['notifications'] {
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken, TWILIO_FROM_NUMBER: fromNumber } = values;
  return {
    alertUrlTemplate: values.ALERT_URL_TEMPLATE,
    smtpUrl: values.SMTP_URL,
    emailFrom: values.EMAIL_FROM,
    slackWebhookUrl: values.SLACK_ANALYTICS_WEBHOOK,
    twilio:
      accountSid && authToken && fromNumber
        ? { accountSid, authToken, fromNumber, apiBaseUrl: values.TWILIO_API_BASE_URL }
        : undefined,
    emailTo: values.ALERT_EMAIL_TO,
    smsTo: values.ALERT_SMS_TO,
    maxPerRecipient: values.NOTIFY_MAX_PER_RECIPIENT,
    providerTimeoutMs: values.NOTIFY_PROVIDER_TIMEOUT_MS,
  };
}
