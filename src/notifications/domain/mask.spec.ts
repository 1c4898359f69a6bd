import type { Channel } from './channel.js';
import { maskAddress, WORKSPACE_WEBHOOK } from './mask.js';

it.each<[Channel, string, string]>([
  ['email', 'maya@example.com', 'm***@example.com'],
  ['email', 'm@example.com', 'm***@example.com'],
  ['sms', '+14155550100', '+14*******00'],
  ['slack', 'https://hooks.slack.com/services/T0/B0/secret', 'https://hooks.slack.com/***'],
  ['slack', 'https://hooks.slack.com/?token=secret', 'https://hooks.slack.com/***'],
  ['slack', 'secret', 'https://***/***'],
  ['slack', WORKSPACE_WEBHOOK, WORKSPACE_WEBHOOK],
  ['in_app', 'team:growth', 'team:growth'],
  ['in_app', 'user:maya@example.com', 'user:m***@example.com'],
  ['email', '', ''],
])('shows the %s address %j as %j', (channel, address, shown) => {
  expect(maskAddress(channel, address)).toBe(shown);
});
