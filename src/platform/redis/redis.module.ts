import { Module, type DynamicModule } from '@nestjs/common';
import type { RedisConfig } from '../config/index.js';
import { RedisKeys } from './redis-keys.js';

/** Tells everybody who uses Redis where its keys are; each opens a connection of its own. */
@Module({})
export class RedisModule {
  /** @param database its `identity`: the same in every process on it, and in no other */
  static forRoot(
    { keyPrefix }: Pick<RedisConfig, 'keyPrefix'>,
    { identity }: { readonly identity: string },
  ): DynamicModule {
    const keys = new RedisKeys(keyPrefix ?? `analytics-${identity}`);
    return {
      module: RedisModule,
      global: true,
      providers: [{ provide: RedisKeys, useValue: keys }],
      exports: [RedisKeys],
    };
  }
}
