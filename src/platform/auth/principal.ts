export const ROLES = ['admin', 'business_viewer', 'service'] as const;
export type Role = (typeof ROLES)[number];

/** Who sends the request, as their token says. */
export interface Principal {
  readonly sub: string;
  readonly roles: readonly Role[];
  readonly teams: readonly string[];
}
