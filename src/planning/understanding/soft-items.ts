import { serviceNouns, softTurns } from './english/soft-words.ts';
import type { Item } from './items.ts';
import type { Token } from './tokens.ts';

/** Which tokens belong to turns of small talk. */
export function markSoft(tokens: readonly Token[]): readonly boolean[] {
  const soft: boolean[] = tokens.map(() => false);
  for (let at = 0; at < tokens.length; at += 1) {
    const turn = softTurns
      .get((tokens[at] as Token).text)
      ?.find((words) =>
        words.every(
          (word, i) => tokens[at + i]?.text === word && (i === 0 || tokens[at + i]?.gap === 'none'),
        ),
      );
    if (turn === undefined) continue;
    for (let i = 0; i < turn.length; i += 1) soft[at + i] = true;
  }
  return soft;
}

/** "the gitea container", "the Vaultwarden password manager": what repeats the name is soft. */
export function softenNouns(items: readonly Item[]): readonly Item[] {
  const beside = (index: number, step: 1 | -1): Item | undefined => {
    let next = index + step;
    for (let steps = 0; steps < 6; steps += 1) {
      const other = items[next];
      if (other?.kind !== 'word' || !(other.soft || serviceNouns.has(other.text))) break;
      next += step;
    }
    return items[next];
  };
  return items.map((item, index) => {
    if (isCopyOf(items, index) || isCount(items, index)) return { ...item, soft: true };
    if (item.kind !== 'sort' && !(item.kind === 'word' && serviceNouns.has(item.text))) return item;
    const neighbours = [beside(index, -1), beside(index, 1)].filter((other) => other?.kind === 'service');
    if (neighbours.length === 0) return item;
    if (item.kind === 'word' && serviceNouns.has(item.text)) return { ...item, soft: true };
    if (item.kind !== 'sort') return item;
    const named = neighbours.some(
      (other) => other?.kind === 'service' && item.names.includes(other.names[0] as string),
    );
    return named ? { ...item, soft: true } : item;
  });
}

/** "an instance of gitea", "a copy of it": as good as the service itself. */
function isCopyOf(items: readonly Item[], index: number): boolean {
  const at = items[index]?.text === 'of' ? index - 1 : index;
  if (
    !/^(?:instance|copy|installation|container)$/.test(items[at]?.text ?? '') ||
    items[at + 1]?.text !== 'of'
  )
    return false;
  let next = at + 2;
  while (items[next]?.kind === 'word' && items[next]?.soft === true) next += 1;
  return items[next]?.kind === 'service';
}

/** "the last 100 lines of": how many is not asked about. */
function isCount(items: readonly Item[], index: number): boolean {
  const at = /^\d+$/.test(items[index]?.text ?? '') ? index : index - 1;
  return (
    /^\d+$/.test(items[at]?.text ?? '') &&
    /^(?:lines|entries|rows|messages)$/.test(items[at + 1]?.text ?? '') &&
    items[index]?.kind === 'word'
  );
}
