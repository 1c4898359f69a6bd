import { ExpositionError } from './exposition-error.js';
import { readSample, type Sample } from './sample-line.js';

export type MetricType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'untyped';

/** Gets what the parser reads, line by line: a scrape is never held in memory as a whole. */
export interface ExpositionReader {
  type(metric: string, type: MetricType): void;
  sample(sample: Sample): void;
}

/** A line that goes on for longer than this is no exposition but something else that is large. */
const MAX_LINE_LENGTH = 65_536;

const HELP = /^(\S+)(?:[ \t]+(.*))?$/s;
const TYPE = /^(\S+)[ \t]+(\S+)[ \t]*$/;
const COMMENT = /^[ \t]*#[ \t]*(?:(HELP|TYPE)[ \t]+(.*))?/s;
const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const BAD_ESCAPE = /\\(?![\\n])/;
const BLANK = /^[ \t]*$/;
const TYPES: ReadonlySet<string> = new Set(['counter', 'gauge', 'histogram', 'summary', 'untyped']);

/** Label whose value has to be a number, by what the metric is. */
const NUMBER_LABELS: Partial<Record<MetricType, string>> = { histogram: 'le', summary: 'quantile' };
const SERIES_SUFFIX = /_(bucket|count|sum)$/;

/**
 * Reads the text format of Prometheus, version 0.0.4, as it comes in. As strict as Prometheus' own library, so that half
 * an answer, or a page of something else, is refused as a whole; the line feed at the very end may be missing.
 */
export class ExpositionParser {
  private rest = '';
  private line = 0;
  private readonly types = new Map<string, MetricType>();
  private readonly helped = new Set<string>();
  private readonly sampled = new Set<string>();

  constructor(private readonly reader: ExpositionReader) {}

  /** @throws ExpositionError */
  push(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.read(line);
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
    const comment = COMMENT.exec(line);
    if (!comment) return this.readSample(line);
    if (comment[1] === 'HELP') this.readHelp(comment[2] ?? '');
    if (comment[1] === 'TYPE') this.readType(comment[2] ?? '');
  }

  private readHelp(text: string): void {
    const [, metric = '', help = ''] = HELP.exec(text) ?? [];
    this.requireName(metric);
    if (BAD_ESCAPE.test(help.replaceAll('\\\\', ''))) this.refuse('has an unknown escape sequence in its help');
    if (this.helped.has(metric)) this.refuse(`is a second HELP of ${metric}`);
    this.helped.add(metric);
  }

  private readType(text: string): void {
    const [, metric = '', name = ''] = TYPE.exec(text) ?? [];
    this.requireName(metric);
    const type = name.toLowerCase();
    if (!isType(type)) return this.refuse(`gives ${metric} the unknown type "${name}"`);
    if (this.types.has(metric)) this.refuse(`is a second TYPE of ${metric}`);
    if (this.sampled.has(metric)) this.refuse(`gives the type of ${metric} after a sample of it`);
    this.types.set(metric, type);
    this.reader.type(metric, type);
  }

  private readSample(line: string): void {
    const sample = readSample(line);
    if (typeof sample === 'string') return this.refuse(sample);
    this.checkNumberLabel(sample);
    this.sampled.add(sample.name);
    this.reader.sample(sample);
  }

  /** A bucket without a readable bound, or a quantile that is none, cannot be meant. */
  private checkNumberLabel({ name, labels }: Sample): void {
    const type = this.types.get(name) ?? this.types.get(name.replace(SERIES_SUFFIX, ''));
    const label = type && NUMBER_LABELS[type];
    const value = label && labels[label];
    if (value !== undefined && Number.isNaN(boundOf(value))) this.refuse(`needs a number as ${label}, not "${value}"`);
  }

  private requireName(metric: string): void {
    if (!METRIC_NAME.test(metric)) this.refuse('has no valid metric name');
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
  return TYPES.has(name);
}
