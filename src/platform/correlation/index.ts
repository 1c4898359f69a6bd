import { AsyncLocalStorage } from 'node:async_hooks';

const correlation = new AsyncLocalStorage<string>();

/** The correlation id of the request or job this code runs in, if it runs in one. */
export function currentCorrelationId(): string | undefined {
  return correlation.getStore();
}

/** Runs `work` so that everything it awaits sees `correlationId` as its own. */
export function runWithCorrelationId<T>(correlationId: string, work: () => T): T {
  return correlation.run(correlationId, work);
}
