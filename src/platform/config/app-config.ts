export type AppRole = 'all' | 'api' | 'worker';
export type JwtAlgorithm = 'HS256' | 'RS256' | 'ES256';

/** The typed configuration. Made once by `loadConfig`; nothing else reads the environment. */
export class AppConfig {
  readonly role!: AppRole;
  /** `NODE_ENV=production`: settings that are only convenient are refused. */
  readonly production!: boolean;
  readonly http!: HttpConfig;
  readonly database!: DatabaseConfig;
  readonly redis!: RedisConfig;
  readonly auth!: AuthConfig;
  readonly ingest!: IngestConfig;
  readonly business!: BusinessConfig;
  readonly ml!: MlConfig;
  readonly alerts!: AlertsConfig;
  readonly health!: HealthConfig;
  readonly notifications!: NotificationsConfig;
  readonly prometheus!: PrometheusConfig;
  readonly telemetry!: TelemetryConfig;
  /** What is allowed, but somebody should hear of at the start. */
  readonly warnings!: readonly string[];

  constructor(values: AppConfig) {
    Object.assign(this, values);
  }
}

export interface HttpConfig {
  /** 0: any free port. */
  readonly port: number;
  readonly host: string;
  /** Where people reach the service, without a slash at the end. Absent: the address it listens on. */
  readonly publicUrl?: string;
  readonly corsOrigins: readonly string[];
  /** Per user, over all processes that share a Redis; 0 switches the limit off. */
  readonly rateLimitPerMinute: number;
}

export interface DatabaseConfig {
  /** Absent: the embedded PostgreSQL in `dataDir`. */
  readonly url?: string;
  readonly dataDir: string;
  readonly poolSize: number;
  readonly writerPoolSize: number;
}

export interface RedisConfig {
  readonly url?: string;
  /** Absent: made of what tells the database from others. */
  readonly keyPrefix?: string;
}

export interface AuthConfig {
  /** Absent with HS256: a secret made on first start, in `DATA_DIR/jwt-secret`. */
  readonly secret?: string;
  readonly jwksUrl?: string;
  readonly algorithm: JwtAlgorithm;
  readonly issuer?: string;
  readonly audience?: string;
}

export interface IngestConfig {
  readonly backfillMaxDays: number;
  readonly rawRetentionDays: number;
  readonly recordOwnRequests: boolean;
  readonly groupCommitMaxWaitMs: number;
  readonly groupCommitMaxEvents: number;
  readonly queueMaxEvents: number;
  readonly queueMaxBytes: number;
  /** 0: commits are never held back. */
  readonly slowFromLagSeconds: number;
}

export interface BusinessConfig {
  readonly baseCurrency: string;
  readonly storeTimeZone: string;
  readonly houseCollections: readonly string[];
}

export interface MlConfig {
  /** Always listed, with jobs or without. */
  readonly houseProviders: readonly string[];
}

export interface AlertsConfig {
  readonly evaluationIntervalSeconds: number;
}

/** From when on something is called degraded or down. */
export interface HealthConfig {
  /** 0..1, as the other shares here. */
  readonly degradedErrorRate: number;
  readonly downErrorRate: number;
  readonly degradedLatencyMs: number;
  readonly minRequests: number;
  readonly degradedResponseMs: number;
  readonly degradedPoolUtilization: number;
  readonly degradedQueueWaiting: number;
}

export interface NotificationsConfig {
  /** Page of an alert, with `{id}` for its id. Absent: messages have no links. */
  readonly alertUrlTemplate?: string;
  /** Absent: no e-mail. */
  readonly smtpUrl?: string;
  readonly emailFrom: string;
  /** Absent: no Slack but for people with a webhook of their own. */
  readonly slackWebhookUrl?: string;
  /** Absent unless account, token and number are all set: no SMS. */
  readonly twilio?: TwilioConfig;
  readonly emailTo: readonly string[];
  readonly smsTo: readonly string[];
  /** Info and warning messages to one address in 10 minutes. */
  readonly maxPerRecipient: number;
  /** For one message. */
  readonly providerTimeoutMs: number;
}

export interface TwilioConfig {
  readonly accountSid: string;
  readonly authToken: string;
  readonly fromNumber: string;
  readonly apiBaseUrl: string;
}

export interface PrometheusConfig {
  readonly scrapeIntervalSeconds: number;
  /** Exposition endpoints. Empty: none is configured. */
  readonly targets: readonly string[];
  readonly targetsToken?: string;
  /** How requests are recognised, in targets and, by default, in the expressions. */
  readonly histograms: readonly LatencyHistogramNames[];
  /** A Prometheus server. Absent: none. */
  readonly server?: PrometheusServerConfig;
}

export interface PrometheusServerConfig {
  /** Without a slash at the end. */
  readonly url: string;
  readonly token?: string;
  /** Label matchers without braces, e.g. `job="shop"`. */
  readonly selector: string;
  /** Absent: made from the histograms and the selector. */
  readonly bucketsExpression?: string;
  readonly sumExpression?: string;
  readonly samplesExpression?: string;
  readonly upExpression?: string;
}

/** A histogram of request durations in seconds, and which of its labels say method, route and status code. */
export interface LatencyHistogramNames {
  readonly metric: string;
  readonly method: string;
  readonly route: string;
  readonly statusCode: string;
}

export interface TelemetryConfig {
  readonly metricsToken?: string;
  readonly logLevel: LogLevel;
}

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
