import { describe, expect, test } from 'vitest';
import {
  buildAndBrowse,
  pictures,
  seriousProblems,
  sidewaysPixels,
  visit,
} from '../support/console-visit.ts';

buildAndBrowse();

describe.each(['phone', 'desk'] as const)('the record on a %s', (size) => {
  test.each(['light', 'dark'] as const)(
    'answers a typed question, accessibly and without scrolling sideways, in %s',
    async (theme) => {
      const { page, open, complaints } = await visit({ size, theme });
      await open('/audit');
      await page.fill('[aria-label="Ask about the past"]', 'all failures in the last week');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.answer-lines');
      expect(new URL(page.url()).search).toBe(
        '?about=failures&since=2026-11-21T14%3A30%3A00.000Z&q=all+failures+in+the+last+week',
      );
      await page.screenshot({ path: `${pictures}/audit-answer-${size}-${theme}.png`, fullPage: true });
      expect(await seriousProblems(page)).toEqual([]);
      expect(await sidewaysPixels(page)).toBeLessThanOrEqual(0);
      await open('/audit?about=changes&service=jellyfin&q=what+changed+on+jellyfin+since+it+last+worked');
      await page.waitForSelector('.answer-group');
      await page.screenshot({ path: `${pictures}/audit-since-${size}-${theme}.png`, fullPage: true });
      await open('/r/143');
      expect(await sidewaysPixels(page)).toBeLessThanOrEqual(0);
      expect(complaints).toEqual([]);
    },
    120_000,
  );
});

test('the filter that was understood stands there part by part, and each part can be taken away with the keyboard', async () => {
  const { page, open } = await visit();
  await open('/audit');
  await page.focus('[aria-label="Ask about the past"]');
  await page.keyboard.type('all failures in the last week');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.chip-filter');
  expect(await page.locator('.chip-filter').allInnerTexts()).toEqual([
    expect.stringMatching(/^Failures/),
    expect.stringMatching(/^from /),
  ]);
  await page.focus('[aria-label="Remove the filter: Failures"]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.answer-lines', { state: 'detached' });
  expect(new URL(page.url()).search).toBe('?since=2026-11-21T14%3A30%3A00.000Z');
  expect(await page.locator('[aria-label="Ask about the past"]').inputValue()).toBe('');
});

test('every link of an answer leads to a page of the console', async () => {
  const { page, open } = await visit();
  await open('/audit?q=what+failed');
  await page.waitForSelector('.answer-lines');
  const paths = await page
    .locator('.answer-links a')
    .evaluateAll((links) => links.map((link) => (link as unknown as { pathname: string }).pathname));
  expect(paths).toEqual(['/r/142', '/r/142/run/1', '/r/142/run/1', '/r/135', '/r/135/run/1', '/r/135/run/1']);
  expect(await page.locator('.answer-links code').getAttribute('title')).toBe(
    '8f2c1aa90b3d4e5f60718293a4b5c6d7e8f90a1b',
  );
});

test('what is no question about the record is answered with what can be asked', async () => {
  const { page, open } = await visit();
  await open('/audit');
  await page.fill('[aria-label="Ask about the past"]', 'sing a song');
  await page.keyboard.press('Enter');
  await page.click('text=all failures in the last week');
  await page.waitForSelector('.answer-lines');
});

test('text of hosts in an answer stays text', async () => {
  const { page, open } = await visit();
  await open('/audit?q=what+failed');
  await page.waitForSelector('.answer-lines');
  expect(await page.locator('.answer-lines b').count()).toBe(0);
  expect(await page.locator('.answer-lines').innerText()).toContain('<b>timed out</b>');
});
