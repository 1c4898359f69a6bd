import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { Clock } from '../platform/clock/index.js';
import { ComponentHealth, type ComponentState } from '../platform/probes/index.js';
import type { RequestWindow } from './domain/request-window.js';
import type { RequestSource } from './request-source.js';

/** Injection token of the sources, in the order in which they are asked. */
export const REQUEST_SOURCES = Symbol('REQUEST_SOURCES');

/** The latest requests as far as a source of metrics can tell. */
export interface LiveAnswer {
  /** Of the first source that answers; undefined when all are gone. */
  readonly window?: RequestWindow;
  /** Without a source that answers: the last that one knew, at most an hour old. */
  readonly lastKnown?: RequestWindow;
  /** The last attempt at the source failed, or what it said is older than two intervals. */
  readonly stale: boolean;
}

/** Reads metrics in the background, so that an answer never waits for them. */
@Injectable()
export class LiveRequests implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(REQUEST_SOURCES) private readonly sources: readonly RequestSource[],
    private readonly clock: Clock,
    private readonly health: ComponentHealth,
  ) {}

  onModuleInit(): void {
    this.health.register({ name: 'prometheus', check: async () => this.state() });
  }

  onApplicationBootstrap(): void {
    for (const source of this.sources) source.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.sources.map((source) => source.stop()));
  }

  /** The last five minutes, from memory. Sources are never added together: the first that answers counts. */
  latest(now: Date): LiveAnswer {
    const answers = this.sources.map((source) => source.answer(now));
    const answering = answers.find(({ answers: does, window }) => does && window !== undefined);
    if (answering) return { window: answering.window, stale: answering.stale };
    const known = answers.find(({ window }) => window !== undefined)?.window;
    return { ...(known && { lastKnown: known }), stale: answers.some(({ stale }) => stale) };
  }

  private state(): ComponentState {
    const places = this.sources.flatMap((source) => source.places(this.clock.now()));
    if (places.length === 0) return { status: 'off', detail: 'This process reads no metrics.' };
    const answering = places.filter(({ answers }) => answers).length;
    const status = answering === places.length ? 'healthy' : answering > 0 ? 'degraded' : 'down';
    return { status, detail: places.map(({ detail }) => detail).join(' ') };
  }
}
