import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { MAX_ANSWER_BYTES, postToProvider } from './provider-request.js';

let server: Server;
let answer: RequestListener;

beforeAll(async () => {
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const post = (differences: { readonly url?: URL; readonly timeoutMs?: number; readonly publicOnly?: boolean } = {}) =>
  postToProvider({
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/path?query=1`),
    ...{ headers: { 'content-type': 'text/plain' }, body: 'Grüße', timeoutMs: 5_000 },
    ...differences,
  });

it('posts the body, and answers with status, headers and text', async () => {
  let received = '';
  answer = (request, response) => {
    request.on('data', (chunk: Buffer) => (received += `${request.method} ${request.url} ${chunk.toString()}`));
    request.on('end', () => response.writeHead(429, { 'retry-after': '7' }).end('later'));
  };
  const got = await post();
  expect(received).toBe('POST /path?query=1 Grüße');
  expect(got).toMatchObject({ status: 429, headers: { 'retry-after': '7' }, text: 'later', isComplete: true });
});

it.each([
  [MAX_ANSWER_BYTES, true],
  [MAX_ANSWER_BYTES + 1, false],
])('reads a body of %s bytes to its end: %s', async (bytes, isComplete) => {
  answer = (_request, response) => response.end('x'.repeat(bytes));
  const got = await post();
  expect(got).toMatchObject({ status: 200, isComplete });
  expect(got.text).toHaveLength(MAX_ANSWER_BYTES);
});

it('closes the connection of an answer that is too long', async () => {
  const closed = new Promise<void>((resolve) => {
    answer = (_request, response) => {
      response.on('close', resolve).write('x'.repeat(2 * MAX_ANSWER_BYTES));
    };
  });
  await post();
  await closed;
});

it('takes the status for the answer when the body does not come', async () => {
  answer = (_request, response) => response.writeHead(201).write('{');
  await expect(post({ timeoutMs: 200 })).resolves.toMatchObject({ status: 201, text: '{', isComplete: false });
});

it('gives up on a provider that does not answer', async () => {
  answer = () => undefined;
  await expect(post({ timeoutMs: 100 })).rejects.toThrow('took longer than 100 ms');
});

it('tells that nothing can have arrived where there was no connection', async () => {
  const silent = createTcpServer((socket) => socket.on('error', () => undefined).resume());
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const url = new URL(`https://127.0.0.1:${(silent.address() as AddressInfo).port}/`);
  await expect(post({ url, timeoutMs: 200 })).rejects.toMatchObject({ code: 'NO_CONNECTION' });
  await new Promise((resolve) => silent.close(resolve));
});

it.each(['https://127.0.0.1/', 'https://[::127.0.0.1]/', 'https://localhost/'])(
  'calls nothing inside: %s',
  async (url) => {
    const forbidden = post({ url: new URL(url), publicOnly: true });
    await expect(forbidden).rejects.toMatchObject({ code: 'FORBIDDEN_ADDRESS' });
  },
);
