import { isCrossSite } from './cross-site.js';

const own = { host: 'analytics.example:3000' };

it.each([
  ['says nothing, so is no browser', {}],
  ['was sent by a page of ours', { 'sec-fetch-site': 'same-origin', origin: 'https://elsewhere.example' }],
  ['comes from our address', { origin: 'http://analytics.example:3000' }],
  ['comes from our public address, through a proxy', { origin: 'https://admin.example' }],
])('lets in what %s', (_what, headers) => {
  expect(isCrossSite({ ...own, ...headers }, 'https://admin.example/analytics')).toBe(false);
});

it.each([
  ['comes from another site', { 'sec-fetch-site': 'cross-site' }],
  ['comes from a neighbour under the same domain', { 'sec-fetch-site': 'same-site' }],
  ['has another origin', { origin: 'http://evil.example' }],
  ['has our host on another port', { origin: 'http://analytics.example:4000' }],
  ['hides its origin', { origin: 'null' }],
])('refuses what %s', (_what, headers) => {
  expect(isCrossSite({ ...own, ...headers }, 'https://admin.example/analytics')).toBe(true);
});
