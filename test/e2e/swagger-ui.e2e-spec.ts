import type { Browser, Page } from 'playwright-core';
import { startApp, type StartedApp } from '../support/app.js';
import { hasChromium, openBrowser, openPage } from '../support/browser.js';

const START_TIMEOUT_MS = 90_000;
const BATCH = { events: [{ event_type: 'error', name: 'Timeout', message: 'The supplier did not answer.' }] };

(hasChromium ? describe : describe.skip)('Swagger UI', () => {
  let app: StartedApp;
  let browser: Browser;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    app = await startApp();
    browser = await openBrowser();
    ({ page, complaints } = await openPage(browser));
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await browser.close();
    await app.stop();
  }, START_TIMEOUT_MS);

  it(
    'authorises with a token and sends events from a browser',
    async () => {
      await page.goto(`${app.url}/docs`);
      await page.locator('button.authorize').first().click();
      await page
        .locator('.auth-container input')
        .first()
        .fill(await app.token(['service']));
      await page.locator('.auth-btn-wrapper button.authorize').click();
      await page.locator('.auth-btn-wrapper button.btn-done').click();

      const operation = page
        .locator('.opblock-post')
        .filter({ has: page.locator('[data-path="/api/v1/analytics/events"]') });
      await operation.locator('.opblock-summary-control').first().click();
      await operation.locator('button.try-out__btn').click();
      await operation.locator('textarea.body-param__text').fill(JSON.stringify(BATCH));
      await operation.locator('button.execute').click();
      const answer = operation.locator('.live-responses-table');
      await answer.waitFor();

      expect(await answer.locator('.response-col_status').last().innerText()).toContain('202');
      expect(await answer.innerText()).toContain('"accepted": 1');
      expect(complaints).toEqual([]);
    },
    START_TIMEOUT_MS,
  );
});
