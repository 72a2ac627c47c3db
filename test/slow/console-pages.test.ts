import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Response } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { talkative } from '../console/house/stories.ts';
import {
  buildAndBrowse,
  pictures,
  seriousProblems,
  sidewaysPixels,
  visit,
} from '../support/console-visit.ts';

const built = buildAndBrowse();

/** Every page, and every state of a card that looks different. */
const pages: Readonly<Record<string, string>> = {
  now: '/',
  ask: '/ask',
  requests: '/requests',
  'card-needs-you': '/r/150',
  'card-running': '/r/149',
  'card-question': '/r/148',
  'card-destructive': '/r/147',
  'card-no-rights': '/r/146',
  'card-failed': '/r/145',
  'card-refused': '/r/144',
  'card-answer': '/r/143',
  'card-done': '/r/142',
  'card-rejected': '/r/141',
  'card-unknown': '/r/139',
  'run-running': '/r/149/run/1',
  'run-failed': '/r/145/run/1',
  'run-long-log': '/r/140/run/1',
  machines: '/machines',
  machine: '/machines/n100',
  audit: '/audit',
  settings: '/settings',
  more: '/more',
  nowhere: '/nothing/here',
};

describe.each(['phone', 'desk'] as const)('on a %s', (size) => {
  describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
    test('every page stands, is accessible and never scrolls sideways', async () => {
      const { page, open, complaints } = await visit({ size, theme });
      for (const [name, path] of Object.entries(pages)) {
        await open(path);
        if (name.startsWith('run-')) await page.waitForSelector('.log-line', { state: 'attached' });
        await page.screenshot({ path: `${pictures}/${name}-${size}-${theme}.png` });
        expect(await seriousProblems(page), name).toEqual([]);
        expect(await sidewaysPixels(page), name).toBeLessThanOrEqual(0);
      }
      expect(complaints).toEqual([]);
    }, 240_000);
  });
});

describe('whoever is not signed in', () => {
  test.each([
    ['phone', 'light'],
    ['phone', 'dark'],
    ['desk', 'light'],
    ['desk', 'dark'],
  ] as const)('finds the one field that helps, on a %s in the %s theme', async (size, theme) => {
    const { page, context, house, complaints } = await visit({ size, theme });
    await context.clearCookies();
    await page.goto(house.address);
    await page.waitForSelector('.sign-in');
    await page.screenshot({ path: `${pictures}/sign-in-${size}-${theme}.png` });
    expect(await seriousProblems(page)).toEqual([]);
    await page.fill('#token', 'not-this-one');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.notice');
    expect(await page.textContent('.notice')).toContain('This token is not known here');
    await page.screenshot({ path: `${pictures}/sign-in-refused-${size}-${theme}.png` });
    expect(complaints).toEqual([]);
  });

  test('is told when Chiffon cannot answer, and goes on by itself when it can', async () => {
    const { page, house } = await visit();
    // A proxy in between speaks for a server that is away.
    await page.route('**/api/v1/me', (route) => route.fulfill({ status: 502, body: '<h1>Bad gateway</h1>' }));
    await page.goto(house.address);
    await page.waitForSelector('.sign-in .notice');
    expect(await page.textContent('.sign-in')).toMatch(/cannot answer now.*A proxy in between/s);
    await page.screenshot({ path: `${pictures}/starting-error-desk-light.png` });
    await page.unroute('**/api/v1/me');
    await page.waitForSelector('.shell main h1');
  });
});

test('at 320 pixels nothing is lost sideways', async () => {
  const { page, open } = await visit({ width: 320 });
  for (const [name, path] of Object.entries(pages)) {
    await open(path);
    expect(await sidewaysPixels(page), name).toBeLessThanOrEqual(0);
    await page.screenshot({ path: `${pictures}/${name}-320.png` });
  }
}, 120_000);

