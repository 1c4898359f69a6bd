import { createServer } from 'node:http';
import { URLSearchParams } from 'node:url';

/** Answers like Twilio, `delayMs` later, and keeps what it was handed: `{ at, to, text }`. */
export async function startSmsSink(delayMs) {
  const received = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part) => (body += part));
    request.on('end', () => {
      const form = new URLSearchParams(body);
      received.push({ at: Date.now(), to: form.get('To'), text: form.get('Body') });
      const answer = JSON.stringify({ sid: `SM${String(received.length).padStart(32, '0')}`, status: 'queued' });
      setTimeout(() => response.writeHead(201, { 'content-type': 'application/json' }).end(answer), delayMs);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    received,
    environment: {
      TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000000',
      TWILIO_AUTH_TOKEN: 'token',
      TWILIO_FROM_NUMBER: '+14155550111',
      TWILIO_API_BASE_URL: `http://127.0.0.1:${server.address().port}`,
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
