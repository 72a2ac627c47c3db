import type { Item } from './items.ts';

/** What is named only to say that it is not meant, apart from the rest. */
export interface Contrasted {
  readonly kept: readonly Item[];
  /** What an order is given instead of, and what "it" may still stand for: "instead of deleting gitea just stop it". */
  readonly contrasts: readonly Item[];
}

/**
 * Leaves out what is named only to say that it is not meant: "instead of plex", "not plex", "without restarting it",
 * "everything but plex", "leave plex alone and …".
 */
export function cutContrasts(items: readonly Item[]): Contrasted {
  const kept: Item[] = [];
  const contrasts: Item[] = [];
  let excepting = false;
  let cutting = false;
  // At the beginning of a clause only the name is left out: "instead of plex restart jellyfin".
  let untilName = false;
  for (const [at, item] of items.entries()) {
    const next = items[at + 1];
    const exception = isException(items, at) || isLeftAlone(items, at);
    const listed = excepting && item.text === 'and' && next?.kind === 'service';
    if (!listed && (item.gap !== 'none' || item.text === 'and' || (item.text === 'but' && !exception)))
      cutting = false;
    const contrast =
      exception ||
      (item.text === 'instead' && next?.text === 'of') ||
      (item.text === 'rather' && next?.text === 'than') ||
      (item.text === 'without' &&
        (next?.kind === 'service' || next?.text.endsWith('ing') === true) &&
        kept.some((other) => other.kind === 'service')) ||
      (item.text === 'not' && next?.kind === 'service' && kept.some((other) => other.kind === 'service')) ||
      (item.text === 'not' &&
        at > 0 &&
        next?.kind === 'service' &&
        (item.gap !== 'none' || items[at - 1]?.text === 'but')) ||
      // "not plex, jellyfin: restart it".
      (item.text === 'not' &&
        at === 0 &&
        next?.kind === 'service' &&
        items.slice(at + 2).some((other) => other.kind === 'service'));
    if (contrast) {
      cutting = true;
      excepting = exception;
      untilName = item.text !== 'not' && !exception && (at === 0 || item.gap !== 'none');
    }
    if (cutting) {
      if (!excepting) contrasts.push(item);
      if (untilName && (item.kind === 'service' || item.kind === 'host')) cutting = false;
      continue;
    }
    if (item.text === 'instead' && item.kind === 'word') continue;
    kept.push(item);
  }
  return { kept, contrasts };
}

/** "everything but plex", "all services except plex and sonarr". */
function isException(items: readonly Item[], at: number): boolean {
  const { text } = items[at] as Item;
  const opening = /^(?:but|except|excluding|besides)$/.test(text);
  const wholly = items
    .slice(Math.max(0, at - 3), at)
    .some((item) => /^(?:everything|all|every|everyone)$/.test(item.text));
  const named = items.slice(at + 1, at + 3).findIndex((item) => item.kind === 'service');
  if (!opening || !wholly || named < 0) return false;
  // "all good but plex is slow" says something of plex.
  return !/^(?:is|are|was|were|has|does|needs|keeps|seems|looks)$/.test(items[at + 2 + named]?.text ?? '');
}

/** "leave plex alone and restart jellyfin", "leave plex as it is". */
function isLeftAlone(items: readonly Item[], at: number): boolean {
  if (!/^(?:leave|leaving|keep|keeping)$/.test(items[at]?.text ?? '')) return false;
  const following = items.slice(at + 1, at + 5);
  const named = following.findIndex((item) => item.kind === 'service');
  return named >= 0 && /^(?:alone|untouched|as)$/.test(following[named + 1]?.text ?? '');
}
