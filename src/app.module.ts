import { Module, type DynamicModule } from '@nestjs/common';
import { AuthModule } from './platform/auth/index.js';
import { ClockModule } from './platform/clock/index.js';
import { ConfigModule, type AppConfig } from './platform/config/index.js';
import { HttpModule } from './platform/http/index.js';
import { LoggingModule, type Logger } from './platform/logging/index.js';
import { ProbesModule } from './platform/probes/index.js';

export interface AppParts {
  readonly config: AppConfig;
  readonly logger: Logger;
}

/** The list of modules, nothing else. */
@Module({})
export class AppModule {
  static forRoot({ config, logger }: AppParts): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config),
        LoggingModule.forRoot(logger),
        ClockModule,
        AuthModule,
        HttpModule,
        ProbesModule,
      ],
    };
  }
}
