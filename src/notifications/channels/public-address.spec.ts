import { isPublicAddress, refusalOfWebhook } from './public-address.js';

it.each(['93.184.216.34', '2606:2800:220:1:248:1893:25c8:1946'])('%s is public', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

it.each([
  ...['127.0.0.1', '10.0.0.1', '172.16.5.4', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '224.0.0.1'],
  ...['::1', '::', 'fe80::1', 'fd12::1', '::ffff:10.0.0.1', '64:ff9b::a00:1', 'no address'],
])('%s is not', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

it('refuses webhooks that are not https, hold a password, or lead inside', async () => {
  await expect(refusalOfWebhook('http://hooks.example/x')).resolves.toMatch(/https/);
  await expect(refusalOfWebhook('https://a:b@hooks.example/x')).resolves.toMatch(/password/);
  await expect(refusalOfWebhook('https://2130706433/x')).resolves.toMatch(/private/);
  await expect(refusalOfWebhook('https://[::1]/x')).resolves.toMatch(/private/);
  await expect(refusalOfWebhook('https://93.184.216.34/x')).resolves.toBeUndefined();
});
