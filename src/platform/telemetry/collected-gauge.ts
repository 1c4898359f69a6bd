import type { FactoryProvider, InjectionToken } from '@nestjs/common';
import { getToken } from '@willsoto/nestjs-prometheus';
import { Gauge, register } from 'prom-client';

export interface CollectedGauge<Source> {
  readonly name: string;
  readonly help: string;
  /** At least one: a gauge without labels cannot be left out of a scrape, it would say 0. */
  readonly labelNames: readonly [string, ...string[]];
  /** Where the values come from: injected, and asked at every scrape. */
  readonly source: InjectionToken<Source>;
  /** Sets the values. May reject: the gauge is then left out of this scrape. */
  readonly collect: (gauge: Gauge, source: Source) => void | Promise<void>;
}

/** A gauge that is read when Prometheus asks. List the provider in any module; nothing has to inject it. */
export function makeCollectedGaugeProvider<Source>(options: CollectedGauge<Source>): FactoryProvider<Gauge> {
  const { name, help, labelNames, source, collect } = options;
  return {
    provide: getToken(name),
    inject: [source],
    useFactory: (instance: Source) => {
      // A second application in this process (a test) must not read the first one's source.
      register.removeSingleMetric(name);
      return new Gauge({
        name,
        help,
        labelNames,
        async collect() {
          this.reset();
          try {
            await collect(this, instance);
          } catch {
            this.reset(); // Unknown is not 0: the whole scrape must not fail for it either.
          }
        },
      });
    },
  };
}
