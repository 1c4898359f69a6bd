import { getToken, makeCounterProvider } from '@willsoto/nestjs-prometheus';

const FAILURES = 'cache_failures_total';

export const cacheFailuresProvider = makeCounterProvider({
  name: FAILURES,
  help: 'Operations of the cache that failed or took too long; for a second after each, answers are computed anew.',
  labelNames: ['operation'],
});

/** Injection token of that counter. */
export const CACHE_FAILURES = getToken(FAILURES);
