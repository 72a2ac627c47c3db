import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, onTestFinished, vi } from 'vitest';
import { launchBrowser } from './browser.ts';
import { type FixtureHouse, type FixtureOptions, startFixtureHouse } from './console-fixtures.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Where pictures of the console go; git ignores it. */
export const pictures = join(root, 'test/screenshots');

/** The two screens everything is looked at on. */
export const sizes = { phone: { width: 390, height: 844 }, desk: { width: 1440, height: 900 } } as const;
export type Size = keyof typeof sizes;
export type Theme = 'light' | 'dark';

let browser: Browser;
let consoleFolder: string;

/** Builds the console into a folder of its own and starts a browser, for all tests of a file. Call once. */
export function buildAndBrowse(): { readonly folder: () => string } {
  beforeAll(async () => {
    consoleFolder = await mkdtemp(join(tmpdir(), 'chiffon-console-'));
    // Under the test runner Vite would build for tests; what is looked at here is what people get.
    vi.stubEnv('NODE_ENV', 'production');
    await build({
      configFile: join(root, 'vite.config.ts'),
      logLevel: 'error',
      build: { outDir: consoleFolder, emptyOutDir: true },
    });
    vi.unstubAllEnvs();
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await rm(consoleFolder, { recursive: true, force: true });
  });
  return { folder: () => consoleFolder };
}

/** Somebody who has signed in to a fixture house. */
export interface Visit {
  readonly house: FixtureHouse;
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the browser complained about: errors of the page and of its security policy, requests to elsewhere. */
  readonly complaints: string[];
  /** Goes to a page and waits until it has loaded what it shows. */
  open(path: string): Promise<void>;
}

export type VisitOptions = FixtureOptions & {
  readonly size?: Size;
  /** Another width than that of a size, in CSS pixels. */
  readonly width?: number;
  readonly theme?: Theme;
  readonly motion?: 'reduce';
  /** An IANA zone; Berlin by default. */
  readonly zone?: string;
};

/** Signs in to a fixture house of its own; everything is closed when the test ends. */
export async function visit(options: VisitOptions = {}): Promise<Visit> {
  const house = await startFixtureHouse({ pace: 15, consoleFolder, ...options });
  const { size = 'desk', theme = 'light' } = options;
  const context = await browser.newContext({
    viewport: options.width === undefined ? sizes[size] : { width: options.width, height: 700 },
    colorScheme: theme,
    hasTouch: size === 'phone',
    locale: 'en-GB',
    timezoneId: options.zone ?? 'Europe/Berlin',
    reducedMotion: options.motion ?? 'no-preference',
  });
  onTestFinished(async () => {
    await context.close();
    await house.close();
  });
  const complaints: string[] = [];
  context.on('weberror', (error) => complaints.push(error.error().message));
  context.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  context.on('request', (request) => {
    if (!request.url().startsWith(house.address) && !request.url().startsWith('blob:'))
      complaints.push(request.url());
  });
  const page = await context.newPage();
  const open = async (path: string) => {
    await page.goto(house.address + path);
    await page.waitForSelector('main h1');
    await page.waitForSelector('main [aria-busy=true]', { state: 'detached' });
  };
  await page.goto(`${house.address}/sign-in#${house.token}`);
  await page.waitForSelector('.shell main h1');
  return { house, page, context, complaints, open };
}

/** What axe finds that would keep somebody out, one line a rule. */
export async function seriousProblems(page: Page): Promise<string[]> {
  // The page's security policy forbids a script element; the debugger's own evaluation is not bound by it.
  await page.evaluate(axe.source);
  return (await page.evaluate(
    "axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations.filter((v) => v.impact === 'serious' || v.impact === 'critical').map((v) => v.id + ': ' + v.nodes.map((n) => n.target.join(' ') + ' ' + (n.any[0]?.message ?? '')).join(' | ')))",
  )) as string[];
}

/**
 * Waits until an expression is true in the page. Playwright's own way of waiting evaluates text in the page while it
 * polls, which the page's security policy forbids: it works only when the expression is true at the first look.
 */
export async function until(page: Page, expression: string): Promise<void> {
  await expect.poll(() => page.evaluate(expression), { timeout: 15_000 }).toBe(true);
}

/** How many pixels the page could be scrolled sideways. */
export async function sidewaysPixels(page: Page): Promise<number> {
  return (await page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  )) as number;
}
