import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Catalogue } from '../metrics/index.js';
import { PartitionKeeper } from '../platform/database/index.js';
import { RebuildRepository } from './store/rebuild.repository.js';

const DAY_MS = 86_400_000;

/**
 * Marks the events of a day whose partition was attached again: while it was detached they could not be seen, so the
 * marks that came with them may have been taken for nothing.
 */
@Injectable()
export class ReopenedDays implements OnModuleInit {
  constructor(
    private readonly partitions: PartitionKeeper,
    private readonly catalogue: Catalogue,
    private readonly rebuild: RebuildRepository,
  ) {}

  onModuleInit(): void {
    this.partitions.whenAttachedAgain(async (tx, day) => {
      const from = new Date(`${day}T00:00:00Z`);
      await this.rebuild.markEvents(tx, this.catalogue.eventFamilies, { from, to: new Date(from.getTime() + DAY_MS) });
    });
  }
}
