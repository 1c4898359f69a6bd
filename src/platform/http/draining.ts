import { Injectable, type OnModuleDestroy } from '@nestjs/common';

/** Whether the shutdown has begun: requests in flight go on, new ones are sent elsewhere. */
@Injectable()
export class Draining implements OnModuleDestroy {
  isDraining = false;

  onModuleDestroy(): void {
    this.isDraining = true;
  }
}
