import 'reflect-metadata';
import { AppModule } from './app.module.js';
import { loadConfig, readEnvironment } from './platform/config/index.js';
import { openDatabase } from './platform/database/index.js';
import { closeHttpApp, createHttpApp, listen } from './platform/http/index.js';
import { runService } from './platform/lifecycle/index.js';
import { announce, Logger } from './platform/logging/index.js';

await runService(async (stopLater) => {
  const config = loadConfig(readEnvironment());
  const logger = Logger.create(config.telemetry.logLevel);
  config.warnings.forEach((warning) => logger.warn(warning));

  const database = await openDatabase(config, logger);
  stopLater(() => database.stop());
  const app = await createHttpApp(AppModule.forRoot({ config, logger, database }), config, logger);
  stopLater(() => closeHttpApp(app));
  announce(logger, await listen(app, config.http), config);
});
