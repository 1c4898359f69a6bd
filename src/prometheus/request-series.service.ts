import { Inject, Injectable, Optional } from '@nestjs/common';
import type { DatedAnswer } from '../platform/deadline/index.js';
import { ServerSeries, type RequestPoints, type SeriesRead } from './server/server-series.js';

/** Time series of requests, which only a Prometheus server has. */
@Injectable()
export class RequestSeries {
  constructor(@Optional() @Inject(ServerSeries) private readonly server?: ServerSeries) {}

  get isConfigured(): boolean {
    return this.server !== undefined;
  }

  /** Within a third of a second; undefined when there is no server, or it has not answered this question yet. */
  async read(read: SeriesRead): Promise<DatedAnswer<RequestPoints> | undefined> {
    return this.server?.read(read);
  }
}
