import { Global, Module } from '@nestjs/common';
import { ComponentHealth } from './component-health.js';
import { ProbesController } from './probes.controller.js';
import { ProbesService } from './probes.service.js';
import { ReadinessRegistry } from './readiness.js';

@Global()
@Module({
  controllers: [ProbesController],
  providers: [ComponentHealth, ProbesService, ReadinessRegistry],
  exports: [ComponentHealth, ReadinessRegistry],
})
export class ProbesModule {}
