export { openRedis, type RedisClient } from './open-redis.js';
export { RedisKeys } from './redis-keys.js';
export { RedisModule } from './redis.module.js';
