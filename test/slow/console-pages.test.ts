import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import axe from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { needsYou, talkative } from '../console/house/stories.ts';
import { launchBrowser } from '../support/browser.ts';
import { type FixtureHouse, type FixtureOptions, startFixtureHouse } from '../support/console-fixtures.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sizes = { phone: { width: 390, height: 844 }, desk: { width: 1440, height: 900 } } as const;
type Size = keyof typeof sizes;
type Theme = 'light' | 'dark';

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

let browser: Browser;

beforeAll(async () => {
  // Under the test runner Vite would build for tests; what is looked at here is what people get.
  vi.stubEnv('NODE_ENV', 'production');
  await build({ configFile: `${root}vite.config.ts`, logLevel: 'error' });
  vi.unstubAllEnvs();
  browser = await launchBrowser();
});
afterAll(async () => browser?.close());

interface Visit {
  readonly house: FixtureHouse;
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the browser complained about: errors of the page and of its security policy. */
  readonly complaints: string[];
  open(path: string): Promise<void>;
}

/** Signs in to a fixture house of its own; everything is closed when the test ends. */
async function visit(
  options: FixtureOptions & { size?: Size; width?: number; theme?: Theme; motion?: 'reduce' } = {},
): Promise<Visit> {
  const house = await startFixtureHouse({ pace: 15, ...options });
  const { size = 'desk', theme = 'light' } = options;
  const context = await browser.newContext({
    viewport: options.width === undefined ? sizes[size] : { width: options.width, height: 700 },
    colorScheme: theme,
    hasTouch: size === 'phone',
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    reducedMotion: options.motion ?? 'no-preference',
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(house.address) && !request.url().startsWith('blob:'))
      complaints.push(request.url());
  });
  onTestFinished(async () => {
    await context.close();
    await house.close();
  });
  const open = async (path: string) => {
    await page.goto(house.address + path);
    await page.waitForSelector('main h1');
    await page.waitForSelector('.skeleton', { state: 'detached' });
  };
  await page.goto(`${house.address}/sign-in#${house.token}`);
  await page.waitForSelector('.shell main h1');
  return { house, page, context, complaints, open };
}

async function seriousProblems(page: Page): Promise<string[]> {
  // The page's security policy forbids a script element; the debugger's own evaluation is not bound by it.
  await page.evaluate(axe.source);
  const found = (await page.evaluate(
    "axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations.filter((v) => v.impact === 'serious' || v.impact === 'critical').map((v) => v.id + ': ' + v.nodes.map((n) => n.target.join(' ') + ' ' + (n.any[0]?.message ?? '')).join(' | ')))",
  )) as string[];
  return found;
}

/** Waits until an expression is true in the page. The page's security policy forbids playwright's own way of waiting. */
async function until(page: Page, expression: string): Promise<void> {
  await expect.poll(() => page.evaluate(expression), { timeout: 15_000 }).toBe(true);
}

async function sidewaysPixels(page: Page): Promise<number> {
  return (await page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  )) as number;
}

describe.each(['phone', 'desk'] as const)('on a %s', (size) => {
  describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
    test('every page stands, is accessible and never scrolls sideways', async () => {
      const { page, open, complaints } = await visit({ size, theme });
      for (const [name, path] of Object.entries(pages)) {
        await open(path);
        if (name.startsWith('run-')) await page.waitForSelector('.log-line', { state: 'attached' });
        await page.screenshot({ path: `${root}test/screenshots/${name}-${size}-${theme}.png` });
        expect(await seriousProblems(page), name).toEqual([]);
        expect(await sidewaysPixels(page), name).toBeLessThanOrEqual(0);
      }
      expect(complaints).toEqual([]);
    }, 240_000);
  });
});

test('at 320 pixels nothing is lost sideways', async () => {
  const { page, open } = await visit({ width: 320 });
  for (const [name, path] of Object.entries(pages)) {
    await open(path);
    expect(await sidewaysPixels(page), name).toBeLessThanOrEqual(0);
    await page.screenshot({ path: `${root}test/screenshots/${name}-320.png` });
  }
}, 120_000);

