import { connect } from 'node:net';

/** Sends bytes as they are and reads until the server hangs up: for requests that no HTTP client would send. */
export function sendRaw(url: string, ...chunks: (string | Uint8Array)[]): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => chunks.forEach((chunk) => socket.write(chunk)));
    socket.setEncoding('latin1');
    socket.on('data', (data: string) => (answer += data));
    socket.on('close', () => resolve(answer));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' ? resolve(answer) : reject(error),
    );
  });
}
