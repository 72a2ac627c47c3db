import { computed, signal } from '@preact/signals';
import { routeOf } from './routes.ts';

interface Place {
  readonly path: string;
  readonly search: string;
  readonly hash: string;
}

function here(): Place {
  return { path: location.pathname, search: location.search, hash: location.hash };
}

/** The address in parts; changes with every navigation. */
export const place = signal<Place>(here());

/** The page the address names. */
export const route = computed(() => routeOf(place.value.path));

/** Goes to an address of the console. `replace` leaves no step behind for the back button. */
export function go(address: string, how: { replace?: boolean; quiet?: boolean } = {}): void {
  const before = location.pathname;
  if (how.replace) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  place.value = here();
  if (how.quiet || before === location.pathname) return;
  scrollTo(0, 0);
  arriving = true;
}

/** Somebody has come to a page and has not touched anything on it yet. */
let arriving = false;

/**
 * A heading was drawn. A screen reader starts reading a new page there, unless the page put the focus somewhere itself
 * or the person has begun to do something. A page may draw several in turn: the last is that of its content.
 */
export function headingHasCome(heading: HTMLElement | null): void {
  if (!arriving || document.activeElement?.closest('main, dialog')) return;
  heading?.focus({ preventScroll: true });
}

/** Follows links of the console without loading the page anew. Call once. */
export function followLinks(): void {
  addEventListener('popstate', () => {
    arriving = location.pathname !== place.peek().path;
    place.value = here();
  });
  for (const touch of ['keydown', 'pointerdown'])
    addEventListener(touch, () => {
      arriving = false;
    });
  addEventListener('hashchange', () => {
    place.value = here();
  });
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || link.target !== '' || link.hasAttribute('download')) return;
    if (link.origin !== location.origin || link.pathname.startsWith('/api/')) return;
    if (link.pathname === location.pathname && link.hash !== '') return;
    event.preventDefault();
    go(link.pathname + link.search + link.hash);
  });
}