describe('by keyboard', () => {
  test('the first Tab offers to skip to the page, and every stop shows where it is', async () => {
    const { page, open } = await visit();
    await open('/requests');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent.trim()')).toBe('Skip to the page');
    for (let stop = 0; stop < 25; stop++) {
      // After the last stop of the page the browser's own controls come.
      if (stop > 15 && (await page.evaluate('document.activeElement === document.body'))) break;
      const visible = await page.evaluate(
        "(() => { const s = getComputedStyle(document.activeElement); const n = document.activeElement.nextElementSibling; return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2) || (n !== null && getComputedStyle(n).outlineStyle !== 'none') })()",
      );
      expect(
        visible,
        `stop ${stop}: ${await page.evaluate('document.activeElement.outerHTML.slice(0, 200)')}`,
      ).toBe(true);
      await page.keyboard.press('Tab');
    }
  });

  test('Ctrl+K asks from anywhere, ? shows the keys, Esc closes both', async () => {
    const { page, open } = await visit();
    await open('/machines');
    await page.keyboard.press('Control+k');
    await page.waitForSelector('dialog .ask-field:focus');
    await page.screenshot({ path: `${pictures}/ask-sheet-desk.png` });
    expect(await seriousProblems(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    await page.keyboard.press('?');
    await page.waitForSelector('dialog .keys');
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    await page.keyboard.press('g');
    await page.keyboard.press('a');
    await page.waitForURL(/\/audit$/);
  });
});

test('reduced motion keeps the ring still, and forced colours keep every shape', async () => {
  const { page, open } = await visit({ motion: 'reduce' });
  await open('/r/149');
  expect(
    await page.evaluate("getComputedStyle(document.querySelector('.card-state .turning')).animationName"),
  ).toBe('none');
  await page.emulateMedia({ forcedColors: 'active' });
  await open('/requests');
  await page.screenshot({ path: `${pictures}/forced-colours.png` });
  expect(await page.locator('.state .shape').count()).toBeGreaterThan(5);
});

test.each(['phone', 'desk'] as const)(
  'a third more text cuts no button and no state on a %s',
  async (size) => {
    const { page, open } = await visit({ size });
    for (const [name, path] of Object.entries(pages)) {
      await open(path);
      const cut = (await page.evaluate(`(() => {
      const walk = document.createTreeWalker(document.getElementById('console'), NodeFilter.SHOW_TEXT);
      for (let node = walk.nextNode(); node; node = walk.nextNode())
        if (!node.parentElement.closest('code, pre, .log-box')) node.data = node.data.replace(/[aeiou]/g, '$&$&');
      return [...document.querySelectorAll('button, a, .state, h1, h2, label')]
        .filter((one) => one.offsetParent !== null && !one.closest('.unseen, .skip-link, .log-box'))
        .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline')
        .map((one) => one.textContent);
    })()`)) as string[];
      expect(cut, name).toEqual([]);
      expect(await sidewaysPixels(page), name).toBeLessThanOrEqual(0);
    }
  },
  120_000,
);

test('everybody reads the moment of a run in their own zone, with the zone in its title', async () => {
  const stories = [talkative(140, 10)];
  const read = async (zone: string): Promise<[string, string]> => {
    const { page, open } = await visit({ stories, zone });
    await open('/r/140/run/1');
    const time = page.locator('.run-head time').first();
    return [(await time.textContent()) ?? '', (await time.getAttribute('title')) ?? ''];
  };
  const [berlin, berlinTitle] = await read('Europe/Berlin');
  const [newYork, newYorkTitle] = await read('America/New_York');
  const hour = (clock: string): number => Number(clock.slice(0, 2));
  expect((hour(berlin) - hour(newYork) + 24) % 24).toBe(6);
  expect(berlinTitle).toMatch(/CES?T$/);
  expect(newYorkTitle).toMatch(/(GMT-[45]|E[SD]T)$/);
}, 60_000);

test('the first screen asks for nothing that it does not show, in at most 30 kB of JSON', async () => {
  const { page: earlier, context, house } = await visit();
  const page = await context.newPage();
  await earlier.close();
  const asked = new Set<string>();
  const bodies: Promise<Buffer>[] = [];
  const note = (response: Response): void => {
    const { pathname } = new URL(response.url());
    if (!pathname.startsWith('/api/v1/') || pathname === '/api/v1/events') return;
    asked.add(pathname);
    bodies.push(response.body());
  };
  page.on('response', note);
  await page.goto(`${house.address}/`);
  await page.waitForSelector('.row');
  await page.waitForSelector('[aria-busy=true]', { state: 'detached' });
  page.off('response', note);
  expect([...asked].toSorted()).toEqual(['/api/v1/me', '/api/v1/now']);
  const bytes = (await Promise.all(bodies)).reduce((sum, body) => sum + body.length, 0);
  expect(bytes).toBeLessThanOrEqual(30 * 1024);
  expect(bytes).toBeGreaterThan(1024);
});

test('the first load stays within 70 kB of JavaScript and 10 kB of CSS, packed', () => {
  const folder = join(built.folder(), 'assets/');
  const packed = (ending: string) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(ending))
      .reduce((sum, name) => sum + gzipSync(readFileSync(folder + name)).length, 0);
  expect(packed('.js')).toBeLessThanOrEqual(70 * 1024);
  expect(packed('.css')).toBeLessThanOrEqual(10 * 1024);
});
