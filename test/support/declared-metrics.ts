import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { FactoryProvider } from '@nestjs/common';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

const source = path.resolve(__dirname, '../../src');

/** Labels that Prometheus and ops/prometheus.yml put on every series. */
const SCRAPE_LABELS = ['job', 'instance', 'role'];

/** What /metrics can have, by the names of its series, with the labels that they have in Prometheus. */
export async function declaredSeries(): Promise<ReadonlyMap<string, readonly string[]>> {
  const series = new Map<string, readonly string[]>([['up', SCRAPE_LABELS]]);
  for (const metric of [...(await providedMetrics()), ...processMetrics()]) {
    // A label of ours that Prometheus sets as well is renamed when it is scraped.
    const own = metric.labelNames.map((label) => (SCRAPE_LABELS.includes(label) ? `exported_${label}` : label));
    const labels = [...own, ...SCRAPE_LABELS];
    if (metric instanceof Histogram) {
      series.set(`${metric.name}_bucket`, [...labels, 'le']);
      for (const part of ['sum', 'count']) series.set(`${metric.name}_${part}`, labels);
    } else series.set(metric.name, labels);
  }
  return series;
}

interface Declared {
  readonly name: string;
  readonly labelNames: readonly string[];
}

/** Every metric of a provider that a file of src/ exports. */
async function providedMetrics(): Promise<Declared[]> {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('spec.ts'))
    .map((file) => path.join(source, file))
    .filter((file) => /\bmake\w+Provider\(\{/.test(readFileSync(file, 'utf8')));
  const doors = await Promise.all(files.map((file) => import(file) as Promise<Record<string, unknown>>));
  return doors.flatMap((door) => Object.values(door).flat().filter(isMetricProvider)).map(made);
}

const isMetricProvider = (value: unknown): value is FactoryProvider<Declared> =>
  typeof value === 'object' && value !== null && 'useFactory' in value;

// What a gauge is read from is asked when it is scraped, and here it is not.
const made = ({ useFactory }: FactoryProvider<Declared>): Declared => useFactory({}) as Declared;

function processMetrics(): Declared[] {
  const register = new Registry();
  collectDefaultMetrics({ register });
  return register.getMetricsAsArray().map(({ name }) => register.getSingleMetric(name) as unknown as Declared);
}
