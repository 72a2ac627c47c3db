import { describe, expect, test } from 'vitest';
import { talkative } from '../console/house/stories.ts';
import { buildAndBrowse, pictures, until, visit } from '../support/console-visit.ts';

buildAndBrowse();

describe('a log', () => {
  test('of ten thousand lines is whole, is found in, and scrolls in its own box', async () => {
    const { page, open } = await visit({ stories: [talkative(140, 10_000)] });
    await open('/r/140/run/1');
    await until(page, "document.querySelectorAll('.log-line').length === 10000");
    expect(await page.textContent('.log-text')).toContain('IMG_00001');
    // The browser's own find, as Ctrl+F uses it: lines that are not laid out yet are found as well.
    expect(await page.evaluate("window.find('IMG_09876')")).toBe(true);
    expect(await page.evaluate('String(getSelection())')).toBe('IMG_09876');
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
    await page.screenshot({ path: `${pictures}/log-pill.png` });
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
    await page.screenshot({ path: `${pictures}/log-linked.png` });
    await page.locator('.log-linked .log-n').first().click();
    expect(new URL(page.url()).hash).toBe('#t1:L5118');
  });
});
