/** One message, one delivery, one person: as the documentation shows them. */
export const INBOX_MESSAGE_EXAMPLE = {
  id: '0193a1c7-2b4d-7e8f-a6c5-9d0b1e2f3a4b',
  alert_id: '5b0d7c1e-8a3f-4d2b-9e6c-7f1a0b3c4d5e',
  severity: 'critical',
  title: '[CRITICAL] Firing: API answers with errors',
  body: 'api.error_rate is 25 % (threshold 5 %) over 5 min.',
  created_at: '2026-11-22T10:01:00.412Z',
  read_at: null,
};

export const DELIVERY_EXAMPLE = {
  id: '0193a1c7-2b4d-7e8f-a6c5-9d0b1e2f3a4c',
  alert_id: '5b0d7c1e-8a3f-4d2b-9e6c-7f1a0b3c4d5e',
  config_name: 'API answers with errors',
  severity: 'critical',
  channel: 'sms',
  target: '+14*******00',
  kind: 'firing',
  status: 'sent',
  attempts: 1,
  detected_at: '2026-11-22T10:01:00.000Z',
  sent_at: '2026-11-22T10:01:00.412Z',
};

export const PREFERENCES_EXAMPLE = {
  email: 'maya@example.com',
  phone: '+14155550100',
  slack_webhook_url: null,
  channels: {
    info: ['in_app'],
    warning: ['in_app', 'email'],
    critical: ['in_app', 'email', 'slack', 'sms'],
  },
  quiet_hours: { start: '22:00', end: '07:00', time_zone: 'Europe/Berlin', days: ['mon', 'tue', 'wed', 'thu', 'fri'] },
  scope: 'all',
  enabled: true,
};

const TIMES_EXAMPLE = {
  deliveries: 120,
  within: 119,
  late: 1,
  late_pending: 0,
  failed: 0,
  pending: 0,
  share_within: 0.9917,
  p50_seconds: 0.41,
  p95_seconds: 1.2,
  max_seconds: 31.5,
};

export const SLO_EXAMPLE = {
  objectives: [
    {
      severity: 'critical',
      target_seconds: 30,
      ...TIMES_EXAMPLE,
      by_channel: [{ channel: 'sms', ...TIMES_EXAMPLE }],
    },
  ],
  meta: {
    from: '2026-11-21T10:00:00.000Z',
    to: '2026-11-22T10:00:00.000Z',
    range: '24h',
    source: 'raw',
    generated_at: '2026-11-22T10:00:00.000Z',
    stale: false,
  },
};
