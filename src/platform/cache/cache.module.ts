import { Global, Module } from '@nestjs/common';
import { Cache } from './cache.js';
import { CacheHealth } from './cache.health.js';
import { cacheProvider } from './cache.provider.js';

@Global()
@Module({ providers: [cacheProvider, CacheHealth], exports: [Cache] })
export class CacheModule {}
