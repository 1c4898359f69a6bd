import { ExpositionError } from './exposition-error.js';
import { readQuoted, readSample, type Sample } from './sample-line.js';

export type MetricType = (typeof TYPES)[number] | (typeof TYPES_OF_OPEN_METRICS)[number];

/** Gets what the parser reads, line by line: a scrape is never held in memory as a whole. */
export interface ExpositionReader {
  type(metric: string, type: MetricType): void;
  sample(sample: Sample): void;
}

/** A line that goes on for longer than this is no exposition but something else that is large. */
const MAX_LINE_LENGTH = 1_048_576;

/** Anything else behind a `#` is a comment, `# EOF` included. */
const META = /^[ \t]*#[ \t]+(HELP|TYPE)[ \t]+(.*)/s;
const COMMENT = /^[ \t]*#/;
const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const TYPE = /^[ \t]+(\S+)[ \t]*$/;
const BLANK = /^[ \t]*$/;
/** Those of the text format, and those that OpenMetrics adds. */
const TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped'] as const;
const TYPES_OF_OPEN_METRICS = ['unknown', 'info', 'stateset', 'gaugehistogram'] as const;

/** Label whose value has to be a number, by what the metric is. */
const NUMBER_LABELS: Partial<Record<MetricType, string>> = { histogram: 'le', summary: 'quantile' };
const SERIES_SUFFIX = /_(bucket|count|sum)$/;

/**
 * Reads the text format of Prometheus, version 0.0.4, as it comes in, the way the parser of the Prometheus server does:
 * HELP may hold any text, an unknown escape in a label value is taken literally, names may be quoted. Lines of OpenMetrics
 * (exemplars, its types, `# EOF`) are understood as well. A line that the server refuses spoils the whole, so that half an
 * answer, or a page of something else, is refused; the line feed at the very end may be missing.
 */
export class ExpositionParser {
  private rest = '';
  private line = 0;
  private readonly types = new Map<string, MetricType>();

  constructor(
    private readonly reader: ExpositionReader,
    private readonly isOpenMetrics = false,
  ) {}

  /** @throws ExpositionError */
  push(text: string): void {
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      this.read(this.rest + text.slice(start, end));
      this.rest = '';
      start = end + 1;
    }
    this.rest += text.slice(start);
    if (this.rest.length > MAX_LINE_LENGTH) this.refuse(`is longer than ${MAX_LINE_LENGTH} characters`, this.line + 1);
  }

  /** Everything was pushed. @throws ExpositionError */
  end(): void {
    this.read(this.rest);
    this.rest = '';
  }

  private read(line: string): void {
    this.line++;
    if (BLANK.test(line)) return;
    if (!COMMENT.test(line)) return this.readSample(line);
    const [, keyword, text = ''] = META.exec(line) ?? [];
    if (keyword !== undefined) this.readMeta(keyword, text);
  }

  /** The text of HELP is not used. */
  private readMeta(keyword: string, text: string): void {
    const quoted = readQuoted(text, 0);
    const name = METRIC_NAME.exec(text)?.[0];
    const metric = quoted?.text ?? name;
    if (!metric) return this.refuse('has no valid metric name');
    if (keyword === 'TYPE') this.readType(metric, text.slice(quoted?.end ?? name?.length));
  }

  private readType(metric: string, text: string): void {
    const name = (TYPE.exec(text)?.[1] ?? text.trim()).toLowerCase();
    if (!isType(name)) return this.refuse(`gives ${metric.slice(0, 200)} the unknown type "${name.slice(0, 40)}"`);
    this.types.set(metric, name);
    this.reader.type(metric, name);
  }

  private readSample(line: string): void {
    const sample = readSample(line, this.isOpenMetrics);
    if (typeof sample === 'string') return this.refuse(sample);
    this.checkNumberLabel(sample);
    this.reader.sample(sample);
  }

  /** A bucket without a readable bound, or a quantile that is none, cannot be meant. */
  private checkNumberLabel({ name, labels }: Sample): void {
    const type = this.types.get(name) ?? this.types.get(name.replace(SERIES_SUFFIX, ''));
    const label = type && NUMBER_LABELS[type];
    const value = label && labels[label];
    if (value !== undefined && Number.isNaN(boundOf(value))) this.refuse(`needs a number as ${label}, not "${value}"`);
  }

  private refuse(what: string, line = this.line): never {
    throw new ExpositionError(line, what);
  }
}

/** The number that a label stands for; NaN when it is none. */
export function boundOf(text: string): number {
  if (/^[+-]?inf$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return text.trim() === '' ? Number.NaN : Number(text);
}

function isType(name: string): name is MetricType {
  return [...TYPES, ...TYPES_OF_OPEN_METRICS].some((type) => type === name);
}
