import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { ExpositionError } from '../../src/prometheus/domain/exposition-error.js';
import { ExpositionParser } from '../../src/prometheus/domain/exposition-parser.js';
import { until } from '../support/app-process.js';
import { hasPrometheus, startPrometheus, type PrometheusServer } from '../support/prometheus.js';

/** Documents that were odd somewhere, or nearly right. */
const WRITTEN = [
  String.raw`# HELP db_seek_total Number of times the \'seek\' function was called.` + '\ndb_seek_total 3\n',
  String.raw`proc_power{cmdline="/sbin/agetty -o \u --noclear"} 0` + '\nafter 1\n',
  String.raw`a{b="\\",c="\n",d="\"",e="\t\\n"} 1`,
  '# HELP a one\n# HELP a two\n# TYPE a counter\n# TYPE a gauge\na 1\n',
  'a 1\n# TYPE a counter\n',
  '# TYPE a-b counter\n',
  '# HELP a-b text\na 1\n',
  '# HELP a\n# HELP b \na 1\n',
  '# HELP \na 1\n',
  '# HELP\na 1\n',
  '# TYPE a bla\na 1\n',
  '#TYPE a bla\na 1\n',
  '# TYPE a\na 1\n',
  '# EOF\na 1\n',
  '# EOF\n# EOF\n',
  'a{b="c" d="e"} 1\n',
  'a{b="c"d="e",} 1\n',
  'a{,} 1\n',
  'a{b="c",,d="e"} 1\n',
  'a3.5\n',
  'a{b="c"}3\n',
  '  a  {  b  =  "c"  ,  }  3  \n',
  'a +Inf\nb -inf\nc infinity\nd nan\ne .5\nf 5.\ng 1E3\n',
  ...['+NaN', '1_0', '0x10', '0x1p3', '1e400', '.', '1e', '--1', 'true', '""'].map((value) => `a ${value}\n`),
  'a 1\r\n',
  'a\n',
  'a {} x 3\n',
  '4a 1\n',
  'a{4b="c"} 1\n',
  'a{b="c",b="d"} 1\n',
  'a{__name__="b"} 1\n',
  'a{b:c="d"} 1\n',
  'a:b 1\n',
  'a{b="c" 1\n',
  "a{b='c'} 1\n",
  'a{b=c} 1\n',
  'ä 1\n',
  'a{b="ä🙂"} 1\n',
  '<!doctype html>\n<title>Sign in</title>\n',
  '{"status":"ok"}\n',
  'ok',
  '',
];

/** Pieces of lines: put together at random they are nearly right, often enough. */
const PIECES = [
  'a',
  'b="c"',
  '{',
  '}',
  '"',
  '\\',
  '\\"',
  '\\n',
  '\\x',
  '=',
  ',',
  ' ',
  '\t',
  '1',
  '.5',
  'e3',
  'NaN',
  '_',
  ':',
];
const LINE_STARTS = ['', 'a', 'a{', 'a{b="', '# ', '# HELP a', '# TYPE a counter', '# HELP ', '#'];
const randomLine = fc
  .tuple(fc.constantFrom(...LINE_STARTS), fc.array(fc.constantFrom(...PIECES), { maxLength: 6 }))
  .map(([start, pieces]) => start + pieces.join(''));
/** The last line shows whether everything before it was taken. */
const GENERATED = fc.sample(randomLine, { seed: 1_407, numRuns: 250 }).map((line) => `${line}\nlast_line 1\n`);

