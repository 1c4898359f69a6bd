import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Whether tests can have a browser. */
export const hasChromium = existsSync(CHROMIUM) || explainAbsence();

function explainAbsence(): false {
  process.stderr.write(`There is no ${CHROMIUM} on this machine: tests in a browser are skipped.\n`);
  return false;
}

export async function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** A new page in a profile of its own, and what its console complains of. */
export async function openPage(browser: Browser): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  return { page, complaints };
}

/** Keeps what it looks like in the folder `SCREENSHOTS_DIR`, for somebody to look at; where none is named, nothing. */
export async function keepScreenshot(seen: Page | Locator, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS_DIR;
  if (folder) await seen.screenshot({ path: join(folder, `${name}.png`) });
}
