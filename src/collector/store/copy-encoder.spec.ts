import { prepareEvent, type PreparedEvent } from '../../events/index.js';
import { COPY_COLUMNS, writeRow } from './copy-encoder.js';
import { CopyText } from './copy-text.js';

const circumstances = {
  nowMicros: Date.now() * 1000,
  backfillMaxDays: 800,
  correlationId: 'request-1',
  fromOutside: true,
};
const failure = { event_type: 'error', name: 'TypeError', message: 'm' };

function prepared(event: object): PreparedEvent {
  return prepareEvent({ ...event }, circumstances) as PreparedEvent;
}

function rowOf(event: object): Record<string, string> {
  const text = new CopyText(10);
  expect(writeRow(prepared(event), text)).toBe(true);
  const line = text.content.toString();
  expect(line.endsWith('\n')).toBe(true);
  const values = line.slice(0, -1).split('\t');
  const names = COPY_COLUMNS.split(', ');
  expect(values).toHaveLength(names.length);
  return Object.fromEntries(names.map((name, index) => [name, values[index]!]));
}

it('writes every column, those that are not there as NULL', () => {
  const row = rowOf({ ...failure, properties: { a: 1 } });
  expect(row).toMatchObject({ event_type: 'error', correlation_id: 'request-1', name: 'TypeError', message: 'm' });
  expect(row).toMatchObject({ properties: '{"a":1}', service: '\\N', route: '\\N', total: '\\N' });
});

it.each([
  ['backslash', 'a\\b', 'a\\\\b'],
  ['tab, line feed and return', '\t\n\r', '\\t\\n\\r'],
  ['what looks like NULL', '\\N', '\\\\N'],
  ['what looks like the end', '\\.', '\\\\.'],
  ['other control characters', '\u0001\u007f', '\u0001\u007f'],
  ['other scripts and emoji', 'é黒🌹', 'é黒🌹'],
  ['nothing', '', ''],
  ['long text', 'x'.repeat(5_000), 'x'.repeat(5_000)],
  ['long text with escapes', `${'x'.repeat(500)}\t`, `${'x'.repeat(500)}\\t`],
])('escapes %s', (_, message, written) => {
  expect(rowOf({ ...failure, message }).message).toBe(written);
});

it.each([
  ['NUL', 'a\0'],
  ['half a surrogate pair', '\ud83c'],
  ['NUL in long text', `${'x'.repeat(500)}\0`],
])('refuses %s and leaves what was written before as it was', (_, message) => {
  const text = new CopyText(10);
  writeRow(prepared(failure), text);
  const before = text.content.toString();
  expect(writeRow(prepared({ ...failure, message }), text)).toBe(false);
  expect(text.content.toString()).toBe(before);
});

it('keeps rows whole while it grows', () => {
  const text = new CopyText(1);
  for (let row = 0; row < 1_000; row++) writeRow(prepared({ ...failure, message: `é${row}` }), text);
  const lines = text.content.toString().trimEnd().split('\n');
  expect(lines).toHaveLength(1_000);
  expect(lines.every((line, index) => line.includes(`\té${index}\t`))).toBe(true);
});
