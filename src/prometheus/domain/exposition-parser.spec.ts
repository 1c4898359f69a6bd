import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExpositionError } from './exposition-error.js';
import { ExpositionParser, type MetricType } from './exposition-parser.js';
import type { Sample } from './sample-line.js';

const FILES = join(__dirname, '..', '..', '..', '..', 'shared', 'data', 'exposition');
/** Its only fault is the missing line feed at its end, which is accepted here. */
const ONLY_WITHOUT_LINE_FEED = 'expfmt_error_0.txt';

function parse(text: string, chunkLength = text.length || 1): { samples: Sample[]; types: Record<string, MetricType> } {
  const samples: Sample[] = [];
  const types: Record<string, MetricType> = {};
  const parser = new ExpositionParser({
    type: (metric, type) => (types[metric] = type),
    sample: (sample) => samples.push(sample),
  });
  for (let at = 0; at < text.length; at += chunkLength) parser.push(text.slice(at, at + chunkLength));
  parser.end();
  return { samples, types };
}

const EXAMPLE = `
# A comment.
#
# TYPE requests counter
requests{method="GET",path="a\\"b\\\\c\\nd"} 3
requests {method="POST"} 0.25 1234567890
# HELP requests two\\nlines, back\\\\slash
   # HELP  level \t How "full"
 #\tTYPE   level  gauge
level{ site = "x" , }-Inf
level{site="y"\t, floor   =  "2" \t} +Inf 54321
level{} NaN
bare -3e3
`;

it('reads names, labels, escapes, values and timestamps', () => {
  const { samples, types } = parse(EXAMPLE);
  expect(types).toEqual({ requests: 'counter', level: 'gauge' });
  expect(samples).toEqual([
    { name: 'requests', labels: { method: 'GET', path: 'a"b\\c\nd' }, value: 3 },
    { name: 'requests', labels: { method: 'POST' }, value: 0.25, timestampMs: 1_234_567_890 },
    { name: 'level', labels: { site: 'x' }, value: -Infinity },
    { name: 'level', labels: { site: 'y', floor: '2' }, value: Infinity, timestampMs: 54_321 },
    { name: 'level', labels: {}, value: Number.NaN },
    { name: 'bare', labels: {}, value: -3000 },
  ]);
});

it('reads the same however it is cut, and without a line feed at its end', () => {
  for (const length of [1, 2, 7, 64]) expect(parse(EXAMPLE, length)).toEqual(parse(EXAMPLE));
  expect(parse('bare 3.14').samples).toEqual([{ name: 'bare', labels: {}, value: 3.14 }]);
  expect(parse('').samples).toEqual([]);
});

it.each([
  ['metric{label="new\nline"} 3.14', 'a raw line feed in a value'],
  ['metric{@="bla"} 3.14', 'a bad label name'],
  ['metric{__name__="bla"} 3.14', 'the reserved label'],
  ['metric{label+="bla"} 3.14', 'a bad assignment'],
  ['metric{label=bla} 3.14', 'a value without quotes'],
  ['metric{label="bla"+} 3.14', 'something between labels'],
  ['metric{label="bla" 3.14', 'no end of the labels'],
  ['metric{label="bla",label="blub"} 3.14', 'a label given twice'],
  ['metric{,} 3.14', 'a comma without a label'],
  ['metric{label="bla"} 3.14 2.72', 'a timestamp that is no whole number'],
  ['metric{label="bla"} 3.14 2 3', 'something after the timestamp'],
  ['metric{label="bla"} blubb', 'a value that is no number'],
  ['metric 0x1p-2', 'a hexadecimal value'],
  ['metric 1_000', 'a value with an underscore'],
  ['metric{label="bla"}', 'no value'],
  ['metric', 'only a name'],
  ['4metric 3.14', 'a bad metric name'],
  ['metric 3.14\r', 'a carriage return'],
  ['# TYPE metric summary\nmetric{quantile="bla"} 3.14', 'a quantile that is no number'],
  ['# TYPE metric histogram\nmetric_bucket{le="bla"} 3.14', 'a bound that is no number'],
  ['# TYPE metric bla', 'an unknown type'],
  ['# TYPE metric', 'no type'],
  ['# TYPE 4metric counter', 'the type of a bad name'],
  ['# HELP \nmetric 1', 'the help of no name'],
  ['# HELP 4metric text', 'the help of a bad name'],
  ['# HELP "metric text', 'the help of a name without end'],
  ['metric 1e400', 'a value beyond a double'],
  ['metric +NaN', 'a NaN with a sign'],
  ['metric{label="bla",,} 1', 'a comma without a label before it'],
  ['metric{label="bla} 1', 'a label value without end'],
  ['metric{label="bla\\"} 1', 'a label value whose last quote is escaped'],
  ['{} 1', 'no name at all'],
  ['{a="b"} 1', 'no name beside the labels'],
  ['{""} 1', 'an empty name'],
  ['{"metric","other"} 1', 'two quoted names'],
  ['metric{"other"} 1', 'a quoted name beside a bare one'],
  ['{metric,a="b"} 1', 'a bare name within the braces'],
  ['{"metric","a"="b",a="c"} 1', 'a label given twice, once quoted'],
  ['{"metric","__name__"="c"} 1', 'the reserved label in quotes'],
  ['metric 1 # {trace_id="a', 'an exemplar without end'],
  ['<!doctype html>\n<title>Sign in</title>', 'a page'],
  ['{"status":"ok"}', 'JSON'],
  ['\u0000\u0001\u0002', 'binary data'],
])('refuses %j: %s', (text) => {
  expect(() => parse(text)).toThrow(ExpositionError);
  expect(() => parse(text, 3)).toThrow(ExpositionError);
});

