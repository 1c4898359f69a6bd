import { randomUUID } from 'node:crypto';

/** Twenty metrics, and the dimension that its rules filter by. */
const METRICS = [
  ['api.request_count', 'route'],
  ['api.error_rate', 'route'],
  ['api.latency_p50', 'route'],
  ['api.latency_p95', 'route'],
  ['api.latency_p99', 'route'],
  ['ml.job_count', 'provider'],
  ['ml.failure_count', 'provider'],
  ['ml.success_rate', 'provider'],
  ['ml.duration_p95', 'provider'],
  ['ml.cost_usd', 'model'],
  ['business.gross_sales', 'collection'],
  ['business.net_sales', 'collection'],
  ['business.orders', 'collection'],
  ['business.average_order_value', 'collection'],
  ['business.conversion_rate', null],
  ['errors.count', 'service'],
  ['events.seconds_since_last', 'event_type'],
  ['database.pool_utilization', 'pool'],
  ['queue.waiting', 'queue'],
  ['queue.failed', 'queue'],
];
const ROUTES = 40;
/** Beyond all that is measured: such a rule is evaluated at every tick. */
export const NEVER_FIRES = 1e12;
const NEVER = { threshold_above: NEVER_FIRES, threshold_below: -NEVER_FIRES, rate_of_change: NEVER_FIRES };

/** `count` rules on twenty metrics; `firing` of them, labelled so, would fire at a threshold of 0. */
export function makeRules(count, firing) {
  const rules = Array.from({ length: count - firing }, (_, index) => quietRule(index));
  return [...Array.from({ length: firing }, (_, index) => firingRule(index)), ...rules].map(complete);
}

function firingRule(index) {
  return {
    metric: 'api.request_count',
    filters: { route: `/api/v1/resource${index % ROUTES}/:id` },
    condition: 'threshold_above',
    threshold: NEVER_FIRES,
    minSamples: 0,
    labels: { fires: 'yes' },
  };
}

function quietRule(index) {
  const [metric, dimension] = METRICS[index % METRICS.length];
  const turn = Math.floor(index / METRICS.length);
  const condition = turn % 10 === 0 ? 'rate_of_change' : turn % 3 === 0 ? 'threshold_below' : 'threshold_above';
  const value = dimension === 'route' ? `/api/v1/resource${turn}/:id` : `${dimension}-${turn}`;
  return { metric, filters: dimension ? { [dimension]: value } : {}, condition, threshold: NEVER[condition] };
}

function complete(rule, index) {
  const now = new Date();
  return {
    id: randomUUID(),
    version: 1,
    name: `rule ${index}`,
    description: null,
    groupBy: null,
    recoveryThreshold: null,
    severity: ['info', 'warning', 'critical'][index % 3],
    windowSeconds: 300,
    forSeconds: 0,
    cooldownSeconds: 300,
    renotifySeconds: null,
    evaluationDelaySeconds: 0,
    minSamples: 1,
    noData: 'ok',
    onError: 'keep',
    channels: null,
    recipients: null,
    runbookUrl: null,
    labels: {},
    enabled: true,
    createdAt: now,
    updatedAt: now,
    createdBy: 'bench',
    ...rule,
  };
}
