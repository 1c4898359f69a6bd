export type AppRole = 'all' | 'api' | 'worker';
export type JwtAlgorithm = 'HS256' | 'RS256' | 'ES256';

/** The typed configuration. Made once by `loadConfig`; nothing else reads the environment. */
export class AppConfig {
  readonly role!: AppRole;
  readonly production!: boolean;
  readonly http!: HttpConfig;
  readonly database!: DatabaseConfig;
  readonly redis!: RedisConfig;
  readonly auth!: AuthConfig;
  readonly ingest!: IngestConfig;
  readonly business!: BusinessConfig;
  readonly telemetry!: TelemetryConfig;

  constructor(values: AppConfig) {
    Object.assign(this, values);
  }
}

export interface HttpConfig {
  readonly port: number;
  readonly host: string;
  readonly publicUrl?: string;
  readonly corsOrigins: readonly string[];
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
}

export interface AuthConfig {
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
}

export interface BusinessConfig {
  readonly baseCurrency: string;
  readonly storeTimeZone: string;
  readonly houseCollections: readonly string[];
}

export interface TelemetryConfig {
  readonly metricsToken?: string;
  readonly logLevel: string;
}
