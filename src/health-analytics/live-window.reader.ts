import { Injectable } from '@nestjs/common';
import { joinProvenance, readMeta, type Provenance, type ReadMeta } from '../metrics/index.js';
import { within } from '../platform/deadline/index.js';
import { Logger } from '../platform/logging/index.js';
import { availabilityOf, LiveRequests, type RequestWindow } from '../prometheus/index.js';
import type { Availability } from './domain/availability.js';
import { byEndpoint, ofGroups, type EndpointFigures, type EndpointFilters } from './endpoint-figures.js';
import { HealthFrame, type HealthRange } from './health-frame.js';
import { figuresOfGroups, type RequestFigures } from './request-figures.js';
import { RequestsReader } from './requests.reader.js';

/** With the components beside it an answer stays below half a second, whatever the database does. */
const EVENTS_PATIENCE_MS = 350;

/** The last five minutes, or as much of them as was observed. */
export interface LiveWindow extends Availability {
  /** Absent when neither a source of metrics nor the stored events could be read. */
  readonly figures?: RequestFigures;
  readonly meta: ReadMeta;
}

export interface LiveEndpoints {
  readonly endpoints: readonly EndpointFigures[];
  readonly meta: ReadMeta;
}

type OfMetrics<T> = (window: RequestWindow, stale: boolean) => T;
type OfEvents<T> = (asked: HealthRange) => Promise<T>;

/** Requests of the moment: from metrics while a target answers, else from stored events; never both added together. */
@Injectable()
export class LiveWindowReader {
  private readonly logger: Logger;

  constructor(
    private readonly live: LiveRequests,
    private readonly events: RequestsReader,
    private readonly frame: HealthFrame,
    logger: Logger,
  ) {
    this.logger = logger.child('health');
  }

  async whole(now: Date): Promise<LiveWindow> {
    return this.read<LiveWindow>(
      now,
      (window, stale) => wholeOf(window, now, stale),
      async (asked) => {
        const { figures, availability, coverage, ...provenance } = await this.events.whole(asked);
        return { figures, availability, coverage, meta: eventsMeta(asked, provenance) };
      },
      { availability: null, coverage: 0 },
    );
  }

  async endpoints(now: Date, filters: EndpointFilters): Promise<LiveEndpoints> {
    return this.read<LiveEndpoints>(
      now,
      (window, stale) => ({
        endpoints: byEndpoint(ofGroups(window.groups, filters)),
        meta: metricsMeta(window, now, stale),
      }),
      async (asked) => {
        const { endpoints, ...provenance } = await this.events.endpoints(asked, filters);
        return { endpoints, meta: eventsMeta(asked, provenance) };
      },
      { endpoints: [] },
    );
  }

  /** What cannot be read in time is answered from what was known last, or as unknown. */
  private async read<T extends { meta: ReadMeta }>(
    now: Date,
    ofMetrics: OfMetrics<T>,
    ofEvents: OfEvents<T>,
    unknown: Omit<T, 'meta'>,
  ): Promise<T> {
    const latest = this.live.latest(now);
    if (latest.window) return ofMetrics(latest.window, latest.stale);
    const asked = this.frame.live(now);
    try {
      return await within(EVENTS_PATIENCE_MS, 'Reading the latest events', ofEvents(asked));
    } catch (err) {
      this.logger.warn('The latest events cannot be read.', { err });
      if (latest.lastKnown) return ofMetrics(latest.lastKnown, true);
      const provenance = { source: 'raw', stale: true, distinctExact: true } as const;
      return { ...unknown, meta: eventsMeta(asked, provenance) } as T;
    }
  }
}

function wholeOf(window: RequestWindow, now: Date, stale: boolean): LiveWindow {
  return {
    figures: figuresOfGroups(window.groups),
    availability: availabilityOf(window),
    coverage: window.up.coverage,
    meta: metricsMeta(window, now, stale),
  };
}

function metricsMeta({ from, to }: RequestWindow, now: Date, stale: boolean): ReadMeta {
  const provenance = { source: 'raw', stale, distinctExact: true } as const;
  return {
    ...readMeta({ range: { from, to, name: null }, now, provenance }),
    source: 'prometheus',
    percentile_error: null,
  };
}

/** Of the events alone: that the metrics failed, which they stand in for, is told by the component `prometheus`. */
function eventsMeta({ range, now }: HealthRange, provenance: Provenance): ReadMeta {
  return readMeta({ range, now, provenance: joinProvenance(provenance), holds: ['percentiles'] });
}
