import { Injectable } from '@nestjs/common';
import { AlertNotifier } from '../../notifications/index.js';
import { Logger } from '../../platform/logging/index.js';
import type { Transaction } from '../store/alert-database.js';
import { FutureInstantRepository } from '../store/future-instant.repository.js';

/**
 * Takes back what a tick in the future left behind, once the clock that was ahead is right again: otherwise nothing would
 * be evaluated, no cooldown would end and no notice would leave before the time that the clock had reached.
 */
@Injectable()
export class FutureTicks {
  constructor(
    private readonly instants: FutureInstantRepository,
    private readonly notifier: AlertNotifier,
    private readonly log: Logger,
  ) {}

  /** In the transaction that claims the tick which is due. */
  async takeBack(tx: Transaction, future: Date, now: Date): Promise<void> {
    this.log.warn('Took back a tick in the future; a clock was ahead.', { future_tick: future, now });
    await this.instants.moveTo(tx, now);
    await this.notifier.takeBackFuture(tx, now);
  }
}
