import { mayReadMetrics } from './metrics-access.js';

const token = 'scrape-me';
const from = (peerAddress: string | undefined, headers = {}) => ({ peerAddress, headers });

it.each(['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1'])('is open to the loopback peer %s', (peer) => {
  expect(mayReadMetrics(from(peer), undefined)).toBe(true);
  expect(mayReadMetrics(from(peer), token)).toBe(true);
});

it.each(['10.0.0.1', '::ffff:10.0.0.1', '2001:db8::1', '1127.0.0.1', '', undefined])(
  'is closed to the peer %s, with and without a configured token',
  (peer) => {
    expect(mayReadMetrics(from(peer), undefined)).toBe(false);
    expect(mayReadMetrics(from(peer), token)).toBe(false);
  },
);

const FORWARDING = [
  'forwarded',
  'via',
  'x-forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-original-forwarded-for',
  'x-real-ip',
  'x-client-ip',
  'client-ip',
  'x-cluster-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'cf-connecting-ipv6',
  'fastly-client-ip',
  'fly-client-ip',
  'do-connecting-ip',
  'x-appengine-user-ip',
  'x-envoy-external-address',
  'x-azure-clientip',
  'x-azure-socketip',
  'x-nf-client-connection-ip',
  'wl-proxy-client-ip',
  'proxy-client-ip',
  'x-originating-ip',
  'x-remote-ip',
  'x-remote-addr',
  'x-proxyuser-ip',
  'x-vercel-forwarded-for',
  'cdn-loop',
  'x-some-cloud-client-ip',
];

it('is open to a loopback peer with the headers that scrapers and browsers send', () => {
  const names = [
    'host',
    'accept',
    'accept-encoding',
    'user-agent',
    'connection',
    'x-prometheus-scrape-timeout-seconds',
  ];
  const more = ['origin', 'referer', 'cookie', 'sec-fetch-site', 'x-correlation-id', 'traceparent', 'x-requested-with'];
  const headers = Object.fromEntries([...names, ...more].map((name) => [name, 'x']));
  expect(mayReadMetrics(from('127.0.0.1', headers), token)).toBe(true);
});

it.each(FORWARDING)('is closed to a loopback peer that sends %s: it is a proxy', (header) => {
  expect(mayReadMetrics(from('127.0.0.1', { [header]: '127.0.0.1' }), token)).toBe(false);
});

it('is open to whoever bears the token, through a proxy or not', () => {
  const headers = { authorization: 'Bearer scrape-me', 'x-forwarded-for': '10.0.0.1' };
  expect(mayReadMetrics(from('10.0.0.1', headers), token)).toBe(true);
  expect(mayReadMetrics(from('127.0.0.1', headers), token)).toBe(true);
});

it.each([
  'Bearer scrape-m',
  'Bearer scrape-mee',
  'Bearer',
  'Bearer undefined',
  'Basic scrape-me',
  'scrape-me',
  ['Bearer scrape-me'],
])('refuses the authorization %j', (authorization) => {
  expect(mayReadMetrics(from('10.0.0.1', { authorization }), token)).toBe(false);
  expect(mayReadMetrics(from('10.0.0.1', { authorization }), undefined)).toBe(false);
});
