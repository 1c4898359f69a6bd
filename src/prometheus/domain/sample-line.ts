/** One value of one time series. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly timestampMs?: number;
}

/** A quoted text and where it ends. */
export interface QuotedText {
  readonly text: string;
  /** Index behind the closing quote. */
  readonly end: number;
}

const NAME = /[ \t]*([a-zA-Z_:][a-zA-Z0-9_:]*)[ \t]*/y;
const LABEL_NAME = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const BLANKS = /[ \t]*/y;
const VALUE = /([^ \t{]+)(?:[ \t]+(-?\d+))?[ \t]*$/y;
/** OpenMetrics: timestamps are seconds with a fraction, and an exemplar (`# {…} value timestamp`) may follow. */
const VALUE_OF_OPEN_METRICS =
  /([^ \t{]+)(?:[ \t]+([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?))?(?:[ \t]+#[ \t]*\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\}(?:[ \t]+[^ \t]+){1,2})?[ \t]*$/iy;
const EXEMPLAR = /[ \t]#[ \t]*\{/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const INFINITY = /^([+-]?)inf(inity)?$/i;
const NAN = /^nan$/i;

const ESCAPE = /\\([\\"n])/g;

/**
 * Reads a line that holds a sample, as Prometheus' own text parser does; answers what is wrong with it, as in "Line 3 of
 * the exposition …". Names and label names may be quoted (`{"a.name", "a.label"="…"}`).
 */
export function readSample(line: string, isOpenMetrics = false): Sample | string {
  const named = matchAt(NAME, line, 0);
  const start = named?.[0].length ?? blanksEnd(line, 0);
  if (line[start] !== '{') {
    if (!named) return 'does not start with a metric name';
    return withValue({ name: named[1] ?? '', labels: {} }, line, { from: start, isOpenMetrics });
  }
  const read = readLabels(line, start + 1, named?.[1]);
  if (typeof read === 'string') return read;
  return withValue(read.series, line, { from: blanksEnd(line, read.end), isOpenMetrics });
}

/** The quoted text that begins at `start`; undefined where none begins or it does not end in the line. */
export function readQuoted(line: string, start: number): QuotedText | undefined {
  if (line[start] !== '"') return undefined;
  let hasEscapes = false;
  for (let at = start + 1; at < line.length; at++) {
    if (line[at] === '"') {
      const text = line.slice(start + 1, at);
      return { text: hasEscapes ? unescaped(text) : text, end: at + 1 };
    }
    if (line[at] !== '\\') continue;
    hasEscapes = true;
    at++;
  }
  return undefined;
}

/** Any other pair with a backslash stays as it is. */
function unescaped(text: string): string {
  return text.replace(ESCAPE, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
}

function withValue(
  series: Pick<Sample, 'name' | 'labels'>,
  line: string,
  { from, isOpenMetrics }: { from: number; isOpenMetrics: boolean },
): Sample | string {
  const asOpenMetrics = isOpenMetrics || EXEMPLAR.test(line.slice(from));
  const match = matchAt(asOpenMetrics ? VALUE_OF_OPEN_METRICS : VALUE, line, from);
  if (!match) return 'does not end with a value and at most a whole timestamp';
  const value = readNumber(match[1] ?? '');
  if (value === undefined) return `has the value "${(match[1] ?? '').slice(0, 40)}", which is no number`;
  const timestamp = match[2] === undefined ? undefined : Number(match[2]);
  if (timestamp === undefined) return { ...series, value };
  return { ...series, value, timestampMs: asOpenMetrics ? Math.round(timestamp * 1_000) : timestamp };
}

interface LabelsRead {
  readonly series: Pick<Sample, 'name' | 'labels'>;
  readonly end: number;
}

/**
 * Reads what stands between the braces: labels, and the name of the metric where it is quoted. As with Prometheus, a
 * comma between two labels may be missing, and one may stand behind the last.
 */
function readLabels(line: string, start: number, metric: string | undefined): LabelsRead | string {
  const labels: Record<string, string> = {};
  let name = metric;
  let at = blanksEnd(line, start);
  while (line[at] !== '}') {
    const quoted = readQuoted(line, at);
    const own = quoted?.text ?? matchAt(LABEL_NAME, line, at)?.[0];
    if (own === undefined) return 'has labels that cannot be read';
    at = blanksEnd(line, quoted?.end ?? at + own.length);
    if (quoted && (line[at] === ',' || line[at] === '}')) {
      if (name !== undefined) return 'has two metric names';
      name = own;
    } else {
      const value = readLabelValue(line, at);
      if (!value) return 'has labels that cannot be read';
      if (own === '__name__') return 'uses the label __name__, which is reserved';
      if (Object.hasOwn(labels, own)) return `has the label ${own} twice`;
      labels[own] = value.text;
      at = blanksEnd(line, value.end);
    }
    if (line[at] === ',') at = blanksEnd(line, at + 1);
  }
  return name ? { series: { name, labels }, end: at + 1 } : 'has no metric name';
}

function readLabelValue(line: string, equals: number): QuotedText | undefined {
  return line[equals] === '=' ? readQuoted(line, blanksEnd(line, equals + 1)) : undefined;
}

/** Decimal digits only, in the range of a double. */
function readNumber(text: string): number | undefined {
  if (NUMBER.test(text)) return Number.isFinite(Number(text)) ? Number(text) : undefined;
  if (NAN.test(text)) return Number.NaN;
  const infinity = INFINITY.exec(text);
  return infinity ? (infinity[1] === '-' ? -Infinity : Infinity) : undefined;
}

function blanksEnd(line: string, at: number): number {
  return at + (matchAt(BLANKS, line, at)?.[0].length ?? 0);
}

function matchAt(pattern: RegExp, line: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(line);
}
