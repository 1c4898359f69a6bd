export { RollupsModule } from './rollups.module.js';
export { RollupScheduler } from './rollup-scheduler.js';
