import fc from 'fast-check';
import { LineSplitter, MAX_LINE_BYTES, type Line } from './line-splitter.js';

function splitAll(chunks: Buffer[], splitter = new LineSplitter()): Line[] {
  return [...chunks.flatMap((chunk) => splitter.split(chunk)), ...splitter.end()];
}

it('gives the same lines and offsets however the bytes are cut', () => {
  const text = fc
    .array(fc.constantFrom('\n', '\r\n', 'a', 'é', '{"x":1}', '\u2028'), { maxLength: 40 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 7 }), (content, size) => {
      const bytes = Buffer.from(content);
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      const lines = splitAll(chunks);
      const expected = content.split('\n');
      if (expected.at(-1) === '') expected.pop();
      expect(lines.map((line) => line.bytes?.toString())).toEqual(expected);
      expect(lines.map((line) => line.number)).toEqual(expected.map((_, index) => index + 1));
      if (lines.length > 0) expect(lines.at(-1)?.endBytes).toBe(bytes.length);
    }),
  );
});

it('goes on counting from where an interrupted import stopped', () => {
  const [line] = splitAll([Buffer.from('abc\n')], new LineSplitter({ bytes: 100, lines: 7 }));
  expect(line).toMatchObject({ number: 8, endBytes: 104 });
});

it('does not hold a line that is too long, and finds the next one', () => {
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const splitter = new LineSplitter();
  for (let i = 0; i < 64; i += 1) expect(splitter.split(chunk)).toEqual([]);
  expect(splitter.split(Buffer.from('\nnext\n'))).toMatchObject([
    { number: 1, bytes: undefined, endBytes: 64 * chunk.length + 1 },
    { number: 2, bytes: Buffer.from('next') },
  ]);
});

it('keeps a line of exactly the limit', () => {
  const [line, tooLong] = splitAll([
    Buffer.alloc(MAX_LINE_BYTES, 'x'),
    Buffer.from('\n'),
    Buffer.alloc(MAX_LINE_BYTES + 1, 'x'),
  ]);
  expect(line?.bytes).toHaveLength(MAX_LINE_BYTES);
  expect(tooLong?.bytes).toBeUndefined();
});
