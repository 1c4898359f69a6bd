import { readTokenHeader } from './token-shape.js';

const part = (json: string): string => Buffer.from(json).toString('base64url');
const HEADER = part('{"alg":"HS256","typ":"JWT"}');
const PAYLOAD = part('{"sub":"ann"}');

it('reads the header of what has the shape of a JWT', () => {
  expect(readTokenHeader(`${HEADER}.${PAYLOAD}.c2ln`)).toEqual({ alg: 'HS256', typ: 'JWT' });
  expect(readTokenHeader(`${part('{"alg":"HS256","kid":"a"}')}.${PAYLOAD}.`)?.kid).toBe('a');
});

it.each([
  ['nothing', ''],
  ['two parts', `${HEADER}.${PAYLOAD}`],
  ['four parts', `${HEADER}.${PAYLOAD}.c2ln.x`],
  ['a header that is a text', `${part('"HS256"')}.${PAYLOAD}.c2ln`],
  ['a header that is null', `${part('null')}.${PAYLOAD}.c2ln`],
  ['a header that is a list', `${part('[]')}.${PAYLOAD}.c2ln`],
  ['a header that is no JSON', `${part('{')}.${PAYLOAD}.c2ln`],
  ['a header without alg', `${part('{}')}.${PAYLOAD}.c2ln`],
  ['an alg that is no text', `${part('{"alg":{}}')}.${PAYLOAD}.c2ln`],
  ['a kid that is no text', `${part('{"alg":"HS256","kid":7}')}.${PAYLOAD}.c2ln`],
  ['a payload that is null', `${HEADER}.${part('null')}.c2ln`],
  ['a payload that is a text', `${HEADER}.${part('"ann"')}.c2ln`],
  ['a payload that is a number', `${HEADER}.${part('7')}.c2ln`],
  ['a payload that is a list', `${HEADER}.${part('[]')}.c2ln`],
  ['a payload that is no JSON', `${HEADER}.${part('sub=ann')}.c2ln`],
  ['no payload', `${HEADER}..c2ln`],
  ['characters that are not base64url', `${HEADER}.${PAYLOAD}=.c2ln`],
])('does not take %s', (_, token) => {
  expect(readTokenHeader(token)).toBeUndefined();
});
