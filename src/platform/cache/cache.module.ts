import { Global, Module } from '@nestjs/common';
import { Cache } from './cache.js';
import { cacheProvider } from './cache.provider.js';

@Global()
@Module({ providers: [cacheProvider], exports: [Cache] })
export class CacheModule {}
