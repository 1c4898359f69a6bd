import { Injectable } from '@nestjs/common';
import { Clock } from '../clock/index.js';
import { within } from '../deadline/index.js';
import { Draining } from '../http/index.js';
import { Logger } from '../logging/index.js';
import type { ReadinessDto } from './probes.dto.js';
import { ReadinessRegistry, type ReadinessCheck } from './readiness.js';

/** Balancers ask every few seconds and give up after one to five. */
const CHECK_TIMEOUT_MS = 2_000;
/** The probe is public: however often it is asked, the components are not asked more than once a second. */
const REUSE_MS = 1_000;

@Injectable()
export class ProbesService {
  private checkedAt = Number.NEGATIVE_INFINITY;
  private latest?: Promise<ReadinessDto>;

  constructor(
    private readonly registry: ReadinessRegistry,
    private readonly draining: Draining,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Whether requests should be sent here, and which component says no. The reasons are in the log, not in the answer. */
  async readiness(): Promise<ReadinessDto> {
    const now = this.clock.now().getTime();
    if (this.latest === undefined || now - this.checkedAt >= REUSE_MS) {
      this.checkedAt = now;
      this.latest = this.checkAll();
    }
    const { status, components } = await this.latest;
    return { status: this.draining.isDraining ? 'not_ready' : status, components };
  }

  private async checkAll(): Promise<ReadinessDto> {
    const results = await Promise.all(this.registry.all().map((check) => this.run(check)));
    const components = Object.fromEntries(results);
    const isReady = results.every(([, state]) => state === 'up');
    return { status: isReady ? 'ready' : 'not_ready', components };
  }

  private async run(check: ReadinessCheck): Promise<[string, 'up' | 'down']> {
    try {
      await within(CHECK_TIMEOUT_MS, `Checking ${check.name}`, check.check());
      return [check.name, 'up'];
    } catch (err) {
      this.logger.child('probes').warn(`Not ready: ${check.name}.`, { err });
      return [check.name, 'down'];
    }
  }
}
