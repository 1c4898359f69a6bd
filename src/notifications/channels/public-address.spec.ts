import { isPublicAddress, lookupPublic, refusalOfWebhook, refusePrivateHost, hostOf } from './public-address.js';

it.each([
  ...['93.184.216.34', '1.1.1.1', '172.15.0.1', '192.0.1.1', '223.255.255.254'],
  ...['2606:2800:220:1:248:1893:25c8:1946', '2a00:1450:4001:800::200e', '::ffff:93.184.216.34'],
])('%s is public', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

it.each([
  // RFC 6890 and what else is set apart, IPv4.
  ...['0.0.0.0', '0.1.2.3', '10.0.0.1', '100.64.0.1', '127.0.0.1', '127.255.255.254', '169.254.169.254'],
  ...['172.16.5.4', '172.31.255.255', '192.0.0.1', '192.0.2.1', '192.88.99.1', '192.168.1.1', '198.18.0.1'],
  ...['198.51.100.7', '203.0.113.9', '224.0.0.1', '239.255.255.250', '240.0.0.1', '255.255.255.255', '168.63.129.16'],
  // IPv6: unspecified, loopback, mapped, compatible, translated.
  ...['::', '::1', '::ffff:10.0.0.1', '::ffff:7f00:1', '::127.0.0.1', '::7f00:1', '::ffff:0:7f00:1', '::10.0.0.1'],
  // NAT64, discard, SRv6, unique local, link-local, site-local, multicast.
  ...['64:ff9b::7f00:1', '64:ff9b::a00:1', '64:ff9b:1::a00:1', '100::1', '5f00::1', 'fc00::1', 'fd12::1', 'fe80::1'],
  ...['fe80::1%eth0', 'fec0::1', 'ff02::1', '4000::1', '1::1'],
  // Teredo, benchmarking, ORCHID, documentation, 6to4, AS112.
  ...[
    '2001::7f00:1',
    '2001:2::1',
    '2001:20::1',
    '2001:db8::1',
    '3fff::1',
    '2002:7f00:1::',
    '2002:a00:1::1',
    '2620:4f:8000::1',
  ],
  ...['no address', '', '256.1.1.1'],
])('%s is not', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

/** Spellings of addresses inside, as URLs have them. */
const SPELLINGS = [
  // Decimal, octal, hexadecimal, short.
  ...['2130706433', '017700000001', '0x7f000001', '0x7f.0.0.1', '0177.0.0.1', '127.1', '127.0.1', '0', '0x0', '10.1'],
  ...['127.0.0.1.', '2130706433.', '127。0。0。1', '１２７.0.0.1', '①②⑦.⓪.⓪.①', '127%2e0%2e0%2e1', '%31%32%37.0.0.1'],
  ...['[::]', '[::1]', '[0:0:0:0:0:0:0:1]', '[::127.0.0.1]', '[::7f00:1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]'],
  ...['[::FFFF:7F00:1]', '[0000:0000:0000:0000:0000:ffff:7f00:0001]', '[64:ff9b::7f00:1]', '[64:ff9b::127.0.0.1]'],
  ...[
    '[2002:7f00:1::]',
    '[2001:0:7f00:1::1]',
    '[fe80::1]',
    '[FD00:EC2::254]',
    '[ff02::1]',
    '169.254.169.254',
    '0xa9fea9fe',
  ],
  ...['localhost', 'LOCALHOST', 'localhost.', 'ｌocalhost'],
];

it.each(SPELLINGS)('refuses a webhook of https://%s/ when it is saved', async (host) => {
  await expect(refusalOfWebhook(`https://${host}/services/x`)).resolves.toMatch(/private/);
});

it.each(SPELLINGS.filter((host) => !/localhost/iu.test(host.normalize('NFKC'))))(
  'refuses to connect to https://%s/ without a look-up',
  (host) => {
    expect(() => refusePrivateHost(hostOf(new URL(`https://${host}/`)))).toThrow('private address');
  },
);

it('refuses a name that leads inside at the moment of the connection', async () => {
  const error = await new Promise((resolve) => lookupPublic('localhost', { all: true }, resolve));
  expect(error).toMatchObject({ code: 'FORBIDDEN_ADDRESS' });
});

it.each([
  ['http://hooks.example/x', /https/],
  ['ftp://hooks.example/x', /https/],
  ['hooks.example/x', /https/],
  ['https://a:b@hooks.example/x', /password/],
  ['https://hooks.slack.com@127.0.0.1/x', /password/],
  ['https://127.0.0.1\\@hooks.slack.com/x', /private/],
  ['https://127.0.0.1#@hooks.slack.com/x', /private/],
])('refuses %s', async (url, message) => {
  await expect(refusalOfWebhook(url)).resolves.toMatch(message);
});

it('takes an address of the internet', async () => {
  await expect(refusalOfWebhook('https://93.184.216.34/x')).resolves.toBeUndefined();
  await expect(refusalOfWebhook('https://[2606:2800:220:1:248:1893:25c8:1946]/x')).resolves.toBeUndefined();
});
