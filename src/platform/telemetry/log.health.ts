import { Injectable, type OnModuleInit } from '@nestjs/common';
import { makeCounterProvider } from '@willsoto/nestjs-prometheus';
import type { Counter } from 'prom-client';
import { logOutput, type LogLoss } from '../logging/index.js';
import { ComponentHealth, type ComponentState } from '../probes/index.js';

/** For so long a lost line is shown after lines can be written again. */
const SHOWN_MS = 60_000;

export const lostLinesProvider = makeCounterProvider({
  name: 'log_lines_lost_total',
  help: 'Lines of the log that could not be written.',
  collect(this: Counter) {
    this.reset();
    this.inc(logOutput.loss().lines);
  },
});

/** Tells in `/health/overview` that the log cannot be written: nothing else does. */
@Injectable()
export class LogHealth implements OnModuleInit {
  constructor(private readonly health: ComponentHealth) {}

  onModuleInit(): void {
    this.health.register({ name: 'log', check: async () => stateOfLog(logOutput.loss(), performance.now()) });
  }
}

export function stateOfLog({ isFailing, lines, lastAt, code }: LogLoss, now: number): ComponentState {
  const isRecent = lastAt !== undefined && now - lastAt < SHOWN_MS;
  if (!isFailing && !isRecent) return { status: 'healthy', detail: 'The log is written.' };
  const what = isFailing ? 'The log cannot be written' : 'The log could not be written within the last minute';
  return { status: 'degraded', detail: `${what} (${code ?? 'its disk is full'}); lines lost so far: ${lines}.` };
}
