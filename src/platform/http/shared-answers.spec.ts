import type { CallHandler, ExecutionContext } from '@nestjs/common';
import { firstValueFrom, Subject, throwError } from 'rxjs';
import { SharedAnswers } from './shared-answers.js';

function requestOf(url: string): ExecutionContext {
  return { switchToHttp: () => ({ getRequest: () => ({ url }) }) } as unknown as ExecutionContext;
}

/** A handler that answers when it is told to, and counts how often it was asked. */
class Handler implements CallHandler {
  calls = 0;
  private answers = new Subject<string>();

  handle(): Subject<string> {
    this.calls += 1;
    return this.answers;
  }

  answer(text: string): void {
    const answers = this.answers;
    this.answers = new Subject();
    answers.next(text);
    answers.complete();
  }
}

const shared = new SharedAnswers();

it('answers all who ask the same meanwhile with one answer', async () => {
  const handler = new Handler();
  const asked = ['/a?x=1', '/a?x=1', '/a?x=1'].map((url) => firstValueFrom(shared.intercept(requestOf(url), handler)));
  handler.answer('first');
  expect(await Promise.all(asked)).toEqual(['first', 'first', 'first']);
  expect(handler.calls).toBe(1);
});

it('asks anew once it is answered', async () => {
  const handler = new Handler();
  const first = firstValueFrom(shared.intercept(requestOf('/b'), handler));
  handler.answer('then');
  await first;
  const second = firstValueFrom(shared.intercept(requestOf('/b'), handler));
  handler.answer('now');
  expect(await second).toBe('now');
});

it('tells different questions apart', async () => {
  const [one, other] = [new Handler(), new Handler()];
  const answers = [
    firstValueFrom(shared.intercept(requestOf('/c?range=24h'), one)),
    firstValueFrom(shared.intercept(requestOf('/c?range=30d'), other)),
  ];
  one.answer('a day');
  other.answer('a month');
  expect(await Promise.all(answers)).toEqual(['a day', 'a month']);
});

it('does not keep a failure', async () => {
  const failing = { handle: () => throwError(() => new Error('the database is gone')) };
  await expect(firstValueFrom(shared.intercept(requestOf('/d'), failing))).rejects.toThrow('the database is gone');
  const handler = new Handler();
  const next = firstValueFrom(shared.intercept(requestOf('/d'), handler));
  handler.answer('back');
  expect(await next).toBe('back');
});