const DOCUMENTS = [...WRITTEN, ...GENERATED];
/** Taken here and refused by the server: blanks around a line, and names in quotes, which it knows since version 3. */
const MORE_IS_TAKEN = [/^[ \t]+[a-z]|[0-9a-z][ \t]+$/m, /^# (HELP|TYPE) "|\{([^"]*,)?[ \t]*"/m];
const WAIT_MS = 60_000;
const withPrometheus = hasPrometheus ? describe : describe.skip;

type Series = Readonly<Record<string, string>>;

withPrometheus('the parser of expositions beside that of a real Prometheus server', () => {
  let endpoint: Server;
  let server: PrometheusServer;

  beforeAll(async () => {
    endpoint = createServer((request, response) => {
      response.setHeader('content-type', 'text/plain; version=0.0.4');
      response.end(DOCUMENTS[Number(request.url?.slice(1))]);
    });
    endpoint.listen(0, '127.0.0.1');
    await once(endpoint, 'listening');
    const target = `127.0.0.1:${(endpoint.address() as AddressInfo).port}`;
    server = await startPrometheus(
      DOCUMENTS.map((_, index) => ({
        targets: [target],
        labels: { __metrics_path__: `/${index}`, document: String(index) },
      })),
    );
    // A busy machine may miss a scrape, so what counts is whether any was taken.
    await until(async () => (await query('up')).length === DOCUMENTS.length, WAIT_MS);
    const isTaken = DOCUMENTS.filter((text, index) => parsed(text) !== 'refused' && !mayBeRefused(index)).length;
    await until(async () => (await query('max_over_time(up[5m]) == 1')).length >= isTaken, WAIT_MS).catch(
      () => undefined,
    );
  }, 90_000);

  afterAll(async () => {
    await server.stop();
    endpoint.close();
    endpoint.closeAllConnections();
  });

  async function query(expression: string): Promise<{ metric: Series; value: [number, string] }[]> {
    const response = await fetch(`${server.url}/api/v1/query?${new URLSearchParams({ query: expression }).toString()}`);
    return ((await response.json()) as { data: { result: { metric: Series; value: [number, string] }[] } }).data.result;
  }

  it('takes every document that the server takes, reads the same samples, and refuses the others', async () => {
    const accepted = new Set((await query('max_over_time(up[5m]) == 1')).map(({ metric }) => metric['document']));
    const read = new Map<string, string[]>();
    for (const { metric, value } of await query('last_over_time({document!="",__name__!~"up|scrape_.*"}[5m])')) {
      const { __name__ = '', document = '', instance: _, job: __, ...labels } = metric;
      const known = read.get(document) ?? [];
      read.set(document, [...known, sampleText(__name__, labels, Number(value[1].replace('Inf', 'Infinity')))]);
    }
    const theirs = DOCUMENTS.map((text, index) => ({
      text,
      samples: accepted.has(String(index)) ? (read.get(String(index)) ?? []).sort() : 'refused',
    }));
    const ours = DOCUMENTS.map((text) => ({ text, samples: parsed(text) }));
    const taken = theirs.filter(({ samples }) => samples !== 'refused').length;
    expect(taken).toBeGreaterThan(60);
    expect(DOCUMENTS.length - taken).toBeGreaterThan(60);
    const isMore = (index: number): boolean => theirs[index]?.samples === 'refused' && mayBeRefused(index);
    expect(ours.filter((_, index) => !isMore(index))).toEqual(theirs.filter((_, index) => !isMore(index)));
  });
});

function mayBeRefused(index: number): boolean {
  return MORE_IS_TAKEN.some((pattern) => pattern.test(DOCUMENTS[index] ?? ''));
}

function parsed(text: string): string[] | 'refused' {
  const samples: string[] = [];
  const parser = new ExpositionParser({
    type: () => undefined,
    sample: ({ name, labels, value }) => samples.push(sampleText(name, labels, value)),
  });
  try {
    parser.push(text);
    parser.end();
    return samples.sort();
  } catch (error) {
    if (error instanceof ExpositionError) return 'refused';
    throw error;
  }
}

/** To Prometheus a label without a value is no label. */
function sampleText(name: string, labels: Series, value: number): string {
  const set = Object.entries(labels).filter(([, text]) => text !== '');
  return JSON.stringify([name, set.sort(), String(value)]);
}
