import { openings, type VerbForm } from './english/openings.ts';
import type { Item } from './items.ts';

/** How a clause hangs on the one before it. */
export type Link = 'start' | 'and' | 'or' | 'but' | 'then' | 'comma' | 'sentence' | 'correction';

/** A part of a message that says one thing. */
export interface Clause {
  readonly items: readonly Item[];
  readonly link: Link;
  /** Number of the sentence it belongs to, from 0. */
  readonly sentence: number;
  /** Ends with a question mark. */
  readonly asked: boolean;
}

const linkWords: ReadonlyMap<string, Link> = new Map([
  ['and', 'and'],
  ['then', 'then'],
  ['but', 'but'],
  ['or', 'or'],
  ['plus', 'and'],
  ['afterwards', 'then'],
  ['however', 'but'],
  ['though', 'but'],
  ['so', 'then'],
  ['also', 'and'],
  ['nor', 'or'],
  ['yet', 'but'],
]);
const corrections: readonly (readonly string[])[] = [
  'sorry i meant',
  'sorry i mean',
  'no i meant',
  'no i mean',
  'no wait',
  'wait no',
  'oh wait',
  'no sorry',
  'sorry no',
  'no make that',
  'scratch that',
  'strike that',
  'i meant',
  'i mean',
  'make that',
  'make it',
  'or rather',
  'no actually',
  'actually no',
  'correction',
  'oops',
  'my bad',
  'hang on',
  'hold on',
  'nope',
  'no',
  'sorry',
  'wait',
  'actually',
  'rather',
].map((words) => words.split(' '));
/** Corrections that are recognised without a mark before them. */
const unmarked = new Set([
  'sorry i meant',
  'sorry i mean',
  'no i meant',
  'no i mean',
  'no wait',
  'wait no',
  'no sorry',
  'scratch that',
  'strike that',
  'i meant',
  'i mean',
  'make that',
  'or rather',
  'no make that',
  'oh wait',
  'oops',
]);

/** Splits a message's items where one thing ends and the next begins. */
export function splitClauses(all: readonly Item[], joined: ReadonlySet<string>): readonly Clause[] {
  const items = joinLists(all);
  const clauses: Clause[] = [];
  let current: Item[] = [];
  let link: Link = 'start';
  let sentence = 0;
  // Whether all of the clause so far was "hi, could you please".
  let opening = true;
  const close = (asked: boolean) => {
    if (current.some((item) => item.text !== '') || link === 'correction')
      clauses.push({ items: current, link, sentence, asked });
    current = [];
  };

  for (let at = 0; at < items.length; ) {
    const item = items[at] as Item;
    const boundary = item.gap === 'colon' && completes(current, items, at) ? null : boundaryOf(item);
    if (at > 0 && boundary !== null) {
      close(item.gap === 'question');
      if (boundary === 'sentence') sentence += 1;
      if (link !== 'correction') link = boundary;
      opening = true;
    }
    const begun = current.length === 0;
    const correction =
      at > 0 && (begun || !item.soft) ? correctionAt(items, at, begun && link !== 'start') : 0;
    if (correction > 0) {
      close(false);
      link = 'correction';
      opening = true;
      at += correction;
      continue;
    }
    const next = item.kind === 'word' && !item.soft ? linkWords.get(item.text) : undefined;
    const turn = opening ? openingAt(items, at) : null;
    if (turn !== null && (turn.length > 1 || next === undefined)) {
      current.push(...items.slice(at, at + turn.length));
      at += turn.length;
      continue;
    }
    if (next !== undefined && !isJoined(items, at, joined) && !(begun && link === 'start')) {
      close(false);
      if (link !== 'correction' || current.length > 0) link = strongest(link, next, begun);
      at += 1;
      opening = true;
      continue;
    }
    current.push(item);
    if (!item.soft) opening = false;
    at += 1;
  }
  close(items.at(-1)?.gap === 'question');
  return clauses;
}

/** The opening that stands at a position, if any: its length and the verb form it asks for. */
export function openingAt(
  items: readonly Item[],
  at: number,
): { readonly length: number; readonly form: VerbForm } | null {
  for (const { words, form } of openings.get(items[at]?.text ?? '') ?? []) {
    if (!words.every((word, i) => items[at + i]?.text === word)) continue;
    const following = items.slice(at + words.length).find((item) => item.kind !== 'word' || !item.soft);
    if (form === 'doing' && !(following?.text.endsWith('ing') === true)) continue;
    return { length: words.length, form };
  }
  return null;
}

/** "restart: grafana", "vm 300: snapshot": what follows the colon is what the words before it lack. */
function completes(current: readonly Item[], items: readonly Item[], at: number): boolean {
  const next = items.slice(at).find((item) => item.kind !== 'word' || !item.soft);
  const isMachine = current.some((item) => /\d/.test(item.text)) && current.every(isMachineWord);
  return isMachine || (next?.kind === 'service' && !current.some((item) => item.kind === 'service'));
}

function isMachineWord(item: Item): boolean {
  return item.soft || /^(?:(?:vm|ct|lxc)?#?\d+|vm|ct|lxc|virtual|machine|guest)$/.test(item.text);
}

function boundaryOf(item: Item): Link | null {
  switch (item.gap) {
    case 'sentence':
    case 'listing':
    case 'question':
    case 'semicolon':
      return 'sentence';
    case 'comma':
    case 'dash':
    case 'colon':
    case 'slash':
      return 'comma';
    default:
      return null;
  }
}

function strongest(before: Link, next: Link, begun: boolean): Link {
  if (!begun) return next;
  if (before === 'sentence' || before === 'start') return before;
  return next;
}

function correctionAt(items: readonly Item[], at: number, marked: boolean): number {
  for (const words of corrections) {
    if (!words.every((word, i) => items[at + i]?.text === word)) continue;
    if (marked || unmarked.has(words.join(' '))) return words.length;
  }
  return 0;
}

function isJoined(items: readonly Item[], at: number, joined: ReadonlySet<string>): boolean {
  if (items[at]?.text !== 'and') return false;
  return joined.has(`${items[at - 1]?.text}|${items[at + 1]?.text}`);
}

/** "plex, sonarr and radarr" is one list: what separates its names is taken out. */
function joinLists(items: readonly Item[]): readonly Item[] {
  const joined: Item[] = [];
  for (let at = 0; at < items.length; at += 1) {
    const item = items[at] as Item;
    const end = item.kind === 'service' ? listEnd(items, at) : at;
    joined.push(item);
    for (at += 1; at <= end; at += 1) {
      const next = items[at] as Item;
      if (next.kind !== 'word' || next.text !== 'and') joined.push({ ...next, gap: 'none' });
    }
    at -= 1;
  }
  return joined;
}

/** Where the list of services that begins here ends; the beginning itself when it is none. */
function listEnd(items: readonly Item[], start: number): number {
  let end = start;
  let last = start;
  let closed = false;
  for (let at = start + 1; at < items.length; at += 1) {
    const item = items[at] as Item;
    if (['sentence', 'listing', 'question', 'semicolon', 'colon', 'dash'].includes(item.gap)) break;
    if (item.kind === 'service') {
      const separated =
        item.gap === 'comma' ||
        item.gap === 'slash' ||
        closed ||
        items.slice(last + 1, at).some((other) => other.gap === 'comma');
      if (!separated) break;
      last = at;
      if (closed) end = at;
      if (closed && items[at + 1]?.gap !== 'comma') break;
    } else if (item.text === 'and') closed = true;
    else if (!item.soft || item.kind !== 'word') break;
  }
  return end;
}
