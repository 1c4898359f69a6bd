import { Global, Module } from '@nestjs/common';
import { Cache } from './cache.js';
import { CacheHealth } from './cache.health.js';
import { cacheFailuresProvider } from './cache.metrics.js';
import { cacheProvider } from './cache.provider.js';

@Global()
@Module({ providers: [cacheFailuresProvider, cacheProvider, CacheHealth], exports: [Cache] })
export class CacheModule {}
