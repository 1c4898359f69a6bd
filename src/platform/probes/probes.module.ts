import { Global, Module } from '@nestjs/common';
import { ProbesController } from './probes.controller.js';
import { ProbesService } from './probes.service.js';
import { ReadinessRegistry } from './readiness.js';

@Global()
@Module({
  controllers: [ProbesController],
  providers: [ProbesService, ReadinessRegistry],
  exports: [ReadinessRegistry],
})
export class ProbesModule {}
