import { mkdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { livedIn, withoutRights } from '../console/house/stories.ts';
import {
  buildAndBrowse,
  pictures,
  type Size,
  seriousProblems,
  sidewaysPixels,
  type Theme,
  type Visit,
  type VisitOptions,
  visit,
} from '../support/console-visit.ts';

buildAndBrowse();

/** Every page once, by the name its pictures carry. */
const pages = {
  now: '/',
  ask: '/ask',
  requests: '/requests',
  request: '/r/150',
  run: '/r/149/run/1',
  machines: '/machines',
  machine: '/machines/n100',
  audit: '/audit',
  settings: '/settings',
  more: '/more',
} as const;
type PageName = keyof typeof pages;

/** Pages that ask the server for nothing but who is signed in, so that nothing of theirs can be slow or fail. */
const asksNothing: readonly PageName[] = ['ask', 'more'];

interface State {
  readonly options?: VisitOptions;
  /** Another address than the page's own, where the state needs one. */
  readonly paths?: Partial<Record<PageName, string>>;
  /** Brings the page about; it stands in the state afterwards. */
  arrange(one: Visit, path: string, name: PageName): Promise<void>;
  /** What must be read on every page in the state; what the page itself has to say is in `words`. */
  readonly everywhere?: RegExp;
  readonly words?: Partial<Record<PageName, RegExp>>;
}

const open = (one: Visit, path: string) => one.open(path);

const states: Readonly<Record<string, State>> = {
  empty: {
    options: { stories: [], machines: false },
    paths: { request: '/r/999', run: '/r/999/run/1', machine: '/machines/nas' },
    arrange: open,
    words: {
      now: /Nothing needs you.*Type what should happen/s,
      requests: /Nothing was asked yet.*Ask for something/s,
      request: /no request R-999.*All requests/s,
      run: /no run 999-1.*All requests/s,
      machines: /No machine is set up yet.*hosts/s,
      machine: /no machine named nas.*All machines/s,
      audit: /Nothing is recorded yet.*Ask for something/s,
      settings: /docs\/chat\.md says how to add Discord, Matrix and phones.*No machine is set up yet/s,
    },
  },
  loading: {
    arrange: async (one, path, name) => {
      one.house.slowDown(1500);
      await one.page.goto(one.house.address + path);
      await one.page.waitForSelector(asksNothing.includes(name) ? '.shell main h1' : 'main .skeleton');
    },
  },
  partial: {
    arrange: async (one, path, name) => {
      await one.open(path);
      one.house.breakDown();
      const story = one.house.script.find(name === 'run' ? 149 : 150);
      if (story) one.house.script.record(story, { kind: 'run.started', summary: 'Something happened.' });
      if (name === 'settings') await one.page.click('text=Check again');
      if (!asksNothing.includes(name)) await one.page.waitForSelector('main .notice:has-text("E-7Q2M4")');
    },
    words: {
      now: /What stands below may be out of date.*Deploy Uptime Kuma/s,
      machines: /2 of 3 machines answered; backup01 did not, last seen/,
    },
  },
  error: {
    arrange: async (one, path, name) => {
      one.house.breakDown();
      await one.page.goto(one.house.address + path);
      await one.page.waitForSelector(asksNothing.includes(name) ? '.shell main h1' : 'main .notice');
    },
  },
  offline: {
    arrange: async (one, path) => {
      await one.open(path);
      one.house.goAway();
      await one.page.waitForSelector('.lost-strip');
    },
    everywhere: /No connection to Chiffon since \d\d:\d\d\. Showing what was known then\./,
    words: { request: /Not possible without a connection/, ask: /Not possible without a connection/ },
  },
  'no-rights': {
    options: { person: { id: 'carl', name: 'Carl', role: 'viewer' } },
    arrange: open,
    words: {
      now: /6 things wait for somebody/,
      request: /Carl can look but not approve changes\. Anna or Ben can\./,
      run: /Carl can look but not stop or settle runs\. Anna or Ben can\./,
      settings: /Carl can look but not make phones ring\. Anna or Ben can\./,
    },
  },
};

describe.each(Object.entries(states))('%s: every page', (stateName, state) => {
  test.each([
    ['phone', 'light'],
    ['phone', 'dark'],
    ['desk', 'light'],
    ['desk', 'dark'],
  ] satisfies [Size, Theme][])(
    'says what it means and what to do next, on a %s in the %s theme',
    async (size, theme) => {
      await mkdir(pictures, { recursive: true });
      const one = await visit({
        size,
        theme,
        ...state.options,
        ...(stateName === 'no-rights' ? { stories: withoutRights(livedIn()) } : {}),
      });
      for (const name of Object.keys(pages) as PageName[]) {
        one.house.comeBack();
        await state.arrange(one, state.paths?.[name] ?? pages[name], name);
        await one.page.screenshot({ path: `${pictures}/${name}-${stateName}-${size}-${theme}.png` });
        const words = (await one.page.textContent('#console')) ?? '';
        if (state.everywhere) expect(words, name).toMatch(state.everywhere);
        const own = state.words?.[name];
        if (own) expect(words, name).toMatch(own);
        if (stateName === 'error' && !asksNothing.includes(name))
          expect(await one.page.textContent('main .notice'), name).toMatch(/E-7Q2M4.*Try again/s);
        if (stateName !== 'loading')
          expect(await one.page.locator('main :is(a, button, input)').count(), name).toBeGreaterThan(0);
        expect(await sidewaysPixels(one.page), name).toBeLessThanOrEqual(0);
        expect(await seriousProblems(one.page), name).toEqual([]);
        expect(one.complaints, name).toEqual([]);
      }
    },
    180_000,
  );
});
