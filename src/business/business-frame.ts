import { Injectable } from '@nestjs/common';
import { foldField, isReadableCurrency } from '../events/index.js';
import { TimeFrame, type Comparison, type TimeRange } from '../metrics/index.js';
import { AppConfig } from '../platform/config/index.js';
import { InvalidInputError } from '../platform/errors/index.js';
import type { OverviewQueryDto } from './dto/business-query.dto.js';

/** What a business request is about, made definite: times against the clock, names as they are stored. */
export interface BusinessRequest {
  readonly now: Date;
  readonly range: TimeRange;
  readonly comparison?: TimeRange;
  readonly currency: string;
  readonly zone: string;
  /** Slug of the collection to look at alone. */
  readonly collection?: string;
  /** What figures that are paired with those of a comparison are compared with. */
  readonly compare?: Comparison;
}

@Injectable()
export class BusinessFrame {
  constructor(
    private readonly time: TimeFrame,
    private readonly config: AppConfig,
  ) {}

  /**
   * @param given the range of an earlier answer that this one goes on with; absent: what the query asks for
   * @throws InvalidInputError naming the parameter
   */
  resolve(query: OverviewQueryDto, given?: TimeRange): BusinessRequest {
    const now = this.time.now();
    const zone = this.time.zone(query.time_zone);
    const asked = this.time.range(query, now, { hours: 'business', zone });
    const covered = given ? { ...given, name: asked.name } : asked;
    const { range, comparison } = this.time.compared(covered, query.compare, { now, zone, hours: 'business' });
    this.time.checkDays(zone, [range, comparison], now);
    return {
      now,
      range,
      zone,
      compare: query.compare,
      comparison,
      currency: this.currency(query.currency),
      collection: query.collection === undefined ? undefined : slugOf(query.collection),
    };
  }

  private currency(asked: string | undefined): string {
    if (asked === undefined) return this.config.business.baseCurrency;
    if (isReadableCurrency(asked)) return asked;
    throw new InvalidInputError([{ path: 'currency', message: `${asked} is not an ISO 4217 currency` }]);
  }
}

function slugOf(collection: string): string {
  const folded = foldField('collection', collection);
  if ('error' in folded) throw new InvalidInputError([{ path: 'collection', message: folded.error }]);
  return folded.value;
}
