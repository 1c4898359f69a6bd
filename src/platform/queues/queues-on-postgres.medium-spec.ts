import { describeQueues } from '../../../test/support/describe-queues.js';

describe('on PostgreSQL', () => describeQueues('PostgreSQL'));
