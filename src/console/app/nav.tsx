import { Icon, type IconName } from '../parts/icon.tsx';
import { askSheetOpen } from './ask-sheet.tsx';
import { route } from './router.ts';

interface Way {
  readonly address: string;
  readonly words: string;
  readonly icon: IconName;
  /** Pages that belong to it. */
  readonly pages: readonly string[];
}

const now: Way = { address: '/', words: 'Now', icon: 'now', pages: ['now'] };
const requests: Way = {
  address: '/requests',
  words: 'Requests',
  icon: 'requests',
  pages: ['requests', 'request', 'run'],
};
const machines: Way = {
  address: '/machines',
  words: 'Machines',
  icon: 'machines',
  pages: ['machines', 'machine'],
};
const audit: Way = { address: '/audit', words: 'Audit', icon: 'audit', pages: ['audit'] };
const settings: Way = { address: '/settings', words: 'Settings', icon: 'settings', pages: ['settings'] };
const more: Way = { address: '/more', words: 'More', icon: 'more', pages: ['more', 'audit', 'settings'] };

/** The way about on a desk. */
export function Rail({ waiting }: { waiting: number }) {
  return (
    <ul class="ways">
      {[now, requests, machines, audit, settings].map((way) => (
        <li key={way.address}>
          <WayLink way={way} waiting={way === now ? waiting : 0} />
        </li>
      ))}
    </ul>
  );
}

/** The way about on a phone, with Ask in the middle. */
export function Tabs({ waiting }: { waiting: number }) {
  return (
    <>
      <WayLink way={now} waiting={waiting} />
      <WayLink way={requests} waiting={0} />
      <button type="button" class="tab-ask" onClick={() => (askSheetOpen.value = true)}>
        <span class="tab-ask-mark">
          <Icon name="ask" />
        </span>
        Ask
      </button>
      <WayLink way={machines} waiting={0} />
      <WayLink way={more} waiting={0} />
    </>
  );
}

/** Opens the ask sheet from anywhere. */
export function AskButton() {
  return (
    <button type="button" class="rail-ask" onClick={() => (askSheetOpen.value = true)}>
      <Icon name="ask" /> Ask
      <kbd>{/Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘K' : 'Ctrl K'}</kbd>
    </button>
  );
}

function WayLink({ way, waiting }: { way: Way; waiting: number }) {
  const current = way.pages.includes(route.value.page);
  return (
    <a class="way" href={way.address} aria-current={current ? 'page' : undefined}>
      <Icon name={way.icon} />
      <span>{way.words}</span>
      {waiting > 0 ? (
        <span class="badge">
          {waiting}
          <span class="unseen"> waiting</span>
        </span>
      ) : null}
    </a>
  );
}