test('an empty house, a slow one and a broken one each say what to do next', async () => {
  const empty = await visit({ stories: [], machines: false });
  await empty.open('/');
  for (const path of ['/', '/requests', '/machines', '/audit']) {
    await empty.open(path);
    await empty.page.waitForSelector(path === '/' ? 'text=Nothing needs you' : '.empty');
    await empty.page.screenshot({ path: `${root}test/screenshots/empty${path.replace('/', '-')}.png` });
  }
  const broken = await visit({ broken: ['/requests', '/settings', '/machines'] });
  await broken.open('/requests');
  const words = await broken.page.textContent('.notice');
  expect(words).toContain('E-7Q2M4');
  expect(words).toContain('Try again');
  await broken.page.screenshot({ path: `${root}test/screenshots/error-requests.png` });

  const slow = await visit({ delay: 2000 });
  await slow.page.goto(`${slow.house.address}/requests`);
  await slow.page.waitForSelector('.skeleton');
  await slow.page.screenshot({ path: `${root}test/screenshots/loading-requests.png` });
  await slow.page.waitForSelector('.row');
}, 60_000);

describe('the road of a newcomer', () => {
  test('from words to a finished service, by keyboard alone', async () => {
    const { page, house, complaints } = await visit({ stories: [], pace: 250, rehearses: false });
    await page.waitForSelector('.ask-field:focus');
    await page.keyboard.type('restart demo-web');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/r\/101$/);
    await page.waitForSelector('.card[data-state=drafting] .skeleton-card');
    const story = house.script.find(101);
    if (story) house.script.propose(story);
    await page.waitForSelector('.card[data-state=needs_you]');
    await until(page, "document.title === '(1) Chiffon'");
    // The key only moves the focus, so it may be pressed until the page listens.
    const focused = async (): Promise<unknown> => {
      await page.keyboard.press('a');
      return page.evaluate('document.activeElement.textContent');
    };
    await expect.poll(focused, { timeout: 10_000 }).toBe('Approve and run');
    expect(house.script.find(101)?.detail.card.state).toBe('needs_you');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.tail-line');
    await page.waitForSelector('.card[data-state=done]');
    expect(await page.getAttribute('.action-open', 'href')).toBe('http://192.168.1.20:8080/');
    expect(await page.textContent('.decisions')).toContain('Approved by Anna on the console');
    await until(page, "document.title === 'Chiffon'");
    expect(complaints).toEqual([]);
  });

  test('words that name nothing get a sentence and better words', async () => {
    const { page } = await visit();
    await page.fill('.ask-field', 'qwertz');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.notice');
    expect(await page.textContent('.notice')).toContain('named no service and no command');
    expect(await page.inputValue('.ask-field')).toBe('qwertz');
  });

  test('changes asked for bring the next revision with only its delta', async () => {
    const { page, open } = await visit({ stories: [needsYou(150)] });
    await open('/r/150');
    await page.click('[data-kind=changes]');
    await page.keyboard.type('use port 3002');
    await page.click('text=Send the changes');
    await page.waitForSelector('.delta');
    expect(await page.textContent('.delta')).toContain('use port 3002');
    expect(await page.textContent('.card-ids')).toContain('rev 2');
  });
});

describe('a decision', () => {
  test('on a card that was replaced meanwhile cannot be taken by accident', async () => {
    const { page, open, house } = await visit();
    await open('/r/150');
    await page.waitForSelector('[data-kind=approve]');
    const story = house.script.find(150);
    if (story) house.script.propose(story, ['the port: 3001 → 3002']);
    await page.waitForSelector('text=Replaced by revision 2');
    expect(await page.locator('[data-kind=approve]').count()).toBe(0);
    expect(await page.textContent('.card-ids')).toContain('rev 1');
    await page.screenshot({ path: `${root}test/screenshots/card-stale.png` });
    await page.click('text=Show revision 2');
    await page.waitForSelector('[data-kind=approve]');
    expect(await page.textContent('.delta')).toContain('3002');
  });

  test('to destroy something takes its code, and a wrong one gets a sentence', async () => {
    const { page, open, house } = await visit();
    await open('/r/147');
    const approve = page.locator('[data-kind=approve]');
    expect(await approve.getAttribute('aria-disabled')).toBe('true');
    await approve.click({ force: true });
    expect(house.script.find(147)?.detail.card.state).toBe('needs_you');
    await page.fill('#confirm-code', 'aaaaaa');
    expect(await approve.getAttribute('aria-disabled')).toBeNull();
    await approve.click();
    await page.waitForSelector('.notice');
    expect(await page.textContent('.actions .notice')).toContain('The code does not belong');
    await page.fill('#confirm-code', 'k7f3qa');
    await approve.click();
    await page.waitForSelector('.card[data-state=running]');
  });

  test('about a step nobody knows the end of is a verdict', async () => {
    const { page, open } = await visit();
    await open('/r/139');
    await page.click('text=It did finish');
    await page.waitForSelector('.card[data-state=done]');
  });

  test('that somebody else has taken is one quiet sentence', async () => {
    const { page, open, house } = await visit();
    await open('/r/150');
    const story = house.script.find(150);
    if (story) Object.assign(story.detail.card, { state: 'rejected', stateWord: 'Rejected by Ben' });
    await page.click('[data-kind=approve]');
    await page.waitForSelector('.notice');
    expect(await page.textContent('.notice')).toContain('already decided: Rejected by Ben');
  });

  test('that the reader may not take is drawn with the reason', async () => {
    const { page, open } = await visit();
    await open('/r/146');
    expect(await page.getAttribute('[data-kind=approve]', 'aria-disabled')).toBe('true');
    expect(await page.textContent('.actions')).toContain('Anna or Carl can approve it');
  });

  test('keeps Reject apart from Approve, and both large enough for a thumb', async () => {
    for (const size of ['phone', 'desk'] as const) {
      const { page, open } = await visit({ size });
      await open('/r/150');
      const boxes = await page.locator('.action-row .button').evaluateAll((buttons) =>
        buttons.map((button) => {
          const { x, width, height } = button.getBoundingClientRect();
          return { kind: button.getAttribute('data-kind'), x, width, height };
        }),
      );
      expect(boxes.map((box) => box.kind)).toEqual(['approve', 'changes', 'reject']);
      for (const box of boxes) expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(44);
      const [approve, changes, reject] = boxes;
      if (!approve || !changes || !reject) throw new Error('a button is missing');
      expect(changes.x - (approve.x + approve.width)).toBeGreaterThanOrEqual(8);
      expect(reject.x - (changes.x + changes.width)).toBeGreaterThanOrEqual(8);
    }
  });
});

