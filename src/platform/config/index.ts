export { AppConfig } from './app-config.js';
export type {
  AppRole,
  AuthConfig,
  DatabaseConfig,
  HealthConfig,
  HttpConfig,
  IngestConfig,
  JwtAlgorithm,
  LatencyHistogramNames,
  LogLevel,
  NotificationsConfig,
  PrometheusConfig,
  PrometheusServerConfig,
  RedisConfig,
  TelemetryConfig,
  TwilioConfig,
} from './app-config.js';
export { ConfigModule } from './config.module.js';
export { ConfigurationError } from './configuration-error.js';
export { loadConfig } from './load-config.js';
export { readEnvironment } from './read-environment.js';
export { isEmailAddress, isPhoneNumber, isTimeZone } from './value-types.js';
