export type HealthStatus = 'healthy' | 'degraded' | 'down';

export interface ComponentReport {
  readonly status: HealthStatus | 'off';
  readonly detail: string;
}

/** Without one of these nothing works; without the others something is slower or late. */
const VITAL = new Set(['api', 'database']);

/** down when the API or the database is; degraded when anything is degraded or down; what is off does not count. */
export function overallStatus(components: Readonly<Record<string, ComponentReport>>): HealthStatus {
  const entries = Object.entries(components);
  if (entries.some(([name, { status }]) => VITAL.has(name) && status === 'down')) return 'down';
  return entries.some(([, { status }]) => status === 'down' || status === 'degraded') ? 'degraded' : 'healthy';
}

const SEVERITY: Record<ComponentReport['status'], number> = { off: 0, healthy: 1, degraded: 2, down: 3 };

/** A component with what is wrong beside it: the worse of both, and told only then. */
export function withTrouble(component: ComponentReport, trouble: ComponentReport): ComponentReport {
  if (SEVERITY[trouble.status] <= SEVERITY.healthy) return component;
  const status = SEVERITY[trouble.status] > SEVERITY[component.status] ? trouble.status : component.status;
  return { status, detail: `${component.detail} ${trouble.detail}` };
}

/** The latest requests, as far as the rule looks at them. */
export interface LatestRequests {
  readonly count: number;
  readonly errorRate: number | null;
  readonly latencyP95Ms: number | null;
}

export interface ApiLimits {
  readonly minRequests: number;
  readonly degradedErrorRate: number;
  readonly downErrorRate: number;
  readonly degradedLatencyMs: number;
}

/** The API by its latest requests: too many 5xx, or too slow. Few requests say nothing. */
export function apiReport(latest: LatestRequests | undefined, limits: ApiLimits): ComponentReport {
  if (!latest) return { status: 'degraded', detail: 'Its requests cannot be seen: no source of them answers.' };
  const { count, errorRate, latencyP95Ms } = latest;
  const seen = `${Math.round(count)} requests in the live window`;
  if (count < limits.minRequests || errorRate === null) {
    return { status: 'healthy', detail: `${seen}: too few to tell (limit ${limits.minRequests}).` };
  }
  const detail =
    `${seen}: ${percent(errorRate)} answered 5xx (limits ${percent(limits.degradedErrorRate)} and ` +
    `${percent(limits.downErrorRate)}), p95 ${latencyP95Ms === null ? 'unknown' : `${Math.round(latencyP95Ms)} ms`} ` +
    `(limit ${limits.degradedLatencyMs} ms).`;
  if (errorRate >= limits.downErrorRate) return { status: 'down', detail };
  const isSlow = latencyP95Ms !== null && latencyP95Ms > limits.degradedLatencyMs;
  return { status: errorRate >= limits.degradedErrorRate || isSlow ? 'degraded' : 'healthy', detail };
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
