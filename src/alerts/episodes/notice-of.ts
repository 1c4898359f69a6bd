import type { AlertNotice } from '../../notifications/index.js';
import { currentCorrelationId } from '../../platform/correlation/index.js';
import type { AlertConfig } from '../domain/alert-config.js';
import type { DueNotice } from '../domain/notice.js';
import type { EpisodeChange } from './instance-change.js';

interface NoticeContext {
  readonly notice: DueNotice;
  readonly measure: Pick<AlertNotice, 'unit' | 'noun' | 'currency' | 'isLastKnown'>;
  readonly at: Date;
}

/** What people are told of a change. */
export function noticeOf(change: EpisodeChange, { notice, measure, at }: NoticeContext): AlertNotice {
  const { id, config, after, episode, transition } = change;
  const isOver = notice.kind === 'resolved';
  return {
    alertId: episode.id,
    transitionId: id,
    kind: notice.kind,
    config: configOf(config),
    metric: config.metric,
    ...measure,
    filters: config.filters,
    groupBy: config.groupBy,
    group: after.group,
    condition: config.condition,
    severity: config.severity,
    threshold: config.threshold,
    value: episode.value,
    peakValue: episode.peak,
    resolvedValue: isOver ? (episode.resolvedValue ?? null) : null,
    resolvedBy: isOver ? (transition?.resolvedBy ?? 'auto') : null,
    windowSeconds: config.windowSeconds,
    triggeredAt: new Date(episode.triggeredAt),
    resolvedAt: isOver ? at : null,
    detectedAt: at,
    ...(notice.suppressed && { suppressed: notice.suppressed }),
    correlationId: currentCorrelationId() ?? id,
  };
}

function configOf(config: AlertConfig): AlertNotice['config'] {
  const { id, name, description, version, channels, recipients, runbookUrl, labels } = config;
  return { id, name, description, version, channels, recipients, runbookUrl, labels };
}
