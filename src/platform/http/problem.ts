import type { FieldError } from '../errors/index.js';
import { pathOf } from './paths.js';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** The body of every error (RFC 9457). */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  correlation_id: string;
  errors?: FieldError[];
}

/** An error as it leaves the server: what is safe to say, and the headers that go with it. */
export interface ProblemAnswer {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a status is called here; the code in `type` says more. */
const TITLES: Readonly<Record<number, string>> = {
  400: 'The request is not valid',
  401: 'Authentication is required',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'The request took too long',
  409: 'Conflict',
  412: 'The stored version is newer',
  413: 'The body is too large',
  414: 'The URL is too long',
  415: 'The body is in a format that is not read here',
  422: 'Nothing could be accepted',
  429: 'Too many requests',
  431: 'The headers are too large',
  500: 'Something went wrong',
  503: 'Not available right now',
};

/** Longest path that is repeated to the sender. */
const INSTANCE_MAX_LENGTH = 500;

export function problemOf(answer: ProblemAnswer, url: string, correlationId: string): Problem {
  const path = pathOf(url);
  return {
    type: `urn:problem-type:${answer.code}`,
    title: TITLES[answer.status] ?? 'The request failed',
    status: answer.status,
    detail: answer.detail,
    instance: path.slice(0, INSTANCE_MAX_LENGTH),
    correlation_id: correlationId,
    ...(answer.errors && { errors: answer.errors }),
  };
}
