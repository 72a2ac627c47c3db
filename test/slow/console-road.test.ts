import { describe, expect, test } from 'vitest';
import { failed, needsYou } from '../console/house/stories.ts';
import { buildAndBrowse, pictures, until, visit } from '../support/console-visit.ts';

buildAndBrowse();

describe('the road of a newcomer', () => {
  test('from words to a finished service, by keyboard alone', async () => {
    const { page, house, complaints } = await visit({ stories: [], pace: 250, rehearses: false });
    await page.waitForSelector('.ask-field:focus');
    await page.keyboard.type('restart demo-web');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/r\/101$/);
    await until(page, "document.activeElement.matches('main h1')");
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
    // The button that was pressed is gone; whoever uses a keyboard must not be thrown back to the top of the page.
    expect(await page.evaluate('document.activeElement.id')).toBe('card-title');
    await page.waitForSelector('.card[data-state=done]');
    expect(await page.getAttribute('.action-open', 'href')).toBe('http://192.168.1.20:8080/');
    expect(await page.textContent('.decisions')).toContain('Approved by Anna in the console');
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
    await page.screenshot({ path: `${pictures}/card-stale.png` });
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
    expect(await page.textContent('.card .notice')).toMatch(/Read this before approving\..*runs privileged/s);
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

describe('what gave up', () => {
  test('stands first among what needs somebody, counts in the tab, and leaves both when somebody is on it', async () => {
    const { page, open } = await visit({ stories: [needsYou(150), failed(145)] });
    await open('/');
    await until(page, "document.title === '(2) Chiffon'");
    const first = page.locator('.rows-marked .row').first();
    expect(await first.textContent()).toMatch(
      /Chiffon gave up: .* failed at step 4 of 5\..*Port 3001 on sandbox.*Gave up, needs you/s,
    );
    await first.locator('a').click();
    await page.click('[data-kind=acknowledge]');
    await page.waitForSelector('[data-kind=acknowledge]', { state: 'detached' });
    await until(page, "document.title === '(1) Chiffon'");
    expect(await page.textContent('.card')).toContain('Port 3001 on sandbox');
  });

  test('is taken on by whoever has it planned again from its card', async () => {
    const { page, open } = await visit({ stories: [failed(145)], rehearses: false });
    await open('/r/145');
    await until(page, "document.title === '(1) Chiffon'");
    await page.click('text=Plan it again');
    await page.waitForURL(/\/r\/146$/);
    await until(page, "document.title === 'Chiffon'");
  });
});

describe('the channels in the settings', () => {
  test('say whether a phone rings when a test is sent, in place', async () => {
    const { page, open, complaints } = await visit();
    await open('/settings');
    const row = (name: string) => page.locator('.channel', { hasText: name });
    expect(await row('anna-phone').textContent()).toContain('Not tried yet');
    await row('anna-phone').locator('button').click();
    await row('anna-phone').locator('.channel-result').waitFor();
    expect(await row('anna-phone').textContent()).toMatch(/Works.*anna-phone should ring now/s);
    await row('ben-phone').locator('button').click();
    await row('ben-phone').locator('.channel-result').waitFor();
    expect(await row('ben-phone').textContent()).toMatch(
      /Not well.*Look at the phone ben-phone.*did not go out/s,
    );
    await page.screenshot({ path: `${pictures}/channels-tested.png`, fullPage: true });
    expect(complaints).toEqual([]);
  });

  test('keep phones still for somebody who may only look', async () => {
    const { page, open } = await visit({ person: { id: 'carl', name: 'Carl', role: 'viewer' } });
    await open('/settings');
    const button = page.locator('.channel button').first();
    expect(await button.getAttribute('aria-disabled')).toBe('true');
    await button.click({ force: true });
    expect(await page.locator('.channel-result').count()).toBe(0);
  });
});

describe('several tabs of one browser', () => {
  test('share one stream, hear the same, and go on when the one that holds it is closed', async () => {
    const { page: first, context, house, complaints } = await visit({ stories: [needsYou(150)] });
    const open = async () => {
      const tab = await context.newPage();
      await tab.goto(`${house.address}/r/150`);
      await tab.waitForSelector('[data-kind=approve]');
      return tab;
    };
    await first.goto(`${house.address}/r/150`);
    await first.waitForSelector('[data-kind=approve]');
    const [second, third] = [await open(), await open()];
    await expect.poll(() => house.openStreams()).toBe(1);
    const story = house.script.find(150);
    if (!story) throw new Error('the story is gone');
    Object.assign(story.detail.card, { state: 'parked', stateWord: 'Parked', actions: [] });
    house.script.record(story, { kind: 'plan.parked', summary: 'Nobody answered.' });
    for (const tab of [first, second, third]) await tab.waitForSelector('.card[data-state=parked]');

    await first.close();
    await expect.poll(() => house.openStreams()).toBe(1);
    Object.assign(story.detail.card, { state: 'replaced', stateWord: 'Replaced' });
    house.script.record(story, { kind: 'plan.superseded', summary: 'Another plan took its place.' });
    for (const tab of [second, third]) await tab.waitForSelector('.card[data-state=replaced]');

    house.goAway();
    for (const tab of [second, third]) await tab.waitForSelector('.lost-strip');
    house.comeBack();
    for (const tab of [second, third]) await tab.waitForSelector('.lost-strip', { state: 'detached' });
    expect(house.openStreams()).toBe(1);
    expect(complaints).toEqual([]);
  }, 60_000);
});

test('what is typed stays, and the focus with it, while the page around it loads and changes', async () => {
  const { page, house } = await visit({ stories: [] });
  house.slowDown(400);
  await page.goto(`${house.address}/`);
  await page.waitForSelector('.ask-field:focus');
  await page.keyboard.type('restart');
  await page.waitForSelector('text=Nothing was asked yet');
  house.slowDown(0);
  house.script.ask('deploy kuma');
  await page.waitForSelector('h2:has-text("Needs you")');
  await page.keyboard.type(' demo-web');
  expect(await page.inputValue('.ask-field:focus')).toBe('restart demo-web');
});

test('a session that ends under somebody’s hands is said, and signing in leads back to the same page', async () => {
  const { page, open, house, context } = await visit();
  await open('/r/150');
  await context.clearCookies();
  await page.click('[data-kind=reject]');
  await page.waitForSelector('.sign-in');
  expect(await page.textContent('.sign-in .notice')).toContain('The session has ended');
  await page.fill('#token', house.token);
  await page.keyboard.press('Enter');
  await page.waitForSelector('.card[data-state=needs_you]');
  expect(new URL(page.url()).pathname).toBe('/r/150');
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
  await page.screenshot({ path: `${pictures}/offline.png` });
  const story = house.script.find(150);
  if (story)
    Object.assign(story.detail.card, { state: 'rejected', stateWord: 'Rejected by Ben', actions: [] });
  house.comeBack();
  await page.waitForSelector('.lost-strip', { state: 'detached' });
  await page.waitForSelector('.card[data-state=rejected]');
}, 40_000);
