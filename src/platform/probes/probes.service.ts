import { Injectable } from '@nestjs/common';
import { Draining } from '../http/index.js';
import { Logger } from '../logging/index.js';
import type { ReadinessDto } from './probes.dto.js';
import { ReadinessRegistry, type ReadinessCheck } from './readiness.js';

/** Balancers ask every few seconds and give up after one to five. */
const CHECK_TIMEOUT_MS = 2_000;

@Injectable()
export class ProbesService {
  constructor(
    private readonly registry: ReadinessRegistry,
    private readonly draining: Draining,
    private readonly logger: Logger,
  ) {}

  /** Whether requests should be sent here, and which component says no. The reasons are in the log, not in the answer. */
  async readiness(): Promise<ReadinessDto> {
    const results = await Promise.all(this.registry.all().map((check) => this.run(check)));
    const components = Object.fromEntries(results);
    const isReady = !this.draining.isDraining && results.every(([, state]) => state === 'up');
    return { status: isReady ? 'ready' : 'not_ready', components };
  }

  private async run(check: ReadinessCheck): Promise<[string, 'up' | 'down']> {
    try {
      await withTimeout(check.check());
      return [check.name, 'up'];
    } catch (err) {
      this.logger.child('probes').warn(`Not ready: ${check.name}.`, { err });
      return [check.name, 'down'];
    }
  }
}

async function withTimeout(check: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${CHECK_TIMEOUT_MS} ms.`)), CHECK_TIMEOUT_MS);
  });
  try {
    await Promise.race([check, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
