import { Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint } from '../../platform/http/index.js';
import { DeliveryLog } from '../delivery-log.service.js';
import { DeliveryPageDto, DeliveryQueryDto } from '../dto/delivery.dto.js';
import { DELIVERY_EXAMPLE, SLO_EXAMPLE } from '../dto/examples.js';
import { SloDto, SloQueryDto } from '../dto/slo.dto.js';
import { SloService } from './slo.service.js';

/** What became of notices, and how long they took. */
@ApiTags('Notifications')
@Controller('notifications')
export class DeliveriesController {
  constructor(
    private readonly log: DeliveryLog,
    private readonly objectives: SloService,
  ) {}

  @Endpoint({
    method: 'GET',
    path: 'deliveries',
    roles: ['admin'],
    summary: 'What was sent to whom',
    description: 'Newest first. A notice that was folded into a digest has the fate of the digest.',
    response: DeliveryPageDto,
    errors: [503],
    examples: { response: { items: [DELIVERY_EXAMPLE], next_cursor: null } },
  })
  deliveries(@Query() query: DeliveryQueryDto): Promise<DeliveryPageDto> {
    return this.log.page(query);
  }

  @Endpoint({
    method: 'GET',
    path: 'slo',
    roles: ['admin'],
    summary: 'Whether notices leave as fast as was promised',
    description:
      'Critical within 30 s, warning within 5 min: from detection, or the end of quiet hours, until the provider accepted. ' +
      'share_within = within / deliveries; deliveries = within + late + failed. Skipped ones do not count, and those that ' +
      'still have time are `pending`.',
    response: SloDto,
    errors: [503],
    examples: { response: SLO_EXAMPLE },
  })
  slo(@Query() { range }: SloQueryDto): Promise<SloDto> {
    return this.objectives.read(range);
  }
}
