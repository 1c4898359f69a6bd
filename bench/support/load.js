import { fork } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const GENERATOR = fileURLToPath(new URL('./load-generator.js', import.meta.url));

/** A POST as it goes over the wire. */
export function postRequest({ host, path, token, body }) {
  const head = [
    `POST ${path} HTTP/1.1`,
    `host: ${host}`,
    `authorization: Bearer ${token}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** A GET as it goes over the wire. */
export function getRequest({ host, path, token }) {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${token}\r\n\r\n`);
}

/**
 * Sends all requests, each connection one after the other, every one of which has to be answered with `status`.
 * @returns {Promise<{ seconds: number, latenciesMs: number[], cpuMs: number }>}
 */
export async function sendAll(requests, { url, connections, status }) {
  const folder = await mkdtemp(join(tmpdir(), 'analytics-load-'));
  const file = join(folder, 'requests');
  await writeFile(file, requests);
  const { hostname: host, port } = new URL(url);
  const generator = fork(GENERATOR);
  try {
    const lengths = requests.map(({ length }) => length);
    generator.send({ file, lengths, connections, host, port: Number(port), status });
    const result = await new Promise((resolve, reject) => {
      generator.once('message', resolve);
      generator.once('exit', (code) => reject(new Error(`The load generator ended with ${code}.`)));
    });
    if (result.error) throw new Error(result.error);
    return result;
  } finally {
    generator.kill();
    await rm(folder, { recursive: true, force: true });
  }
}