it('refuses an endless line', () => {
  expect(() => parse(`metric{a="${'x'.repeat(1_100_000)}`, 65_536)).toThrow(/longer than 1048576 characters/);
});

it('takes escapes literally that the format does not know, in help and in label values', () => {
  const { samples } = parse(String.raw`# HELP db_seek_total Number of times the \'seek\' function was called.
db_seek_total 3
proc_power{cmdline="/sbin/agetty -o \u --noclear",exe="C:\\new\d\n\""} 0
`);
  expect(samples).toEqual([
    { name: 'db_seek_total', labels: {}, value: 3 },
    {
      name: 'proc_power',
      labels: { cmdline: String.raw`/sbin/agetty -o \u --noclear`, exe: String.raw`C:\new\d` + '\n"' },
      value: 0,
    },
  ]);
});

it('understands names and label names in quotes', () => {
  const { samples, types } = parse(`# HELP "http.duration" How long.
# TYPE "http.duration" histogram
{"http.duration_bucket", method="GET", "http.route"="/a", le="+Inf"} 3
{ method = "GET" , "http.duration_sum" , } 1.5
{"http.duration_count"} 3
# TYPE bare counter
bare{"schlüssel \\"x\\""="wert"} 1
{"bare"} 2
`);
  expect(types).toEqual({ 'http.duration': 'histogram', bare: 'counter' });
  expect(samples).toEqual([
    { name: 'http.duration_bucket', labels: { method: 'GET', 'http.route': '/a', le: '+Inf' }, value: 3 },
    { name: 'http.duration_sum', labels: { method: 'GET' }, value: 1.5 },
    { name: 'http.duration_count', labels: {}, value: 3 },
    { name: 'bare', labels: { 'schlüssel "x"': 'wert' }, value: 1 },
    { name: 'bare', labels: {}, value: 2 },
  ]);
});

it('reads on after the marks of OpenMetrics: # EOF, exemplars, its types', () => {
  const text = `# TYPE requests counter
# UNIT requests requests
requests_total 3 # {trace_id="a}b\\"c",x=""} 0.67 1520879607.789
requests_total{a="1"} 4 1520879607.789 # {} 1
# TYPE build info
build_info{version="1"} 1
# TYPE up unknown
up 1
# EOF
`;
  const { samples } = parse(text);
  expect(samples.map(({ name, value, timestampMs }) => [name, value, timestampMs])).toEqual([
    ['requests_total', 3, undefined],
    ['requests_total', 4, 1_520_879_607_789],
    ['build_info', 1, undefined],
    ['up', 1, undefined],
  ]);
});

it('takes timestamps of OpenMetrics as seconds where the target says that it answers that', () => {
  const samples: Sample[] = [];
  const parser = new ExpositionParser({ type: () => undefined, sample: (sample) => samples.push(sample) }, true);
  parser.push('requests_total 3 1520879607.789\nrequests_total{a="1"} 4 1520879607\n# EOF\n');
  parser.end();
  expect(samples.map(({ timestampMs }) => timestampMs)).toEqual([1_520_879_607_789, 1_520_879_607_000]);
});

it('takes what Prometheus takes: repeated HELP and TYPE, a missing comma, a missing blank, odd comments', () => {
  const { samples, types } = parse(`# HELP a one
# HELP a two
# TYPE a counter
a{b="c" d="e"}1
# TYPE a gauge
a3.5
#TYPE b nothing
# TYPEb nothing
# HELP
# HELP bare
# HELP with-dash some text
`);
  expect(types).toEqual({ a: 'gauge' });
  expect(samples).toEqual([
    { name: 'a', labels: { b: 'c', d: 'e' }, value: 1 },
    { name: 'a3', labels: {}, value: 0.5 },
  ]);
});

it('names the line', () => {
  expect(() => parse('fine 1\n\nbad {} x 3\n')).toThrow(/^Line 3 of the exposition/);
});

const hasFiles = existsSync(FILES) || explainAbsence();

function explainAbsence(): false {
  process.stderr.write('There is no ../shared/data/exposition beside this repository: only own cases are tested.\n');
  return false;
}

if (hasFiles) {
  it.each(readdirSync(join(FILES, 'good')))('reads the good file %s whole', (name) => {
    const text = readFileSync(join(FILES, 'good', name), 'utf8');
    const lines = text.split('\n').filter((line) => /^\s*[^#\s]/.test(line));
    expect(parse(text, 4_096).samples).toHaveLength(lines.length);
  });

  it.each(readdirSync(join(FILES, 'bad')))(
    'refuses the bad file %s, unless only its last line feed is missing',
    (name) => {
      const text = readFileSync(join(FILES, 'bad', name), 'utf8');
      if (name === ONLY_WITHOUT_LINE_FEED) expect(parse(text)).toEqual(parse(`${text}\n`));
      else expect(() => parse(text)).toThrow(ExpositionError);
    },
  );
}
