import { randomUUID } from 'node:crypto';
import type { AlertNotice } from '../../src/notifications/index.js';

/** A notice of a critical rule on the error rate; a test states what it is about. */
export function notice(
  differences: Partial<Omit<AlertNotice, 'config'>> & { readonly config?: Partial<AlertNotice['config']> } = {},
): AlertNotice {
  const { config, ...others } = differences;
  return {
    alertId: randomUUID(),
    transitionId: randomUUID(),
    kind: 'firing',
    config: {
      id: randomUUID(),
      name: 'Errors of the API',
      description: null,
      version: 1,
      channels: null,
      recipients: null,
      runbookUrl: null,
      labels: {},
      ...config,
    },
    metric: 'api.error_rate',
    unit: 'ratio',
    filters: {},
    group: null,
    condition: 'threshold_above',
    severity: 'critical',
    threshold: 0.05,
    value: 0.25,
    peakValue: 0.25,
    resolvedValue: null,
    resolvedBy: null,
    windowSeconds: 300,
    triggeredAt: new Date(),
    resolvedAt: null,
    detectedAt: new Date(),
    correlationId: 'test',
    ...others,
  };
}
