import type { Browser, Page } from 'playwright-core';
import pg from 'pg';
import { startApp, type StartedApp } from '../support/app.js';
import { until } from '../support/app-process.js';
import { hasChromium, keepScreenshot, openBrowser, openPage } from '../support/browser.js';
import { hasRedis, openTestRedis, type TestRedis } from '../support/redis.js';
import { inSoak } from '../support/soak.js';

const BOARD = '/admin/queues';
const JOBS = `${BOARD}/api/queues/rollups`;
const TIMEOUT_MS = 90_000;
/** What a job needs that is made to fail, under another name meanwhile. */
const TABLE = 'rollup_invalidations';
const AS_ADMIN = { role: 'admin' };

let app: StartedApp;
const form = (token: string): string => new URLSearchParams({ token }).toString();
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** Signs in as a browser would, and answers with the cookie. */
async function cookieFor(token: string): Promise<string> {
  const answer = await signIn(token, { 'sec-fetch-site': 'same-origin' });
  return answer.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
}

async function signIn(token: string, headers: Record<string, string> = {}): Promise<Response> {
  const body = form(token);
  return fetch(`${app.url}${BOARD}/session`, {
    method: 'POST',
    redirect: 'manual',
    headers: { ...FORM, ...headers },
    body,
  });
}

