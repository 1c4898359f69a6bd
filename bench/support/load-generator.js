// A process of its own: sends requests that were written out before over keep-alive connections, one at a time on each,
// and does as little as it can with the answers. Talks to its parent by messages.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

const END_OF_HEADERS = Buffer.from('\r\n\r\n');
const LENGTH = /content-length: (\d+)/i;

process.on('message', ({ file, lengths, connections, host, port, status }) => {
  const bytes = readFileSync(file);
  const requests = [];
  let at = 0;
  for (const length of lengths) requests.push(bytes.subarray(at, (at += length)));
  send(requests, { connections, host, port, status }).then(
    (result) => process.send(result),
    (error) => process.send({ error: error.message }),
  );
});

async function send(requests, { connections, host, port, status }) {
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(host, port)));
  const latenciesMs = [];
  let next = 0;
  const cpu = process.cpuUsage();
  const started = performance.now();
  await Promise.all(
    sockets.map(async (socket) => {
      while (next < requests.length) {
        const sent = performance.now();
        await exchange(socket, requests[next++], status);
        latenciesMs.push(performance.now() - sent);
      }
    }),
  );
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  sockets.forEach((socket) => socket.destroy());
  return { seconds, latenciesMs, cpuMs: (user + system) / 1_000 };
}

function open(host, port) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true }, () => resolve(socket));
    socket.onLost = reject;
    socket.once('error', (error) => socket.onLost(error));
    socket.once('close', () => socket.onLost(new Error('The connection was closed.')));
  });
}

function exchange(socket, request, status) {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const onData = (chunk) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const end = received.indexOf(END_OF_HEADERS);
      if (end < 0) return;
      const head = received.latin1Slice(0, end);
      if (received.length < end + END_OF_HEADERS.length + Number(LENGTH.exec(head)?.[1] ?? 0)) return;
      socket.off('data', onData);
      if (head.startsWith(`HTTP/1.1 ${status} `)) resolve();
      else reject(new Error(`Not ${status}: ${received.toString()}`));
    };
    socket.on('data', onData);
    socket.onLost = reject;
    socket.write(request);
  });
}
