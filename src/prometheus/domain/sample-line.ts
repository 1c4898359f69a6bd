/** One value of one time series. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly timestampMs?: number;
}

const NAME = /[ \t]*([a-zA-Z_:][a-zA-Z0-9_:]*)[ \t]*(\{)?/y;
/** A label ends with a comma, or before the brace that ends them all. */
const LABEL = /[ \t]*([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"((?:[^"\\]|\\[\\"n])*)"[ \t]*(?:,|(?=\}))/y;
const LABELS_END = /[ \t]*\}/y;
const VALUE = /[ \t]*([^ \t]+)(?:[ \t]+(-?\d+))?[ \t]*$/y;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const SPECIAL: Readonly<Record<string, number>> = { nan: Number.NaN, inf: Infinity, infinity: Infinity };

const ESCAPES: Readonly<Record<string, string>> = { '\\\\': '\\', '\\"': '"', '\\n': '\n' };

/** Reads a line that holds a sample; answers what is wrong with it, as in "Line 3 of the exposition …". */
export function readSample(line: string): Sample | string {
  const named = matchAt(NAME, line, 0);
  if (!named) return 'does not start with a metric name';
  let end = named[0].length;
  const labels: Record<string, string> = {};
  if (named[2] !== undefined) {
    const read = readLabels(line, end, labels);
    if (typeof read === 'string') return read;
    end = read;
  } else if (!/[ \t]/.test(line[named[0].length - 1] ?? '')) {
    return 'has no blank between its name and its value';
  }
  return withValue({ name: named[1] ?? '', labels }, line, end);
}

function withValue(series: Pick<Sample, 'name' | 'labels'>, line: string, from: number): Sample | string {
  const match = matchAt(VALUE, line, from);
  if (!match) return 'does not end with a value and at most a whole timestamp';
  const value = readNumber(match[1] ?? '');
  if (value === undefined) return `has the value "${(match[1] ?? '').slice(0, 40)}", which is no number`;
  return { ...series, value, ...(match[2] !== undefined && { timestampMs: Number(match[2]) }) };
}

/** Fills `labels`; answers where they end, or what is wrong. */
function readLabels(line: string, start: number, labels: Record<string, string>): number | string {
  let at = start;
  for (;;) {
    const end = matchAt(LABELS_END, line, at);
    if (end) return at + end[0].length;
    const label = matchAt(LABEL, line, at);
    if (!label) return 'has labels that cannot be read';
    const [text, name = '', value = ''] = label;
    if (name === '__name__') return 'uses the label __name__, which is reserved';
    if (Object.hasOwn(labels, name)) return `has the label ${name} twice`;
    labels[name] = value.includes('\\') ? value.replace(/\\[\\"n]/g, (escaped) => ESCAPES[escaped] ?? escaped) : value;
    at += text.length;
  }
}

function readNumber(text: string): number | undefined {
  if (NUMBER.test(text)) return Number(text);
  const sign = text.startsWith('-') ? -1 : 1;
  const special = SPECIAL[text.replace(/^[+-]/, '').toLowerCase()];
  return special === undefined ? undefined : sign * special;
}

function matchAt(pattern: RegExp, line: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(line);
}
