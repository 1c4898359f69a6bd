import { cutBatches, type Batch } from './batch.js';
import type { Line } from './line-splitter.js';
import type { PreparedLine } from './prepare-line.js';

async function cut(contents: string[], limits: { maxEvents: number; maxBytes: number }): Promise<Batch[]> {
  let endBytes = 0;
  const lines = contents.map((content, index): Line => {
    endBytes += content.length + 1;
    return { number: index + 1, bytes: Buffer.from(content), endBytes };
  });
  const source = (async function* (): AsyncGenerator<Line[]> {
    for (const line of lines) yield [line];
  })();
  const prepare = (line: Line): PreparedLine => {
    const json = line.bytes?.toString() ?? '';
    if (json === '') return { kind: 'blank' };
    return json === 'bad' ? { kind: 'rejected', reason: 'is bad' } : { kind: 'event', json };
  };
  const batches: Batch[] = [];
  for await (const batch of cutBatches(source, prepare, limits)) batches.push(batch);
  return batches;
}

it('fills batches by number and carries the lines along', async () => {
  const batches = await cut(['a', '', 'b', 'bad', 'c', 'd'], { maxEvents: 3, maxBytes: 100 });
  expect(batches).toMatchObject([
    {
      sequence: 0,
      events: ['a', 'b'],
      lines: [1, 3],
      refused: [{ line: 4, reason: 'is bad' }],
      end: { bytes: 9, lines: 4 },
    },
    { sequence: 1, events: ['c', 'd'], lines: [5, 6], refused: [], end: { bytes: 13, lines: 6 } },
  ]);
});

it('fills batches by size, one event at least', async () => {
  const batches = await cut(['12345', '12345', '123456789012345', '1'], { maxEvents: 10, maxBytes: 10 });
  expect(batches.map(({ lines }) => lines)).toEqual([[1, 2], [3], [4]]);
});

it('settles trailing blank lines with the batch before them', async () => {
  const [batch, ...more] = await cut(['a', '', ''], { maxEvents: 10, maxBytes: 10 });
  expect(batch?.end).toEqual({ bytes: 4, lines: 3 });
  expect(more).toEqual([]);
});

it('cuts nothing from nothing', async () => {
  expect(await cut([], { maxEvents: 10, maxBytes: 10 })).toEqual([]);
});
