export { ProbesModule } from './probes.module.js';
export { ReadinessCheck, ReadinessRegistry } from './readiness.js';
