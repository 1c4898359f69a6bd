import { Injectable } from '@nestjs/common';
import { readMeta } from '../metrics/index.js';
import { AppConfig } from '../platform/config/index.js';
import { ComponentHealth } from '../platform/probes/index.js';
import {
  apiReport,
  overallStatus,
  withTrouble,
  type ComponentReport,
  type LatestRequests,
} from './domain/health-rules.js';
import type { HealthOverviewQueryDto } from './dto/health-query.dto.js';
import type { ComponentsDto, HealthOverviewDto } from './dto/overview.dto.js';
import { HealthFrame } from './health-frame.js';
import { LiveWindowReader, type LiveWindow } from './live-window.reader.js';
import type { RequestFigures } from './request-figures.js';
import { RequestsReader } from './requests.reader.js';

const ABSENT: ComponentReport = { status: 'off', detail: 'It is not part of this process.' };

/** Is the system well: its components of this moment, and its requests of the live window or of a range. */
@Injectable()
export class HealthOverviewService {
  constructor(
    private readonly frame: HealthFrame,
    private readonly live: LiveWindowReader,
    private readonly events: RequestsReader,
    private readonly health: ComponentHealth,
    private readonly config: AppConfig,
  ) {}

  async overview(query: HealthOverviewQueryDto): Promise<HealthOverviewDto> {
    const now = this.frame.now();
    const asked = this.frame.range(query, now);
    const [live, states, range] = await Promise.all([
      this.live.whole(now),
      this.health.states(),
      asked && this.events.whole(asked),
    ]);
    const components = this.components(live, states);
    const { figures, availability, coverage } = range ?? live;
    return {
      status: overallStatus({ ...components }),
      uptime_seconds: performance.now() / 1_000,
      availability,
      availability_coverage: coverage,
      ...rates(figures),
      components,
      meta: asked && range ? readMeta({ ...asked, provenance: range, holds: ['percentiles'] }) : live.meta,
    };
  }

  private components(live: LiveWindow, states: Readonly<Record<string, ComponentReport>>): ComponentsDto {
    const state = (name: string): ComponentReport => states[name] ?? ABSENT;
    return {
      api: withTrouble(apiReport(latestOf(live.figures), this.config.health), state('log')),
      database: state('database'),
      queue: state('queue'),
      cache: state('cache'),
      prometheus: state('prometheus'),
      notifications: state('notifications'),
      alerts: state('alerts'),
    };
  }
}

function latestOf(figures: RequestFigures | undefined): LatestRequests | undefined {
  return figures && { count: figures.count, errorRate: figures.errorRate, latencyP95Ms: figures.latencyMs.p95 };
}

function rates(
  figures: RequestFigures | undefined,
): Pick<HealthOverviewDto, 'requests_per_second' | 'error_rate' | 'client_error_rate' | 'latency_ms'> {
  return {
    requests_per_second: figures?.perSecond ?? null,
    error_rate: figures?.errorRate ?? null,
    client_error_rate: figures?.clientErrorRate ?? null,
    latency_ms: {
      p50: figures?.latencyMs.p50 ?? null,
      p95: figures?.latencyMs.p95 ?? null,
      p99: figures?.latencyMs.p99 ?? null,
    },
  };
}
