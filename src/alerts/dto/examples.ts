import type { AlertRuleDto } from './alert-rule.dto.js';
import type { AlertConfigDto, ConfigChangeDto, ImportReportDto } from './alert-config.dto.js';
import type { AlertDetailDto, AlertDto } from './alert.dto.js';
import type { SilenceDto } from './silence.dto.js';

const SMALL_RULE: AlertRuleDto = {
  name: 'API answers with errors',
  metric: 'api.error_rate',
  condition: 'threshold_above',
  threshold: 0.05,
  severity: 'critical',
};

const FULL_RULE: AlertRuleDto = {
  ...SMALL_RULE,
  description: '5xx above 5 % for two minutes, by route.',
  filters: {},
  group_by: 'route',
  recovery_threshold: 0.03,
  window_seconds: 300,
  for_seconds: 120,
  cooldown_seconds: 900,
  renotify_seconds: 3_600,
  evaluation_delay_seconds: 0,
  min_samples: 20,
  no_data: 'ok',
  on_error: 'keep',
  channels: null,
  recipients: { users: ['maya'], teams: ['platform'] },
  runbook_url: 'https://runbooks.example/api-errors',
  labels: { team: 'platform' },
  enabled: true,
};

export const CONFIG_EXAMPLE: AlertConfigDto = {
  id: '7d1f6a2e-5c0b-4f0e-9d53-1a3f0f8b2c44',
  version: 1,
  ...FULL_RULE,
  created_at: '2026-11-22T10:00:00.000Z',
  updated_at: '2026-11-22T10:00:00.000Z',
  created_by: 'maya',
  warnings: [
    "Nobody receives this rule's notices by sms: set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM_NUMBER.",
  ],
};

export const RULE_EXAMPLES = {
  'error rate': SMALL_RULE,
  'by route, with everything': FULL_RULE,
  'sales fall by half': {
    name: 'Orders fall by half',
    metric: 'business.orders',
    condition: 'rate_of_change',
    threshold: -0.5,
    window_seconds: 3_600,
    min_samples: 10,
    severity: 'warning',
  },
};

export const EXPORT_EXAMPLE = { schema: 1, configs: [FULL_RULE] } as const;

export const REPORT_EXAMPLE: ImportReportDto = {
  mode: 'merge',
  dry_run: false,
  created: ['API answers with errors'],
  updated: [],
  unchanged: [],
  deleted: [],
};

export const AUDIT_EXAMPLE: { items: ConfigChangeDto[]; next_cursor: null } = {
  items: [{ at: '2026-11-22T10:00:00.000Z', by: 'maya', action: 'created', before: null, after: CONFIG_EXAMPLE }],
  next_cursor: null,
};

export const ALERT_EXAMPLE: AlertDto = {
  id: '0d0f7a52-8a3e-4f6b-9f1d-4c1d6e0a7b21',
  config_id: CONFIG_EXAMPLE.id,
  config_name: CONFIG_EXAMPLE.name,
  metric: 'api.error_rate',
  filters: {},
  group: '/checkout',
  condition: 'threshold_above',
  severity: 'critical',
  status: 'acknowledged',
  value: 0.08,
  peak_value: 0.21,
  resolved_value: null,
  threshold: 0.05,
  triggered_at: '2026-11-22T10:02:00.000Z',
  acknowledged_at: '2026-11-22T10:03:10.000Z',
  acknowledged_by: 'maya',
  resolved_at: null,
  resolved_by: null,
  note: 'Rolling back the release.',
  notifications: [
    {
      channel: 'email',
      target: 'm***@shop.example',
      kind: 'firing',
      status: 'sent',
      attempts: 1,
      detected_at: '2026-11-22T10:02:00.000Z',
      sent_at: '2026-11-22T10:02:01.200Z',
    },
  ],
};

export const ALERT_DETAIL_EXAMPLE: AlertDetailDto = {
  ...ALERT_EXAMPLE,
  timeline: [
    { at: '2026-11-22T10:00:00.000Z', state: 'pending', value: null, reason: null, by: null, note: null },
    { at: '2026-11-22T10:02:00.000Z', state: 'firing', value: 0.21, reason: null, by: null, note: null },
    {
      at: '2026-11-22T10:03:10.000Z',
      state: 'acknowledged',
      value: 0.08,
      reason: null,
      by: 'maya',
      note: 'Rolling back the release.',
    },
  ],
};

/** In years, so that sent as it stands it is taken, and silences nobody. */
export const SILENCE_EXAMPLE: SilenceDto = {
  id: '3f9a1c7e-2b4d-4e8f-a6c5-9d0b1e2f3a4b',
  matchers: { severity: 'warning', labels: { team: 'platform' } },
  starts_at: '2036-11-22T22:00:00.000Z',
  ends_at: '2036-11-23T00:00:00.000Z',
  reason: 'Planned maintenance of the database.',
  state: 'pending',
  created_at: '2026-11-22T10:00:00.000Z',
  created_by: 'maya',
  ended_at: null,
  ended_by: null,
};
