import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { declaredSeries } from '../test/support/declared-metrics.js';
import { groupingsIn, seriesIn } from '../test/support/promql-series.js';

const grafana = path.resolve(__dirname, '../ops/grafana');
const read = (file: string): string => readFileSync(path.join(grafana, file), 'utf8');

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly w: number };
  readonly targets?: { readonly expr: string; readonly legendFormat: string }[];
}

const dashboard = JSON.parse(read('dashboards/service.json')) as { readonly panels: Panel[] };
const panels = dashboard.panels.filter(({ type }) => type !== 'row');
const [datasource] = parse(read('provisioning/datasources/prometheus.yml')).datasources;
const mounted = parse(readFileSync(path.join(grafana, '../../docker-compose.yml'), 'utf8'), { merge: true }).services
  .grafana;
const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

let declared: ReadonlyMap<string, readonly string[]>;
beforeAll(async () => {
  declared = await declaredSeries();
});

it('finds the metrics of every room', () => {
  expect([...declared.keys()]).toEqual(
    expect.arrayContaining([
      'http_request_duration_seconds_bucket',
      'collector_events_total',
      'rollup_lag_seconds',
      'alert_tick_duration_seconds_count',
      'notification_slo_share_within',
      'queue_jobs',
      'process_resident_memory_bytes',
    ]),
  );
  expect(declared.get('job_lag_seconds_count')).toContain('exported_job');
});

it.each(expressions)('asks only for series and labels that are there: %s', (expression) => {
  const used = seriesIn(expression);
  expect(used.length).toBeGreaterThan(0);
  for (const { name, labels } of used) {
    expect([...declared.keys()]).toContain(name);
    for (const label of [...labels, ...groupingsIn(expression)]) expect(declared.get(name)).toContain(label);
  }
});

it.each(panels)('draws $title from the provisioned source, with a legend of labels that it keeps', (panel) => {
  expect(panel.datasource?.uid).toBe(datasource.uid);
  expect(panel.description).toMatch(/\S/);
  expect(panel.gridPos.x + panel.gridPos.w).toBeLessThanOrEqual(24);
  for (const { expr, legendFormat } of panel.targets ?? []) {
    const grouped = groupingsIn(expr);
    const kept = /\b(sum|min|max)\b/.test(expr) ? grouped : (declared.get(seriesIn(expr)[0]?.name ?? '') ?? []);
    for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) expect(kept).toContain(label);
  }
});

it('shows at least one metric of every kind of work', () => {
  const used = expressions.flatMap(seriesIn).map(({ name }) => name.split('_')[0]);
  const works = ['http', 'collector', 'rollup', 'job', 'queue', 'alert', 'notification', 'database', 'process'];
  expect(new Set(used)).toEqual(new Set([...works, 'nodejs', 'up']));
});

it('has ids of its own for every panel', () => {
  expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
});

it('is provisioned where the container has it', () => {
  const [provider] = parse(read('provisioning/dashboards/service.yml')).providers;
  expect(mounted.volumes).toContain(`./ops/grafana/dashboards:${provider.options.path}:ro`);
  expect(mounted.volumes).toContain('./ops/grafana/provisioning:/etc/grafana/provisioning:ro');
  expect(mounted.environment.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH).toBe(`${provider.options.path}/service.json`);
  expect(datasource.url).toBe('http://prometheus:9090');
});
