import { randomUUID } from 'node:crypto';
import type { AlertConfig } from '../../src/alerts/domain/alert-config.js';
import type { StreamEvent } from '../rollups/reference.js';

/** A rule that fires on more than ten errors within five minutes; a test says only what it is about. */
export function aConfig(overrides: Partial<AlertConfig> = {}): AlertConfig {
  return {
    id: '00000000-0000-4000-8000-000000000001',
    version: 1,
    name: `rule ${overrides.id ?? randomUUID()}`,
    description: null,
    metric: 'errors.count',
    filters: {},
    groupBy: null,
    condition: 'threshold_above',
    threshold: 10,
    recoveryThreshold: null,
    severity: 'warning',
    windowSeconds: 300,
    forSeconds: 0,
    cooldownSeconds: 300,
    renotifySeconds: null,
    evaluationDelaySeconds: 0,
    minSamples: 0,
    noData: 'ok',
    onError: 'keep',
    channels: null,
    recipients: null,
    runbookUrl: null,
    labels: {},
    enabled: true,
    createdAt: new Date('2026-11-01T00:00:00Z'),
    updatedAt: new Date('2026-11-01T00:00:00Z'),
    createdBy: 'tester',
    ...overrides,
  };
}

/** So many errors of one service at one instant. */
export function errorsAt(at: string | number, count: number, service: string | null = 'shop'): StreamEvent[] {
  return Array.from({ length: count }, () => ({
    event_id: randomUUID(),
    correlation_id: 'test',
    event_type: 'error',
    occurred_at: new Date(at).toISOString(),
    name: 'Timeout',
    message: '',
    ...(service !== null && { service }),
  }));
}

/** A request with this status and duration. */
export function requestAt(at: string | number, { status = 200, ms = 100, route = '/' } = {}): StreamEvent {
  return {
    event_id: randomUUID(),
    correlation_id: 'test',
    event_type: 'api_request',
    occurred_at: new Date(at).toISOString(),
    method: 'GET',
    route,
    status_code: status,
    duration_ms: ms,
  };
}
