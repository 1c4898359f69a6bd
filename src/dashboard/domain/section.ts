/** The parts of the dashboard, in the order of the answer. */
export const SECTIONS = ['health', 'ml', 'business', 'alerts'] as const;
export type SectionName = (typeof SECTIONS)[number];

/** Under which name each stands in the answer. */
export const BODY_NAMES: Readonly<Record<SectionName, string>> = {
  health: 'system_health',
  ml: 'ml_pipelines',
  business: 'business',
  alerts: 'active_alerts',
};

/** What a role that is not listed may see: nothing. */
const VISIBLE: Readonly<Record<string, readonly SectionName[]>> = {
  admin: SECTIONS,
  business_viewer: ['business'],
};

/** What somebody with these roles may see. */
export function visibleTo(roles: readonly string[]): readonly SectionName[] {
  return SECTIONS.filter((name) => roles.some((role) => VISIBLE[role]?.includes(name)));
}
