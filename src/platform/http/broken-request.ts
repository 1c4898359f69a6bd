import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { PROBLEM_TYPE, problemOf, type ProblemAnswer } from './problem.js';

const NOT_HTTP: ProblemAnswer = {
  code: 'malformed-request',
  status: 400,
  detail: 'The request is not valid HTTP/1.1.',
};

const ANSWERS: Readonly<Record<string, ProblemAnswer>> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    code: 'request-timeout',
    status: 408,
    detail: 'The request took too long to arrive.',
  },
  HPE_HEADER_OVERFLOW: {
    code: 'headers-too-large',
    status: 431,
    detail: 'The headers may have at most 16 KiB together.',
  },
};

/** Answers on the bare socket what Node's parser could not make a request of, then hangs up. */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const correlationId = randomUUID();
  const answer = ANSWERS[error.code ?? ''] ?? NOT_HTTP;
  const body = JSON.stringify(problemOf(answer, '/', correlationId));
  const head = [
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    `x-correlation-id: ${correlationId}`,
    'x-content-type-options: nosniff',
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