describe('the board', () => {
  beforeAll(async () => (app = await startApp({ env: { REDIS_URL: '' } })), TIMEOUT_MS);
  afterAll(() => app.stop(), TIMEOUT_MS);

  it.each([BOARD, `${BOARD}/`, `${BOARD}/queue/rollups`, `${BOARD}/api/queues`, `${BOARD}/static/favicon.ico`])(
    'refuses strangers at %s: a script with a problem, a browser with the form to sign in',
    async (path) => {
      const script = await app.request(path);
      expect([script.status, script.body.type]).toEqual([401, 'urn:problem-type:unauthenticated']);
      const browser = await app.request(path, { headers: { accept: 'text/html' } });
      expect([browser.status, browser.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="analytics"']);
      expect(browser.text).toContain('<form method="post" action="/admin/queues/session">');
    },
  );

  it.each(['business_viewer', 'service'])('refuses the role %s, by header and by form', async (role) => {
    expect((await app.request(BOARD, { role })).status).toBe(403);
    const answer = await signIn(await app.token([role]));
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([403, null]);
    expect(await answer.text()).toContain('for admins');
  });

  it('lets a script in by its bearer header', async () => {
    const { status, body } = await app.request(`${BOARD}/api/queues`, AS_ADMIN);
    expect(status).toBe(200);
    expect(body.queues.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['maintenance', 'rollups']),
    );
  });

  it('gives a browser a short-lived cookie that only the board sees', async () => {
    const answer = await signIn(await app.token());
    expect([answer.status, answer.headers.get('location')]).toEqual([303, BOARD]);
    expect(answer.headers.get('set-cookie')).toMatch(
      /^analytics_queue_board=[^;]+; Max-Age=3600; Path=\/admin\/queues; HttpOnly; SameSite=Strict$/,
    );
    const cookie = await cookieFor(await app.token());
    expect((await app.request(BOARD, { headers: { cookie } })).status).toBe(200);
    expect((await app.request('/api/v1/analytics/events', { headers: { cookie } })).status).toBe(401);
    const out = await fetch(`${app.url}${BOARD}/sign-out`, { headers: { cookie }, redirect: 'manual' });
    expect(out.headers.get('set-cookie')).toMatch(/^analytics_queue_board=; .*Expires=Thu, 01 Jan 1970/);
  });

  it('ends the session when its token does not hold any more', async () => {
    const cookie = `${await cookieFor(await app.token())}x`;
    expect((await app.request(`${BOARD}/api/queues`, { headers: { cookie } })).status).toBe(401);
  });

  it.each(['', 'x', 'x'.repeat(5_000)])('takes no form with a token that is none', async (token) => {
    const answer = await signIn(token);
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([token === 'x' ? 401 : 400, null]);
    expect(await answer.text()).toContain('role="alert"');
  });

  it('does nothing that a page of another site sends, cookie or not', async () => {
    const cookie = await cookieFor(await app.token());
    const pause = (headers: Record<string, string>) =>
      app.request(`${JOBS}/pause`, { method: 'PUT', headers: { cookie, ...headers } });
    const elsewhere = [['origin', 'https://evil.example'] as const, ['sec-fetch-site', 'same-site'] as const];
    for (const [name, value] of elsewhere) {
      const headers = { [name]: value };
      expect((await pause(headers)).status).toBe(403);
      expect((await signIn(await app.token(), headers)).status).toBe(403);
    }
    const { queues } = (await app.request(`${BOARD}/api/queues`, AS_ADMIN)).body;
    expect(queues.find((queue: { name: string }) => queue.name === 'rollups').isPaused).toBe(false);
  });

  it('tells nothing of the inside when something is wrong', async () => {
    const answer = await app.request(`${JOBS}/add`, {
      ...AS_ADMIN,
      json: { name: 'x', options: { jobId: 'a:b:c:d' } },
    });
    expect([answer.status, answer.text]).toEqual([
      expect.any(Number),
      expect.not.stringMatching(/node_modules|at .*\.js/),
    ]);
    expect(
      (await app.request(`${JOBS}/add`, { ...AS_ADMIN, body: '{', headers: { 'content-type': 'application/json' } }))
        .status,
    ).toBe(400);
  });
});

describe.each([['PostgreSQL', true] as const, ...(inSoak ? [['Redis', hasRedis] as const] : [])])(
  'the board on %s',
  (name, available) => {
    const it = available ? global.it : global.it.skip;
    let redis: TestRedis | undefined;
    let browser: Browser | undefined;
    let database: pg.Client;

    beforeAll(async () => {
      if (!available) return;
      if (name === 'Redis') redis = await openTestRedis();
      app = await startApp({ env: { REDIS_URL: redis?.url ?? '' } });
      if (hasChromium) browser = await openBrowser();
      database = new pg.Client({ connectionString: await app.databaseUrl() });
      await database.connect();
    }, TIMEOUT_MS);

    afterAll(async () => {
      await browser?.close();
      await database?.end();
      if (available) await app.stop();
      await redis?.stop();
    }, TIMEOUT_MS);

    /** A job that failed because a table was not there, which it is again. */
    async function failedJob(): Promise<string> {
      await database.query(`ALTER TABLE ${TABLE} RENAME TO ${TABLE}_away`);
      const json = { name: 'roll-up', data: { payload: {} }, options: { attempts: 1 } };
      const added = await app.request(`${JOBS}/add`, { ...AS_ADMIN, json });
      const id: string = added.body.job.id;
      await until(async () => (await statusOf(id)) === 'failed', 20_000);
      await database.query(`ALTER TABLE ${TABLE}_away RENAME TO ${TABLE}`);
      return id;
    }

    async function statusOf(id: string): Promise<string> {
      return (await app.request(`${JOBS}/${id}`, AS_ADMIN)).body.status;
    }

    it(
      'retries a failed job for a script',
      async () => {
        const id = await failedJob();
        expect((await app.request(`${JOBS}/${id}/retry`, { ...AS_ADMIN, method: 'PUT' })).status).toBe(204);
        await until(async () => (await statusOf(id)) === 'completed', 20_000);
      },
      TIMEOUT_MS,
    );

    (hasChromium ? it : it.skip)(
      'refuses strangers in a browser, lets an admin sign in, shows the queues, and retries a failed job',
      async () => {
        const id = await failedJob();
        const { page, complaints } = await openPage(browser as Browser);
        const foreign: string[] = [];
        page.on('request', (request) => request.url().startsWith(app.url) || foreign.push(request.url()));
        await page.goto(`${app.url}${BOARD}`);
        await keepScreenshot(page, 'board-sign-in');
        await signInAt(page, await app.token(['business_viewer']));
        expect(await page.getByRole('alert').innerText()).toContain('for admins');
        await keepScreenshot(page, 'board-refused');
        await signInAt(page, await app.token());
        for (const queue of ['maintenance', 'rollups']) await page.locator(`a:has-text("${queue}")`).first().waitFor();
        await keepScreenshot(page, 'board-queues');

        await page.goto(`${app.url}${BOARD}/queue/rollups/${id}`);
        await retryIn(page);
        await until(async () => (await statusOf(id)) === 'completed', 20_000);
        await page.getByText('Finished at').waitFor();
        await keepScreenshot(page, 'board-retried');

        expect(foreign).toEqual([]);
        // The answers that brought the form.
        expect(complaints).toEqual([expect.stringContaining('401'), expect.stringContaining('403')]);
      },
      TIMEOUT_MS,
    );
  },
);

async function signInAt(page: Page, token: string): Promise<void> {
  await page.fill('#token', token);
  await page.click('button[type=submit]');
}

async function retryIn(page: Page): Promise<void> {
  await page.getByText('Failed at').waitFor();
  await keepScreenshot(page, 'board-failed-job');
  await page.locator('main button').first().click();
  const dialog = page.getByRole('alertdialog').or(page.getByRole('dialog'));
  await dialog.getByRole('button', { name: 'Confirm' }).click();
  await dialog.waitFor({ state: 'detached' });
}
