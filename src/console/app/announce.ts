import { signal } from '@preact/signals';

/** What a screen reader is told next. */
export const announcement = signal('');

/** Tells screen readers something, once. */
export function announce(words: string): void {
  // The same words twice in a row are only read when the text changes: a space that nobody hears makes it differ.
  announcement.value = announcement.peek() === words ? `${words}\u00a0` : words;
}
