import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { TabElection, type TabTalk } from '../../src/console/app/tab-election.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const live = { state: 'live', since: 0 } as const;

/** Tabs of one browser: what one says the others hear a moment later, in order. */
class Browser {
  readonly #tabs = new Set<Tab>();

  open(part: { visible?: boolean } = {}): Tab {
    const tab = new Tab((talk) => this.#carry(tab, talk), part.visible ?? true);
    this.#tabs.add(tab);
    tab.election.join();
    return tab;
  }

  get leaders(): Tab[] {
    return [...this.#tabs].filter((tab) => !tab.frozen && tab.election.leads);
  }

  #carry(from: Tab, talk: TabTalk): void {
    for (const tab of this.#tabs) if (tab !== from) setTimeout(() => tab.receive(talk), 3);
  }
}

class Tab {
  readonly election: TabElection;
  readonly log: string[] = [];
  /** A frozen tab keeps what it hears until it wakes. */
  frozen = false;
  readonly #kept: TabTalk[] = [];

  constructor(say: (talk: TabTalk) => void, visible: boolean) {
    this.election = new TabElection(
      (talk) => {
        if (!this.frozen) say(talk);
      },
      {
        lead: () => this.log.push('leads'),
        follow: () => this.log.push('follows'),
        connection: ({ state }) => this.log.push(state),
      },
      () => visible,
    );
  }

  receive(talk: TabTalk): void {
    if (this.frozen) this.#kept.push(talk);
    else this.election.hear(talk);
  }

  wake(): void {
    this.frozen = false;
    for (const talk of this.#kept.splice(0)) this.election.hear(talk);
  }
}

describe('of the tabs of one browser', () => {
  test('the first one leads', () => {
    const browser = new Browser();
    const tab = browser.open();
    vi.advanceTimersByTime(100);
    expect(tab.log).toEqual(['leads']);
  });

  test('a later one follows, and hears how the line stands', () => {
    const browser = new Browser();
    const first = browser.open();
    vi.advanceTimersByTime(100);
    first.election.beat(live);
    const second = browser.open();
    vi.advanceTimersByTime(100);
    expect(browser.leaders).toEqual([first]);
    expect(second.log).toEqual(['follows', 'live']);
  });

  test('exactly one leads when ten are opened at the same instant', () => {
    const browser = new Browser();
    for (let tab = 0; tab < 10; tab++) browser.open();
    vi.advanceTimersByTime(200);
    expect(browser.leaders).toHaveLength(1);
  });

  test('exactly one takes over at once when the leader is closed', () => {
    const browser = new Browser();
    const first = browser.open();
    vi.advanceTimersByTime(100);
    const others = [browser.open(), browser.open(), browser.open()];
    vi.advanceTimersByTime(100);
    first.election.leave();
    vi.advanceTimersByTime(250);
    expect(browser.leaders).toHaveLength(1);
    expect(others).toContain(browser.leaders[0]);
  });

  test('one that is looked at takes over from a leader that fell silent, and the leader follows when it wakes', () => {
    const browser = new Browser();
    const first = browser.open({ visible: false });
    vi.advanceTimersByTime(100);
    const second = browser.open();
    vi.advanceTimersByTime(1000);
    first.frozen = true;
    vi.advanceTimersByTime(15_000);
    expect(browser.leaders).toEqual([]);
    vi.advanceTimersByTime(15_000);
    expect(browser.leaders).toEqual([second]);
    first.wake();
    vi.advanceTimersByTime(10_000);
    expect(browser.leaders).toEqual([second]);
    expect(first.log.slice(0, 2)).toEqual(['leads', 'follows']);
  });

  test('a leader that speaks is never replaced', () => {
    const browser = new Browser();
    const first = browser.open({ visible: false });
    vi.advanceTimersByTime(100);
    const second = browser.open();
    vi.advanceTimersByTime(30 * 60_000);
    expect(browser.leaders).toEqual([first]);
    expect(second.log.filter((entry) => entry === 'follows')).toHaveLength(1);
  });
});
