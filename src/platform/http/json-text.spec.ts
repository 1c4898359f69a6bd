import fc from 'fast-check';
import { DEFAULT_BODY_LIMITS, type BodyLimits } from './body-limits.js';
import { UnreadElement } from './json-scanner.js';
import { describeUnread, parseJson, scanJson } from './json-text.js';

const WIDE: BodyLimits = {
  maxBytes: 20_000_000,
  maxDepth: 1_000,
  maxKeys: 1_000_000,
  maxItems: 10_000_000,
  maxKeysPerObject: 1_000_000,
  maxNodesPerElement: 1_000_000,
};
const read = async (text: string, limits: Partial<BodyLimits> = {}): Promise<unknown> =>
  parseJson(await scanJson(Buffer.from(text), { ...WIDE, ...limits }));

/** User and system time of this process; what other processes do on the machine does not count. */
async function cpuMsOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

describe('the limits of a body', () => {
  const five: Partial<BodyLimits> = { maxKeys: 5, maxItems: 5, maxDepth: 5 };

  it.each([
    ['5 keys', '{"a":1,"b":{"c":2,"d:":[],"e\\":":":"}}'],
    ['5 items', '[1,2,["x,,,,,,,y"],4]'],
    ['5 levels', '[[[[[]]]]]'],
    ['brackets in texts', '["[[[[[[[[","{{{{{{{{","\\"[[[[[[[[","\\\\"]'],
  ])('take %s', async (_, text) => {
    expect(await read(text, five)).toEqual(JSON.parse(text));
  });

  it.each([
    ['6 keys', '{"a":1,"b":{"c":2,"d":3,"e":4,"f":5}}', /at most 5 keys in all; it has more in b\./],
    ['6 items', '[1,2,3,4,5,6]', /at most 5 array items in all/],
    ['a key more in one object than that may have', '{"a":1,"b":2,"c":3}', /at most 2 keys in one object/, 2],
    ['6 levels', '[[[[[[]]]]]]', /not valid/],
  ])('refuse %s', async (_, text, message, maxKeysPerObject = 5) => {
    await expect(read(text, { ...five, maxKeysPerObject })).rejects.toThrow(message);
  });

  it('name the element of the list that has too much in it', async () => {
    const text = JSON.stringify({ events: [{ a: 1 }, { b: [1, 2] }, { c: [1, 2, 3, 4, 5, 6] }] });
    await expect(read(text, { maxNodesPerElement: 5 })).rejects.toThrow('it has more in events[2]');
  });

  it('are counted over the slices that a large body is read in', async () => {
    const texts = Array.from({ length: 300_000 }, (_, index) => `\\"[{,:${index}\\\\`);
    const text = JSON.stringify({ events: texts });
    expect(JSON.stringify(await read(text, { maxItems: 300_000, maxDepth: 2 })) === text).toBe(true);
    await expect(read(text, { maxItems: 299_999 })).rejects.toThrow('at most 299,999 array items');
  });

  it.each(['[', '{"a":'])('cost milliseconds for %j ten million times', async (opening) => {
    const body = Buffer.alloc(10_485_760, opening);
    const cpuMs = await cpuMsOf(() => expect(scanJson(body, DEFAULT_BODY_LIMITS)).rejects.toThrow());
    expect(cpuMs).toBeLessThan(100);
  });
});

