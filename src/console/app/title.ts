import { iconFor } from '../look/icon.ts';

/** Puts the count of what waits for somebody into the tab: "(2) Chiffon". */
export function showCount(waiting: number): void {
  document.title = waiting === 0 ? 'Chiffon' : `(${waiting}) Chiffon`;
  document
    .querySelector<HTMLLinkElement>('link[rel="icon"]')
    ?.setAttribute('href', `/icons/${iconFor(waiting)}.svg`);
}
