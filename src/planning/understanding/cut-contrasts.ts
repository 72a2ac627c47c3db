import type { Item } from './items.ts';

/** Leaves out what is named only to say that it is not meant: "instead of plex", "not plex", "without restarting it". */
export function cutContrasts(items: readonly Item[]): readonly Item[] {
  const kept: Item[] = [];
  let cutting = false;
  // At the beginning of a clause only the name is left out: "instead of plex restart jellyfin".
  let untilName = false;
  for (const [at, item] of items.entries()) {
    const next = items[at + 1];
    if (item.gap !== 'none' || item.text === 'and' || item.text === 'but') cutting = false;
    const contrast =
      (item.text === 'instead' && next?.text === 'of') ||
      (item.text === 'rather' && next?.text === 'than') ||
      (item.text === 'without' &&
        (next?.kind === 'service' || next?.text.endsWith('ing') === true) &&
        kept.some((other) => other.kind === 'service')) ||
      (item.text === 'not' && next?.kind === 'service' && kept.some((other) => other.kind === 'service')) ||
      (item.text === 'not' &&
        at > 0 &&
        next?.kind === 'service' &&
        (item.gap !== 'none' || items[at - 1]?.text === 'but'));
    if (contrast) {
      cutting = true;
      untilName = item.text !== 'not' && (at === 0 || item.gap !== 'none');
    }
    if (cutting) {
      if (untilName && (item.kind === 'service' || item.kind === 'host')) cutting = false;
      continue;
    }
    if (item.text === 'instead' && item.kind === 'word') continue;
    kept.push(item);
  }
  return kept;
}
