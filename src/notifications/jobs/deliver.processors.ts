import { Injectable } from '@nestjs/common';
import { Processes, type Job, type JobProcessor, type JobResult } from '../../platform/queues/index.js';
import { DeliveryService } from '../delivery/delivery.service.js';
import { DELIVER, type DeliveryJob } from './delivery-jobs.js';

abstract class DeliverProcessor implements JobProcessor<DeliveryJob> {
  constructor(private readonly deliveries: DeliveryService) {}

  async process({ data }: Job<DeliveryJob>): Promise<JobResult> {
    return { outcome: await this.deliveries.deliver(data.deliveryId) };
  }
}

@Injectable()
@Processes(DELIVER.in_app)
export class DeliverInAppProcessor extends DeliverProcessor {
  constructor(deliveries: DeliveryService) {
    super(deliveries);
  }
}

@Injectable()
@Processes(DELIVER.email)
export class DeliverEmailProcessor extends DeliverProcessor {
  constructor(deliveries: DeliveryService) {
    super(deliveries);
  }
}

@Injectable()
@Processes(DELIVER.slack)
export class DeliverSlackProcessor extends DeliverProcessor {
  constructor(deliveries: DeliveryService) {
    super(deliveries);
  }
}

@Injectable()
@Processes(DELIVER.sms)
export class DeliverSmsProcessor extends DeliverProcessor {
  constructor(deliveries: DeliveryService) {
    super(deliveries);
  }
}
