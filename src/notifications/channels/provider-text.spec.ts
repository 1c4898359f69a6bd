import { providerText } from './provider-text.js';

it.each([
  ['no_service', 'no_service'],
  ['  channel_is_archived\r\n', 'channel_is_archived'],
  [
    "The 'To' number +15005550001 is not valid. See https://www.twilio.com/docs/errors/21211?x=1",
    "The 'To' number +15*******01 is not valid. See https://www.twilio.com/***",
  ],
  [
    '5.1.1 <gone@example.test>: Recipient address rejected:\r\nUser unknown',
    '5.1.1 <g***@example.test>: Recipient address rejected: User unknown',
  ],
  ['No account AC00000000000000000000000000000000', 'No account ***'],
  ['Wrong token hunter2secret for user', 'Wrong token *** for user'],
  [
    '<!doctype html><html><head><title>502 Bad Gateway</title><style>p { color: red }</style></head><body><h1>nginx</h1>',
    '502 Bad Gateway nginx',
  ],
  ['bad\u0000 \u202etxet \u001b[31mred', 'bad txet [31mred'],
  ['', ''],
])('shows %j as %j', (text, shown) => {
  expect(providerText(text, ['hunter2secret', 'a'])).toBe(shown);
});

it('is at most 200 characters long', () => {
  expect(providerText('word '.repeat(100))).toHaveLength(200);
});

it.each(['<', '<script>', 'a@', 'http://', '1', 'a'])('takes a body of nothing but %j in its stride', (part) => {
  const start = performance.now();
  expect(providerText(`<html>${part.repeat(65_536 / part.length)}`).length).toBeLessThanOrEqual(200);
  expect(performance.now() - start).toBeLessThan(100);
});
