import { describeQueues } from '../../../test/support/describe-queues.js';
import { hasRedis } from '../../../test/support/redis.js';

describe('on Redis', () => describeQueues('Redis', hasRedis));
