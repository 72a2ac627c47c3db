import { signal } from '@preact/signals';
import { askSheetOpen } from './ask-sheet.tsx';
import { go } from './router.ts';

/** Whether the sheet of keys is open. */
export const keysSheetOpen = signal(false);

/** Keys that work on every page, for the sheet. */
export const keyList: readonly (readonly [string, string])[] = [
  ['Ctrl K or ⌘K', 'Ask'],
  ['a', 'Go to Approve; Enter decides'],
  ['c', 'Go to Request changes'],
  ['r', 'Go to Reject'],
  ['f', 'Follow the log'],
  ['/', 'Find in the log'],
  ['g n', 'Now'],
  ['g r', 'Requests'],
  ['g m', 'Machines'],
  ['g a', 'Audit'],
  ['?', 'These keys'],
  ['Esc', 'Close'],
];

const places: Readonly<Record<string, string>> = {
  n: '/',
  r: '/requests',
  m: '/machines',
  a: '/audit',
  s: '/settings',
};
const kinds: Readonly<Record<string, string>> = { a: 'approve', c: 'changes', r: 'reject' };

/** Listens for keys; returns how to stop. Keys only ever move the focus: deciding takes Enter on the button. */
export function watchKeys(): () => void {
  let wentAt = 0;
  const onKey = (event: KeyboardEvent) => {
    if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      askSheetOpen.value = !askSheetOpen.value;
      return;
    }
    if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
    if (event.key === '?') {
      keysSheetOpen.value = true;
      return;
    }
    const place = Date.now() - wentAt < 1200 ? places[event.key] : undefined;
    wentAt = event.key === 'g' ? Date.now() : 0;
    if (place !== undefined) {
      go(place);
      return;
    }
    const kind = kinds[event.key];
    const button = kind === undefined ? null : document.querySelector<HTMLElement>(`[data-kind="${kind}"]`);
    if (!button) return;
    button.focus();
    button.scrollIntoView({ block: 'nearest' });
  };
  addEventListener('keydown', onKey);
  return () => removeEventListener('keydown', onKey);
}

/** Whether keys pressed here are for what is written or chosen there, or for the sheet over the page. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLElement && target.closest('dialog') !== null)
  );
}
