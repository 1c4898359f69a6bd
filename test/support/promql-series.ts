export interface UsedSeries {
  readonly name: string;
  /** Labels that are matched. */
  readonly labels: readonly string[];
}

const NAME = /[a-zA-Z_:][\w:]*/;
const SELECTOR = new RegExp(`(${NAME.source})(?![\\w:])\\s*(?:\\{([^}]*)\\})?(?!\\s*\\()`, 'g');
const GROUPING = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g;
const WORDS = new Set([
  'by',
  'without',
  'on',
  'ignoring',
  'group_left',
  'group_right',
  'and',
  'or',
  'unless',
  'offset',
]);

/** The series that a PromQL expression reads. */
export function seriesIn(expression: string): UsedSeries[] {
  const withoutGroupings = expression.replace(GROUPING, ' ').replace(/\[[^\]]*\]/g, ' ');
  return [...withoutGroupings.matchAll(SELECTOR)]
    .map(([, name = '', matchers = '']) => ({ name, labels: labelsIn(matchers) }))
    .filter(({ name }) => !WORDS.has(name));
}

/** The labels that a PromQL expression groups by. */
export function groupingsIn(expression: string): string[] {
  return [...expression.matchAll(GROUPING)].flatMap(([, labels = '']) =>
    labels.split(',').map((label) => label.trim()),
  );
}

function labelsIn(matchers: string): string[] {
  return [...matchers.matchAll(new RegExp(`(${NAME.source})\\s*(?:=|!=|=~|!~)\\s*"[^"]*"`, 'g'))].map(
    ([, label = '']) => label,
  );
}
