import { UnauthenticatedError } from './auth-errors.js';
import { principalOf } from './claims.js';

const claims = { sub: 'ann', exp: 2_000_000_000 };

it('reads subject, roles and teams', () => {
  const principal = principalOf({ ...claims, roles: ['admin', 'business_viewer'], teams: ['sales'] });
  expect(principal).toEqual({ sub: 'ann', roles: ['admin', 'business_viewer'], teams: ['sales'] });
});

it('takes missing roles and teams as none', () => {
  expect(principalOf(claims)).toEqual({ sub: 'ann', roles: [], teams: [] });
  expect(principalOf({ ...claims, roles: null, teams: null })).toEqual({ sub: 'ann', roles: [], teams: [] });
});

it('leaves out roles of other services', () => {
  expect(principalOf({ ...claims, roles: ['superuser', 'service', 'Admin'] }).roles).toEqual(['service']);
});

it.each([
  ['a text for roles', { ...claims, roles: 'admin' }],
  ['an object for roles', { ...claims, roles: { 0: 'admin' } }],
  ['nested roles', { ...claims, roles: [['admin']] }],
  ['numbers among roles', { ...claims, roles: ['admin', 1] }],
  ['a text for teams', { ...claims, teams: 'sales' }],
  ['no expiry', { sub: 'ann' }],
  ['an expiry that is a text', { sub: 'ann', exp: '2000000000' }],
  ['no subject', { exp: claims.exp }],
  ['an empty subject', { ...claims, sub: '' }],
  ['a subject that is an array', { ...claims, sub: ['ann'] }],
  ['a subject with a NUL', { ...claims, sub: 'a\0b' }],
  ['a very long subject', { ...claims, sub: 'x'.repeat(256) }],
  ['an array', [claims]],
  ['a text', 'ann'],
  ['nothing', null],
])('refuses %s', (_what, payload) => {
  expect(() => principalOf(payload)).toThrow(UnauthenticatedError);
});

it('does not take roles from a prototype', () => {
  expect(principalOf(Object.assign(Object.create({ roles: ['admin'] }) as object, claims)).roles).toEqual([]);
});
