import type { Browser, Locator, Page, Response } from 'playwright-core';
import type { OpenApiDocument } from '../contract/operations.js';
import { API, startApp, type StartedApp } from '../support/app.js';
import { hasChromium, keepScreenshot, openBrowser, openPage } from '../support/browser.js';
import { inSoak } from '../support/soak.js';

const TIMEOUT_MS = 120_000;

/** One call of each group of the page, sent as the page offers it: nothing is filled in here. */
const CALLS: Readonly<Record<string, string>> = {
  Events: `POST ${API}/events`,
  Dashboard: `GET ${API}/dashboard/summary`,
  'System health': `GET ${API}/health/overview`,
  'ML pipelines': `GET ${API}/ml/3d`,
  Business: `GET ${API}/business/products`,
  Alerts: `GET ${API}/alerts/history`,
  'Alert configs': `POST ${API}/alerts/configs`,
  Silences: `POST ${API}/alerts/silences`,
  Notifications: `PUT ${API}/notifications/preferences/users/{user_id}`,
  Probes: 'GET /health/ready',
};

/** Of the others `npm run soak` sends one as well: the page takes some seconds for each. */
const IN_CI = ['Events', 'Business', 'Probes'];

(hasChromium ? describe : describe.skip)('Swagger UI', () => {
  let app: StartedApp;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  let document: OpenApiDocument;

  beforeAll(async () => {
    app = await startApp();
    document = (await app.request('/docs-json')).body as OpenApiDocument;
    browser = await openBrowser();
    ({ page, complaints } = await openPage(browser));
    await page.goto(`${app.url}/docs`);
  }, TIMEOUT_MS);

  afterAll(async () => {
    await browser.close();
    await app.stop();
  }, TIMEOUT_MS);

  it('shows every group of the document, with what it is for', async () => {
    const sections = page.locator('.opblock-tag-section');
    await sections.first().waitFor();
    await keepScreenshot(page, 'docs-overview');
    const shown = await sections.locator('.opblock-tag').allInnerTexts();
    expect(shown.map((text) => text.split('\n').filter(Boolean))).toEqual(
      document.tags.map(({ name, description }) => [name, description]),
    );
  });

  it(
    'authorises once, and answers a call of every group with what the page filled in',
    async () => {
      const token = await app.token();
      await authorise(page, token);
      expect(Object.keys(CALLS).sort()).toEqual(document.tags.map(({ name }) => name).sort());
      const calls = Object.entries(CALLS).filter(([tag]) => inSoak || IN_CI.includes(tag));
      for (const [tag, call] of calls) {
        const { response, status, body } = await execute(page, tag, call);
        expect({ call, status }).toEqual({ call, status: String(response.status()) });
        expect({ call, status }).toEqual({ call, status: expect.stringMatching(/^2\d\d$/) });
        expect(JSON.parse(body)).toEqual(await response.json());
        const sentToken = await response.request().headerValue('authorization');
        expect({ call, sentToken }).toEqual({ call, sentToken: tag === 'Probes' ? null : `Bearer ${token}` });
      }
      expect(complaints).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

async function authorise(page: Page, token: string): Promise<void> {
  await page.locator('button.authorize').first().click();
  await keepScreenshot(page, 'docs-authorise');
  await page.locator('.auth-container input').first().fill(token);
  await page.locator('.auth-btn-wrapper button.authorize').click();
  await page.locator('.auth-btn-wrapper button.btn-done').click();
}

/** Sends a call from its group, and reads the answer off the page. */
async function execute(
  page: Page,
  tag: string,
  call: string,
): Promise<{ response: Response; status: string; body: string }> {
  const [method = '', path = ''] = call.split(' ');
  const operation = operationOf(page, tag, call);
  await operation.locator('.opblock-summary-control').first().click();
  await operation.locator('button.try-out__btn').click();
  const [response] = await Promise.all([
    page.waitForResponse((one) => one.request().method() === method && isOf(one.url(), path)),
    operation.locator('button.execute').click(),
  ]);
  const answer = operation.locator('.live-responses-table tbody .response').first();
  await answer.waitFor();
  await keepScreenshot(operation, `docs-${tag.toLowerCase().replaceAll(' ', '-')}`);
  const status = await answer.locator('.response-col_status').innerText();
  const body = await answer.locator('.highlight-code code').first().innerText();
  await operation.locator('.opblock-summary-control').first().click();
  return { response, status: status.trim().split('\n')[0] ?? '', body };
}

function operationOf(page: Page, tag: string, call: string): Locator {
  const [method = '', path = ''] = call.split(' ');
  return page
    .locator('.opblock-tag-section', { has: page.locator(`[data-tag="${tag}"]`) })
    .locator(`.opblock-${method.toLowerCase()}`)
    .filter({ has: page.locator(`[data-path="${path}"]`) });
}

/** Whether the address is one of the path, whose parameters may have any value. */
function isOf(url: string, path: string): boolean {
  return new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`).test(new URL(url).pathname);
}
