import type { AlertNotification } from '../../notifications/index.js';
import { NO_GROUP } from '../domain/instances.js';
import type { AlertDto, TimelineEntryDto } from '../dto/alert.dto.js';
import type { StoredAlert, StoredTimelineEntry } from '../store/alert.repository.js';

export function alertToDto(alert: StoredAlert, notifications: readonly AlertNotification[]): AlertDto {
  const { group_value: group, triggered_at, acknowledged_at, resolved_at, partial, ...rest } = alert;
  return {
    ...rest,
    // Alerts from before the group had a name of its own.
    group: group === '' ? NO_GROUP : group,
    triggered_at: triggered_at.toISOString(),
    acknowledged_at: acknowledged_at?.toISOString() ?? null,
    resolved_at: resolved_at?.toISOString() ?? null,
    ...(partial && { partial }),
    notifications: [...notifications],
  };
}

export function timelineToDto({ at, who, ...entry }: StoredTimelineEntry): TimelineEntryDto {
  return { at: at.toISOString(), ...entry, by: who };
}
