import { until } from '../support/app-process.js';
import { API, type AppAnswer, type StartedApp } from '../support/app.js';

/** Whatever becomes of who is asked. */
const LONGEST_ANSWER_MS = 500;

/** Asks the health routes of an app as an admin; each answer has to be one, and in time. */
export function timedHealth(app: () => StartedApp, waitMs: number) {
  async function ask(path: string): Promise<AppAnswer['body']> {
    const startedAt = performance.now();
    const { status, body } = await app().request(`${API}/health/${path}`, { role: 'admin' });
    const ms = performance.now() - startedAt;
    expect({ path, status, isInTime: ms < LONGEST_ANSWER_MS || ms }).toEqual({ path, status: 200, isInTime: true });
    return body;
  }

  async function askUntil(path: string, holds: (body: AppAnswer['body']) => boolean): Promise<AppAnswer['body']> {
    let body: AppAnswer['body'];
    await until(
      async () => holds((body = await ask(path))),
      waitMs,
      () => JSON.stringify(body),
    );
    return body;
  }

  return { ask, askUntil };
}