test('a lost connection greys the page, says since when, gives the reason on buttons, and heals by itself', async () => {
  const { page, open, house } = await visit();
  await open('/r/150');
  house.goAway();
  await page.waitForSelector('.lost-strip');
  expect(await page.textContent('.lost-strip')).toMatch(
    /No connection to Chiffon since \d\d:\d\d\. Showing what was known then\./,
  );
  expect(await page.getAttribute('[data-kind=approve]', 'aria-disabled')).toBe('true');
  expect(await page.textContent('.actions')).toContain('Not possible without a connection');
  await page.screenshot({ path: `${root}test/screenshots/offline.png` });
  const story = house.script.find(150);
  if (story)
    Object.assign(story.detail.card, { state: 'rejected', stateWord: 'Rejected by Ben', actions: [] });
  house.comeBack();
  await page.waitForSelector('.lost-strip', { state: 'detached' });
  await page.waitForSelector('.card[data-state=rejected]');
}, 40_000);

describe('a log', () => {
  test('of ten thousand lines is whole, is found in, and scrolls in its own box', async () => {
    const { page, open } = await visit({ stories: [talkative(140, 10_000)] });
    await open('/r/140/run/1');
    await until(page, "document.querySelectorAll('.log-line').length === 10000");
    expect(await page.textContent('.log-text')).toContain('IMG_00001');
    await page.keyboard.press('/');
    await page.keyboard.type('img_05000');
    await page.waitForSelector('.log-found');
    expect(await page.textContent('.log-find [role=status]')).toBe('1 of 1');
    expect(await page.textContent('.log-found')).toContain('IMG_05000');
    expect(await page.evaluate('scrollY')).toBe(0);
    await page.keyboard.press('Escape');
    expect(await page.locator('.log-find').count()).toBe(0);
  });

  test('above twenty thousand lines keeps its start and end, and gives back what lies between', async () => {
    const { page, open } = await visit({ stories: [talkative(140, 26_000)] });
    await open('/r/140/run/1');
    await page.waitForSelector('.log-count:has-text("26,000 lines")');
    await page.waitForSelector('.log-gap');
    expect(await page.locator('.log-line').count()).toBeLessThanOrEqual(20_000);
    const shown = (await page.textContent('.log-gap')) ?? '';
    const hidden = Number(shown.replace(/\D/g, ''));
    expect((await page.locator('.log-line').count()) + hidden).toBe(26_000);
    await page.click('.log-gap');
    await until(page, "document.querySelectorAll('.log-line').length === 26000");
    const numbers = (await page.evaluate(
      "[...document.querySelectorAll('.log-n')].map((n) => Number(n.dataset.n)).every((n, i) => n === i + 1)",
    )) as boolean;
    expect(numbers).toBe(true);
  }, 60_000);

  test('opened in the middle of a run has its first line, and follows until the reader scrolls up', async () => {
    const { page, open } = await visit({ pace: 5 });
    await open('/r/149/run/1');
    await until(page, "document.querySelectorAll('.log-group').length === 4");
    expect(await page.textContent('.log-text')).toContain('Creating snapshot');
    expect(await page.locator('.log-pill').count()).toBe(0);
    await until(
      page,
      "(() => { const b = document.querySelector('.log-box'); return b.scrollHeight > b.clientHeight + 200 && b.scrollHeight - b.scrollTop - b.clientHeight < 40 })()",
    );
    await page.hover('.log-box');
    await page.mouse.wheel(0, -150);
    await page.waitForSelector('.log-pill');
    const before = (await page.evaluate("document.querySelector('.log-box').scrollTop")) as number;
    await until(page, "/\\d+ new lines/.test(document.querySelector('.log-pill').textContent)");
    expect(await page.evaluate("document.querySelector('.log-box').scrollTop")).toBeLessThanOrEqual(before);
    await page.screenshot({ path: `${root}test/screenshots/log-pill.png` });
    await page.click('.log-pill');
    await page.waitForSelector('.log-pill', { state: 'detached' });
  });

  test('shows a progress bar once, and output of stderr with a word', async () => {
    const { page, open } = await visit();
    await open('/r/149/run/1');
    await until(page, "document.querySelectorAll('.log-group').length >= 4");
    const pull = page.locator('.log-group', { hasText: 'Pull jellyfin' });
    expect(await pull.locator('.log-line').count()).toBe(2);
    expect(await pull.locator('.log-line').first().textContent()).toContain('100 %');
    const word = await page.evaluate(
      "getComputedStyle(document.querySelector('.log-err .log-text'), '::before').content",
    );
    expect(word).toContain('err');
  });

  test('of a failed run opens with the reason, the failed step open and the others folded', async () => {
    const { page, open } = await visit();
    await open('/r/145/run/1');
    await page.waitForSelector('.why .why-lines');
    expect(await page.textContent('.why')).toContain('The port is taken');
    const heads = await page
      .locator('.log-head')
      .evaluateAll((all) => all.map((head) => [head.textContent, head.getAttribute('aria-expanded')]));
    expect(heads.filter(([, open]) => open === 'true').map(([words]) => words)).toEqual([
      expect.stringContaining('try 1 of 2'),
      expect.stringContaining('try 2 of 2'),
    ]);
    expect(heads).toHaveLength(4);
  });

  test('linked to by lines opens there, marks them and does not follow', async () => {
    const { page, open } = await visit({ stories: [talkative(140, 10_000)] });
    await open('/r/140/run/1#t1:L5118-L5121');
    await page.waitForSelector('.log-linked');
    expect(await page.locator('.log-linked').count()).toBe(4);
    expect(await page.locator('.log-linked').first().isVisible()).toBe(true);
    await page.screenshot({ path: `${root}test/screenshots/log-linked.png` });
    await page.locator('.log-linked .log-n').first().click();
    expect(new URL(page.url()).hash).toBe('#t1:L5118');
  });
});

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
    await page.screenshot({ path: `${root}test/screenshots/ask-sheet-desk.png` });
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
  await page.screenshot({ path: `${root}test/screenshots/forced-colours.png` });
  expect(await page.locator('.state .shape').count()).toBeGreaterThan(5);
});

test('a third more text cuts no button', async () => {
  const { page, open } = await visit({ size: 'phone' });
  for (const path of ['/', '/r/150', '/r/147', '/r/148', '/audit', '/settings']) {
    await open(path);
    const cut = (await page.evaluate(`(() => {
      const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walk.nextNode(); node; node = walk.nextNode())
        if (node.parentElement.closest('button, a, .state')) node.data = node.data.replace(/[aeiou]/g, '$&$&');
      return [...document.querySelectorAll('button, a, .state')]
        .filter((one) => one.offsetParent !== null && !one.closest('.unseen, .skip-link'))
        .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline')
        .map((one) => one.textContent);
    })()`)) as string[];
    expect(cut, path).toEqual([]);
    expect(await sidewaysPixels(page), path).toBeLessThanOrEqual(0);
  }
});

test('the first load stays within 70 kB of JavaScript and 10 kB of CSS, packed', () => {
  const folder = `${root}dist/console/assets/`;
  const packed = (ending: string) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(ending))
      .reduce((sum, name) => sum + gzipSync(readFileSync(folder + name)).length, 0);
  expect(packed('.js')).toBeLessThanOrEqual(70 * 1024);
  expect(packed('.css')).toBeLessThanOrEqual(10 * 1024);
});