describe('an element of the isolated list that breaks a limit', () => {
  const limits = { isolatedList: 'events', maxDepth: 5, maxNodesPerElement: 8, maxKeysPerObject: 3 };
  const readIsolated = (text: string): Promise<unknown> => read(text, limits);
  const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

  it.each<[string, string, string]>([
    ['is nested too deep', `{"a":${deep(5)}}`, 'nests deeper than 5 levels'],
    ['is nested far too deep', deep(100_000), 'nests deeper than 5 levels'],
    [
      'has brackets, commas and quotes in texts',
      `{"a":{"b":{"c":{"d":",]}[{\\\\\\"]"}}}}`,
      'nests deeper than 5 levels',
    ],
    ['has too many items', `{"a":[1,2,3,4,5,6,7,8,9]}`, 'at most 8 keys and array items in one element'],
    ['has too many keys', `{"a":1,"b":2,"c":3,"d":4}`, 'at most 3 keys in one object'],
  ])('leaves the others whole where it %s', async (_, element, message) => {
    for (const list of [
      [element, '{"n":1}'],
      ['{"n":1}', element],
      ['0', element, '[7]', element, '"x"'],
    ]) {
      const body = (await readIsolated(`{ "events" : [ ${list.join(' , ')} ], "sent_at": 3 }`)) as {
        events: unknown[];
      };
      expect(body).toMatchObject({ sent_at: 3 });
      for (const [index, text] of list.entries()) {
        const value = body.events[index];
        if (text !== element) expect(value).toEqual(JSON.parse(text));
        else {
          expect(value).toBeInstanceOf(UnreadElement);
          expect(describeUnread(value as UnreadElement, { ...WIDE, ...limits })).toContain(message);
          expect(element.startsWith((value as UnreadElement).text)).toBe(true);
          expect((value as UnreadElement).text.length).toBeGreaterThanOrEqual(Math.min(element.length, 16_383));
        }
      }
    }
  });

  it('leaves the others whole in a list that is read in pieces and in slices', async () => {
    const filler = JSON.stringify('x'.repeat(70_000));
    const list = Array.from({ length: 60 }, (_, index) => (index % 7 === 3 ? deep(30_000) : filler));
    const { events } = (await readIsolated(`{"events":[${list.join(',')}]}`)) as { events: unknown[] };
    expect(events.map((event) => event instanceof UnreadElement)).toEqual(list.map((text) => text !== filler));
  });

  it.each([
    ['does not end', `{"events":[1,${'['.repeat(10_000)}`, /not valid JSON/],
    ['stands in another list', `{"others":[${deep(5)}]}`, /not valid/],
    ['stands deeper', `{"a":{"events":[${deep(5)}]}}`, /not valid/],
    ['stands in no list', `{"events":${deep(9)}}`, 'unread'],
  ])('refuses the body or is left to its reader where it %s', async (_, text, expected) => {
    if (expected === 'unread')
      await expect(readIsolated(text)).resolves.toMatchObject({ events: [expect.any(UnreadElement)] });
    else await expect(readIsolated(text)).rejects.toThrow(expected);
  });

  it('is found in the last list of that name', async () => {
    expect(await readIsolated(`{"events":[${deep(9)}],"events":[1]}`)).toEqual({ events: [1] });
    expect(await readIsolated(`{"events":[${deep(9)}],"events":"x"}`)).toEqual({ events: 'x' });
  });

  it('does not count towards the keys and items of the body', async () => {
    const list = [deep(900), '{"a":1}', deep(900), '{"a":1}'].join(',');
    await expect(read(`{"events":[${list}]}`, { ...limits, maxItems: 20, maxKeys: 3 })).resolves.toBeDefined();
  });
});

describe('a body with a long list', () => {
  const filler = 'x'.repeat(70_000);
  const list = (...more: unknown[]): string =>
    JSON.stringify([filler, ...more, filler, { a: [filler] }, filler]).slice(1, -1);

  it('is what JSON.parse makes of it', async () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const body = fc.record({
      events: fc.array(value).map((values) => [filler, ...values, filler, ...values, filler, filler]),
      before: value,
      after: value,
    });
    await fc.assert(
      fc.asyncProperty(body, fc.constantFrom(0, 1, 2), async (made, order) => {
        const names = [
          ['before', 'events', 'after'],
          ['events', 'after'],
          ['before', 'events'],
        ][order]!;
        const text = JSON.stringify(made);
        const chosen = JSON.stringify(
          Object.fromEntries(names.map((name) => [name, made[name as 'events']])),
          null,
          order,
        );
        expect(await read(chosen)).toEqual(JSON.parse(chosen));
        expect(await read(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['another list', `{"a":[1,2],"events":[${list()}],"b":[${list()}]}`],
    ['the name twice', `{"events":[${list()}],"events":[1]}`],
    ['the name twice, the long one last', `{"events":[1],"events":[${list()}]}`],
    ['a name with escapes', `{"\\u0065v\\"ents":[${list()}]}`],
    ['blanks', ` { "events" : [ ${list()} ] , "a" : 1 } `],
    ['the name __proto__', `{"__proto__":[${list()}]}`],
  ])('is the same with %s', async (_, text) => {
    expect(JSON.stringify(await read(text))).toBe(JSON.stringify(JSON.parse(text)));
  });

  it.each([
    ['a comma at its end', `{"events":[${list()},]}`],
    ['two commas', `{"events":[${list()},,1]}`],
    ['a comma at its start', `{"events":[,${list()}]}`],
    ['the wrong bracket', `{"events":[${list()}}}`],
    ['a bracket that is not closed', `{"events":[${list()},[1]}`],
    ['no name', `{[${list()}]}`],
    ['no colon', `{"events"[${list()}]}`],
    ['a value before it', `{"events":1[${list()}]}`],
    ['a value after it', `{"events":[${list()}]1}`],
    ['a comma at the end of the object', `{"events":[${list()}],}`],
    ['no end', `{"events":[${list()}]`],
    ['something after the end', `{"events":[${list()}]}}`],
    ['text that is none in an element', `{"events":[${list(1)},nul,${list()}]}`],
  ])('is refused with %s', async (_, text) => {
    expect(() => JSON.parse(text) as unknown).toThrow();
    await expect(read(text)).rejects.toThrow('The body is not valid JSON');
  });

  it('says where it stopped', async () => {
    const text = `{"events":[${list()},"ü" 17]}`;
    await expect(read(text)).rejects.toThrow(`near character ${text.indexOf('17') + 1}.`);
  });
});
