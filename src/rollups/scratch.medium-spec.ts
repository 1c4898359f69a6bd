import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { Catalogue, FAMILIES, LEVELS, RetentionPolicy, RollupStateRepository, MetricReader } from '../metrics/index.js';
import { METRICS } from '../metrics/catalogue/metrics.js';
import { MetricStateRepository } from '../metrics/store/metric-state.repository.js';
import { MarkRepository } from './store/mark.repository.js';
import { DimensionValueRepository } from './store/dimension-value.repository.js';
import { RollUpService } from './roll-up.service.js';
import { RollUpWrites } from './roll-up-writes.js';

const NOW = new Date('2026-11-20T13:30:30Z');
it('rolls up', async () => {
  const ds = new DataSource({ type: 'postgres', url: 'postgres://postgres@127.0.0.1:54999/lead_test' });
  await ds.initialize();
  const catalogue = new Catalogue(FAMILIES, METRICS);
  const clock = { now: () => NOW };
  const config = { ingest: { rawRetentionDays: 7 } } as never;
  const retention = new RetentionPolicy(clock, config);
  const writes = new RollUpWrites(clock, new MarkRepository(), new DimensionValueRepository());
  const service = new RollUpService(ds, catalogue, retention, new RollupStateRepository(), writes);
  await ds.query(`INSERT INTO rollup_invalidations(family, level, bucket_start, events) SELECT 'api','minute', date_trunc('minute', occurred_at), count(*) FROM analytics_events WHERE event_type='api_request' GROUP BY 3`);
  const reader = new MetricReader(catalogue, new MetricStateRepository(ds), retention);
  const ask = () => reader.read({ metrics: ['api.request_count', 'api.error_rate', 'api.latency_p95'], range: { from: new Date('2026-11-20T09:59:59.500Z'), to: new Date('2026-11-20T10:00:30.5Z') } });
  console.log(JSON.stringify(await ask()));
  for (const l of LEVELS) { const t = Date.now(); let s; while ((s = await service.step(catalogue.family('api'), l))) console.log(l, s, Date.now() - t); }
  let t = Date.now();
  console.log(JSON.stringify(await ask()), Date.now() - t);
  t = Date.now();
  const r = await reader.read({ metrics: ['api.request_count', 'api.error_rate', 'api.latency_p95'], range: { from: new Date('2026-11-19T13:30:30.500Z'), to: NOW } });
  console.log(JSON.stringify(r), Date.now() - t);
  console.log(await ds.query(`select granularity, count(*), sum(count), sum(length(sketch)) from analytics_rollups group by 1`));
  console.log(await ds.query(`select percentile_disc(0.95) within group (order by duration_ms) from analytics_events`));
  console.log(await ds.query(`select level, count(*) from rollup_invalidations group by 1`));
  for (const m of METRICS) {
    const t0 = Date.now();
    const a = await reader.read({ metrics: [m.name], range: { from: new Date('2026-10-19T13:30:30.500Z'), to: NOW } });
    console.log(m.name, JSON.stringify(a.rows), Date.now() - t0);
    for (const d of catalogue.dimensionsOf(m)) await reader.read({ metrics: [m.name], filters: { [d]: ['x'] }, range: { from: new Date('2026-10-19T13:30:30.500Z'), to: NOW } });
  }
  await ds.destroy();
}, 120000);
