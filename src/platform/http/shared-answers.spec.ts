import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type { CallHandler, ExecutionContext } from '@nestjs/common';
import { firstValueFrom, Subject, throwError } from 'rxjs';
import { SharedAnswers } from './shared-answers.js';

function requestOf(url: string): ExecutionContext {
  return { switchToHttp: () => ({ getRequest: () => ({ url }) }) } as unknown as ExecutionContext;
}

/** A handler that answers when it is told to, and counts how often it was asked. */
class Handler implements CallHandler {
  calls = 0;
  private readonly answers: Subject<string>[] = [];

  handle(): Subject<string> {
    this.calls += 1;
    const answer = new Subject<string>();
    this.answers.push(answer);
    return answer;
  }

  /** Waits until it was asked so often. */
  async asked(times: number): Promise<void> {
    while (this.calls < times) await turn();
  }

  fail(why: string): void {
    this.answers.shift()?.error(new Error(why));
  }

  /** Answers what was asked first. */
  answer(text: string): void {
    const answer = this.answers.shift();
    answer?.next(text);
    answer?.complete();
  }
}

/** Longer than an answer waits for more who ask, shorter than it waits for the one before it. */
const A_WHILE_MS = 30;

const shared = new SharedAnswers();

function ask(url: string, handler: CallHandler): Promise<unknown> {
  return firstValueFrom(shared.intercept(requestOf(url), handler));
}

it('answers all who asked before it began with one answer', async () => {
  const handler = new Handler();
  const asked = ['/a?x=1', '/a?x=1', '/a?x=1'].map((url) => ask(url, handler));
  await handler.asked(1);
  handler.answer('first');
  expect(await Promise.all(asked)).toEqual(['first', 'first', 'first']);
  expect(handler.calls).toBe(1);
});

it('gives who comes while one runs the next answer, and all of them the same', async () => {
  const handler = new Handler();
  const early = ask('/b', handler);
  await handler.asked(1);
  const late = [ask('/b', handler), ask('/b', handler)];
  await sleep(A_WHILE_MS);
  expect(handler.calls).toBe(1);
  handler.answer('before the event');
  expect(await early).toBe('before the event');
  await handler.asked(2);
  handler.answer('with the event');
  expect(await Promise.all(late)).toEqual(['with the event', 'with the event']);
  expect(handler.calls).toBe(2);
});

it('does not wait long for an answer that takes long', async () => {
  const handler = new Handler();
  const slow = ask('/c', handler);
  await handler.asked(1);
  const next = ask('/c', handler);
  const askedAt = performance.now();
  await handler.asked(2);
  expect(performance.now() - askedAt).toBeLessThan(500);
  handler.answer('slow');
  handler.answer('next');
  expect(await Promise.all([slow, next])).toEqual(['slow', 'next']);
});

it('waits for the one that began last, though an earlier one ends meanwhile', async () => {
  const handler = new Handler();
  const first = ask('/d', handler);
  await handler.asked(1);
  const second = ask('/d', handler);
  await handler.asked(2);
  handler.answer('first');
  await first;
  const third = ask('/d', handler);
  await sleep(A_WHILE_MS);
  expect(handler.calls).toBe(2);
  handler.answer('second');
  await second;
  await handler.asked(3);
  handler.answer('third');
  expect(await third).toBe('third');
});

it('asks anew once it is answered', async () => {
  const handler = new Handler();
  const first = ask('/e', handler);
  await handler.asked(1);
  handler.answer('then');
  await first;
  const second = ask('/e', handler);
  await handler.asked(2);
  handler.answer('now');
  expect(await second).toBe('now');
});

it('tells different questions apart', async () => {
  const [one, other] = [new Handler(), new Handler()];
  const answers = [ask('/f?range=24h', one), ask('/f?range=30d', other)];
  await Promise.all([one.asked(1), other.asked(1)]);
  one.answer('a day');
  other.answer('a month');
  expect(await Promise.all(answers)).toEqual(['a day', 'a month']);
});

it('does not keep a failure, nor gives it to who comes later', async () => {
  const gone = new Handler();
  const failing = ask('/g', gone);
  await gone.asked(1);
  const handler = new Handler();
  const next = ask('/g', handler);
  gone.fail('the database is gone');
  await expect(failing).rejects.toThrow('the database is gone');
  await handler.asked(1);
  expect(gone.calls).toBe(1);
  handler.answer('back');
  expect(await next).toBe('back');
});

it('fails all who share an answer with what the handler threw', async () => {
  const failing = { handle: () => throwError(() => new Error('the database is gone')) };
  const asked = [ask('/h', failing), ask('/h', failing)];
  const outcomes = await Promise.allSettled(asked);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
