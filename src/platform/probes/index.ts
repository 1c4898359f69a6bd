export {
  ComponentHealth,
  type ComponentState,
  type ComponentStatus,
  type HealthComponent,
} from './component-health.js';
export { ProbesModule } from './probes.module.js';
export { ReadinessCheck, ReadinessRegistry } from './readiness.js';
