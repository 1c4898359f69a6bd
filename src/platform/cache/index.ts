export { Cache, type Claim } from './cache.js';
export { CacheModule } from './cache.module.js';
