import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { type ChiffonProcess, startChiffonProcess, temporaryDirectory } from '../support/chiffon-process.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pictures = join(root, 'test/screenshots');

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let chiffon: ChiffonProcess;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  await promisify(execFile)(process.execPath, ['tools/ensure-console.ts'], { cwd: root });
  await mkdir(pictures, { recursive: true });
  directory = await temporaryDirectory();
  chiffon = await startChiffonProcess({ directory: join(directory.path, 'data') });
  browser = await launchBrowser();
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
  });
  page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await chiffon?.stop();
  await directory?.remove();
}, 60_000);

const picture = (name: string) =>
  page.screenshot({ path: join(pictures, `road-${name}.png`), fullPage: true });

test('from the printed address to an approved run without leaving the page, on the real server', async () => {
  await page.goto(`${chiffon.url}/sign-in#${chiffon.token}`);
  const box = page.getByRole('textbox').first();
  await box.waitFor();
  expect(page.url()).not.toContain(chiffon.token);
  await picture('1-now');
  await box.fill('restart demo-web');
  await box.press('Enter');
  const approve = page.getByRole('button', { name: 'Approve and run' });
  await approve.waitFor();
  expect(page.url()).toMatch(/\/r\/1$/);
  expect(await page.getByText('service.sh restart').count()).toBeGreaterThan(0);
  await picture('2-card');
  await approve.click();
  await page.getByText('Done', { exact: true }).first().waitFor();
  await picture('3-done');
  expect(await page.getByRole('button', { name: 'Approve and run' }).count()).toBe(0);
}, 60_000);

test('a destructive plan is approved by typing its code, and a stopped server greys the page until it is back', async () => {
  await page.goto(`${chiffon.url}/`);
  const box = page.getByRole('textbox').first();
  await box.fill('remove demo-web');
  await box.press('Enter');
  const approve = page.getByRole('button', { name: 'Approve and delete' });
  await approve.waitFor();
  const answer = await fetch(new URL('/api/v1/plans/P-2', chiffon.url), {
    headers: { authorization: `Bearer ${chiffon.token}` },
  });
  const { confirmCode } = (await answer.json()) as { confirmCode: string };
  await picture('4-destructive');
  await page.getByRole('textbox', { name: /to approve/ }).fill(confirmCode);
  await approve.click();
  await page.getByText('Done', { exact: true }).first().waitFor({ timeout: 60_000 });
  await picture('5-removed');
  expect(complaints).toEqual([]);

  await chiffon.stop();
  await page.getByText(/No connection to Chiffon since/).waitFor({ timeout: 30_000 });
  await picture('6-offline');
}, 120_000);
