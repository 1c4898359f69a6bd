import { loadConfig } from '../../platform/config/index.js';
import type { NoticeContent } from '../domain/alert-view.js';
import { MessageRenderer, type MessageContents, type RenderedMessage } from './message-renderer.js';

const renderer = new MessageRenderer(loadConfig({ ALERT_URL_TEMPLATE: 'https://admin.example.com/alerts/{id}' }));

const firing: NoticeContent = {
  alertId: '5b0d7c1e-8a3f-4d2b-9e6c-7f1a0b3c4d5e',
  kind: 'firing',
  config: {
    id: '7d1f6a2e-5c0b-4f0e-9d53-1a3f0f8b2c44',
    name: 'API answers with errors',
    description: '5xx above 5 %.',
    version: 1,
    channels: null,
    runbookUrl: 'https://wiki.example.com/errors',
    labels: {},
  },
  metric: 'api.error_rate',
  unit: 'ratio',
  filters: { method: 'POST' },
  groupBy: 'route',
  group: '/checkout',
  condition: 'threshold_above',
  severity: 'critical',
  threshold: 0.05,
  value: 0.25,
  peakValue: 0.25,
  resolvedValue: null,
  resolvedBy: null,
  windowSeconds: 300,
  triggeredAt: '2026-11-22T10:01:00.000Z',
  resolvedAt: null,
};
const resolved: NoticeContent = {
  ...firing,
  ...{
    kind: 'resolved',
    resolvedValue: 0.01,
    peakValue: 0.4,
    resolvedBy: 'auto',
    resolvedAt: '2026-11-22T10:31:00.000Z',
  },
};

const parts: Record<string, (message: RenderedMessage) => string> = {
  title: ({ title }) => title,
  text: (message) => renderer.text(message),
  html: (message) => renderer.html(message),
  slack: (message) => renderer.slack(message),
  sms: (message) => renderer.sms(message),
  inbox: (message) => renderer.inbox(message),
};

describe.each<[string, MessageContents]>([
  ['an alert that fires', [firing]],
  ['one that is over', [resolved]],
  ['a test', [{ ...firing, test: true, alertId: null }]],
  ['a value of nothing', [{ ...firing, value: null, group: null, filters: {} }]],
  ['a digest', [firing, { ...firing, group: '/cart', severity: 'warning' }, resolved]],
  [
    'late notices',
    [{ kind: 'late', channel: 'sms', severity: 'critical', targetSeconds: 30, count: 3, names: ['One', 'One', 'Two'] }],
  ],
])('%s', (_name, contents) => {
  it.each(Object.keys(parts))('reads well as %s', (part) => {
    expect(parts[part]!(renderer.render(contents))).toMatchSnapshot();
  });
});
