import type { Operation } from './operations.js';

export const ROLES = ['service', 'business_viewer', 'admin'] as const;
type Role = (typeof ROLES)[number];

const API = '/api/v1/analytics';
const VIEWERS: readonly Role[] = ['business_viewer', 'admin'];

/** "Who may do what" of the contract, by the beginning of a route; the first that fits holds. */
const RULES: readonly (readonly [RegExp, readonly Role[] | 'public'])[] = [
  [/^GET \/health\/(live|ready)$/, 'public'],
  [new RegExp(`^POST ${API}/events$`), ['service', 'admin']],
  [new RegExp(`^GET ${API}/business/`), VIEWERS],
  [new RegExp(`^GET ${API}/alerts/(active|history|\\{id\\})$`), VIEWERS],
  [new RegExp(`^GET ${API}/dashboard/summary$`), VIEWERS],
  [new RegExp(`^(GET|PUT) ${API}/notifications/preferences/users/`), VIEWERS],
  [new RegExp(`^GET ${API}/notifications(/unread-count)?$`), VIEWERS],
  [new RegExp(`^POST ${API}/notifications/(\\{id\\}/read|read-all)$`), VIEWERS],
];

/** Deny is the default: a route that no rule names is for admins. */
export function whoMay({ name }: Operation): readonly Role[] | 'public' {
  return RULES.find(([route]) => route.test(name))?.[1] ?? ['admin'];
}
