import { ALERT_EXAMPLE } from '../../alerts/index.js';
import { OVERVIEW_EXAMPLE } from '../../business/index.js';
import { HEALTH_OVERVIEW_EXAMPLE } from '../../health-analytics/index.js';
import { ML_OVERVIEW_EXAMPLE } from '../../ml-analytics/index.js';
import type { DashboardDto } from './dashboard.dto.js';

const FRESH = { status: 'ok', generated_at: '2026-11-22T10:00:00.000Z', cached: false } as const;

export const DASHBOARD_EXAMPLE: DashboardDto = {
  system_health: HEALTH_OVERVIEW_EXAMPLE,
  ml_pipelines: ML_OVERVIEW_EXAMPLE,
  business: OVERVIEW_EXAMPLE,
  active_alerts: { total: 1, by_severity: { info: 0, warning: 0, critical: 1 }, items: [ALERT_EXAMPLE] },
  meta: {
    sections: { health: { ...FRESH, cached: true }, ml: { ...FRESH, cached: true }, business: FRESH, alerts: FRESH },
  },
};
