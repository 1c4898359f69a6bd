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
  ['metric{label="\\t"} 3.14', 'an unknown escape'],
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
  ['metric3.14', 'no blank before the value'],
  ['4metric 3.14', 'a bad metric name'],
  ['metric 3.14\r', 'a carriage return'],
  ['# TYPE metric summary\nmetric{quantile="bla"} 3.14', 'a quantile that is no number'],
  ['# TYPE metric histogram\nmetric_bucket{le="bla"} 3.14', 'a bound that is no number'],
  ['# TYPE metric bla', 'an unknown type'],
  ['# TYPE metric', 'no type'],
  ['# TYPE 4metric counter', 'the type of a bad name'],
  ['# TYPE metric counter\n# TYPE metric counter', 'a second TYPE'],
  ['metric 3.14\n# TYPE metric counter', 'TYPE after a sample'],
  ['# HELP metric a\n# HELP metric b', 'a second HELP'],
  ['# HELP metric a\\tb', 'an unknown escape in HELP'],
  ['<!doctype html>\n<title>Sign in</title>', 'a page'],
  ['{"status":"ok"}', 'JSON'],
  ['\u0000\u0001\u0002', 'binary data'],
  [`metric{a="${'x'.repeat(70_000)}`, 'an endless line'],
])('refuses %j: %s', (text) => {
  expect(() => parse(text)).toThrow(ExpositionError);
  expect(() => parse(text, 3)).toThrow(ExpositionError);
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
