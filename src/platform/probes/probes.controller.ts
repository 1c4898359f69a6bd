import { Controller, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Endpoint } from '../http/index.js';
import { LivenessDto, ReadinessDto } from './probes.dto.js';
import { ProbesService } from './probes.service.js';

@ApiTags('Probes')
@Controller('health')
export class ProbesController {
  constructor(private readonly probes: ProbesService) {}

  @Endpoint({
    method: 'GET',
    path: 'live',
    public: true,
    summary: 'Is the process alive',
    description: 'Always 200 while it can answer at all; says nothing of what it depends on.',
    response: LivenessDto,
    examples: { response: { status: 'alive' } satisfies LivenessDto },
  })
  live(): LivenessDto {
    return { status: 'alive' };
  }

  @Endpoint({
    method: 'GET',
    path: 'ready',
    public: true,
    summary: 'Should requests be sent here',
    description: '503 with the same body while a component is down, or the process is shutting down.',
    response: ReadinessDto,
    examples: {
      response: {
        status: 'ready',
        components: { database: 'up', migrations: 'up', queue: 'up' },
      } satisfies ReadinessDto,
    },
  })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessDto> {
    const readiness = await this.probes.readiness();
    if (readiness.status !== 'ready') void reply.code(503).header('retry-after', '2');
    return readiness;
  }
}
