import { Logger } from '@nestjs/common';
import type { createClient } from '@redis/client';

/** A connection for what answers can do without (cache, rate limit); the queues have their own, which never give up. */
export type RedisClient = ReturnType<typeof createClient>;

const CONNECT_TIMEOUT_MS = 1_000;
const LONGEST_PAUSE_BEFORE_RECONNECT_MS = 2_000;

/**
 * Does not wait for Redis: until it is there, every command fails at once. The client is loaded here only: it would be a
 * quarter of all modules that a start without Redis loads.
 * @param purpose as it shows in the log
 */
export async function openRedis(url: string, purpose: string): Promise<RedisClient> {
  const { createClient } = await import('@redis/client');
  const client = createClient({
    url,
    disableOfflineQueue: true,
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectStrategy: (attempt) => Math.min(attempt * 100, LONGEST_PAUSE_BEFORE_RECONNECT_MS),
    },
  });
  const log = new Logger(purpose);
  client.on('error', (error: Error) => log.debug(`Redis: ${error.message}`)); // without a listener it would be thrown
  client.connect().catch((error: unknown) => log.debug(`Redis: ${String(error)}`));
  return client;
}
