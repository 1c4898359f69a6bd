import { DatabasePools } from '../database/index.js';
import { makeCollectedGaugeProvider } from './collected-gauge.js';

const STATES = ['total', 'idle', 'waiting', 'max'] as const;

export const databasePoolProvider = makeCollectedGaugeProvider({
  name: 'database_pool_connections',
  help: 'Connections of this process to the database, by pool: total, idle, waiting (for one), max.',
  labelNames: ['pool', 'state'],
  source: DatabasePools,
  collect(gauge, pools) {
    for (const usage of pools.usage()) {
      for (const state of STATES) gauge.set({ pool: usage.pool, state }, usage[state]);
    }
  },
});
