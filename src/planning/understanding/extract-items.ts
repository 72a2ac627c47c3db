import { compactName } from '../catalog/compact-name.ts';
import { serviceNouns, softTurns } from './english/soft-words.ts';
import { findTime } from './find-time.ts';
import type { Item } from './items.ts';
import { compactHost, type Names } from './names.ts';
import type { Token } from './tokens.ts';
import type { Vocabulary } from './vocabulary.ts';

const longestName = 4;
const placing = new Set(['on', 'at', 'to', 'onto', 'from', 'in', 'for', 'of', 'over', 'via', '@']);
/** Prepositions after which an unheard-of name is a host's. */
const placingUnknown = new Set(['on', 'at', 'to', 'onto', 'from', '@']);
const articles = new Set(['the', 'my', 'our', 'a', 'an', 'this', 'that', 'your']);
const machineWords = new Set(['host', 'server', 'machine', 'box', 'node', 'raspberry', 'computer', 'system']);
const portPlacing = new Set([
  'at',
  'on',
  'to',
  'via',
  'using',
  'with',
  'under',
  'through',
  'behind',
  'over',
  'and',
  'as',
  'listening',
  'its',
  'the',
  'a',
]);
/** Names that look like a host's but are something else. */
const noHost =
  /^(?:vm|ct|lxc|v|h|x|mp|ipv|k|s|http|python|php|cve|task|stage|id|port|step|day|week|rev|version|top|part|no|nr|mqtt|wg|gpu|rtx|cat|usb|sha|md|utf|u)-?\d+$/;

/** A message with more strange words than this is no request with slips in it; the rest stay as they are. */
const mostSlips = 40;

/** Turns tokens into items: names, hosts, ports and times are found, slips put right, small talk marked soft. */
export function extractItems(tokens: readonly Token[], names: Names, full: Vocabulary): readonly Item[] {
  let looked = 0;
  const vocabulary: Vocabulary = {
    ...full,
    correct(word) {
      looked += 1;
      return looked > mostSlips ? null : full.correct(word);
    },
  };
  const items: Item[] = [];
  const softUntil = markSoft(tokens);
  let at = 0;

  const push = (item: Item, length: number) => {
    items.push(item);
    at += length;
  };
  const common = (length: number) => {
    const part = tokens.slice(at, at + length);
    return {
      text: part.map((token) => token.text).join(' '),
      raw: part.map((token) => token.raw).join(' '),
      gap: (tokens[at] as Token).gap,
      corrected: false,
    };
  };

  while (at < tokens.length) {
    const token = tokens[at] as Token;
    const found =
      findPort(tokens, at, names) ??
      findPlacedHost(tokens, at, names, vocabulary) ??
      findName(tokens, at, names) ??
      findBareHost(tokens, at, names, vocabulary);
    if (found !== null) {
      for (const item of found.items) items.push({ ...common(found.length), soft: false, ...item } as Item);
      at += found.length;
      continue;
    }
    const time = findTime(tokens, at);
    if (time !== null) {
      push({ ...common(time.length), kind: 'time', later: time.later, soft: true }, time.length);
      continue;
    }
    if (vocabulary.isKnown(token.text) || token.text === '' || !/^[a-z]/.test(token.text)) {
      push({ ...common(1), kind: 'word', unknown: false, soft: softUntil[at] === true }, 1);
      continue;
    }
    const slip = findSlip(tokens, at, vocabulary);
    if (slip === null) push({ ...common(1), kind: 'word', unknown: true, soft: false }, 1);
    else push({ ...common(slip.length), ...slip.item } as Item, slip.length);
  }
  return softenNouns(items);
}

interface Found {
  readonly items: readonly (Partial<Item> & Pick<Item, 'kind'>)[];
  readonly length: number;
}

function findPort(tokens: readonly Token[], at: number, names: Names): Found | null {
  const token = tokens[at] as Token;
  const joined = /^([a-z][a-z0-9.-]*|\d+\.\d+\.\d+\.\d+):(\d{2,5})$/.exec(token.text);
  if (joined !== null) {
    const port = { kind: 'port' as const, port: Number(joined[2]), soft: true, text: joined[2] as string };
    const service = names.services.get(compactName(joined[1] as string));
    if (service !== undefined)
      return { items: [{ kind: 'service', names: [service], text: service }, port], length: 1 };
    if ((joined[1] as string) === 'port') return { items: [port], length: 1 };
    return null;
  }
  const bare = /^(?::|port[=:]|-p=?|p[=:])(\d{1,6})$/.exec(token.text);
  if (bare !== null) return { items: [{ kind: 'port', port: Number(bare[1]), soft: true }], length: 1 };

  let next = at;
  while (next < tokens.length && next - at < 3 && portPlacing.has(tokens[next]?.text ?? '')) next += 1;
  const placed = next > at;
  const named = /^(?:port|ports|-p|--port)$/.test(tokens[next]?.text ?? '');
  if (named) next += 1;
  while (named && /^(?:number|no|nr|is|to|=|:|be|the)$/.test(tokens[next]?.text ?? '')) next += 1;
  const digits = /^[:#=]?(\d{1,6})$/.exec(tokens[next]?.text ?? '');
  if (digits === null || !(named || placed)) return null;
  if (tokens[at]?.text === 'and' && !named) return null;
  const number = Number(digits[1]);
  if (
    !named &&
    (number < 80 ||
      number > 65_535 ||
      !['at', 'on', 'to', 'via', 'under', 'using'].includes(tokens[next - 1]?.text ?? ''))
  )
    return null;
  if (!named && number < 1000 && ![80, 443, 81, 88].includes(number)) return null;
  return { items: [{ kind: 'port', port: number, soft: true }], length: next + 1 - at };
}

function findPlacedHost(
  tokens: readonly Token[],
  at: number,
  names: Names,
  vocabulary: Vocabulary,
): Found | null {
  const preposition = (tokens[at] as Token).text;
  if (!placing.has(preposition)) return null;
  let next = at + 1;
  if (tokens[next]?.text === 'at' || tokens[next]?.text === 'to') next += 1;
  while (articles.has(tokens[next]?.text ?? '')) next += 1;
  if (
    machineWords.has(tokens[next]?.text ?? '') &&
    tokens[next + 1]?.gap === 'none' &&
    names.hosts.has(tokens[next + 1]?.text ?? '')
  )
    next += 1;
  const token = tokens[next];
  if (token === undefined || token.text === '' || (token.gap !== 'none' && next > at)) return null;
  const pair = tokens[next + 1]?.gap === 'none' ? compactHost(`${token.text} ${tokens[next + 1]?.text}`) : '';
  const wide = names.hosts.get(pair);
  const joined = /^([a-z][a-z0-9.-]*|\d+\.\d+\.\d+\.\d+):(\d{2,5})$/.exec(token.text);
  const name = joined?.[1] ?? token.text;
  const host =
    wide ?? names.hosts.get(compactHost(name)) ?? unheardHost(tokens, at, next, name, names, vocabulary);
  if (host === null) return null;
  next += wide === undefined ? 1 : 2;
  if (machineWords.has(tokens[next]?.text ?? '') && tokens[next]?.gap === 'none') next += 1;
  const items: Found['items'][number][] = [{ kind: 'host', host, placed: true, soft: true }];
  if (joined !== null) items.push({ kind: 'port', port: Number(joined[2]), soft: true });
  return { items, length: next - at };
}

function unheardHost(
  tokens: readonly Token[],
  at: number,
  next: number,
  name: string,
  names: Names,
  vocabulary: Vocabulary,
): string | null {
  const preposition = (tokens[at] as Token).text;
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(name)) return name;
  if (!placingUnknown.has(preposition)) return null;
  if (!/^[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*$/.test(name) || noHost.test(name) || name.length < 2) return null;
  if (findName(tokens, next, names) !== null) return null;
  if (vocabulary.isKnown(name))
    return ['laptop', 'desktop', 'workstation', 'tower'].includes(name) && preposition !== 'of' ? name : null;
  const correction = vocabulary.correct(name);
  if (correction === null) return name;
  if (correction.kind === 'host') return correction.host;
  // "on pve2": a slip away from nothing that is said after a preposition
  return /\d/.test(name) ? name : null;
}

function findName(tokens: readonly Token[], at: number, names: Names): Found | null {
  for (let length = Math.min(longestName, tokens.length - at); length > 0; length -= 1) {
    const part = tokens.slice(at, at + length);
    if (part.slice(1).some((token) => token.gap !== 'none') || part.some((token) => token.text === ''))
      continue;
    if (part.slice(1).some((token) => token.text.length === 1 && /[a-z]/.test(token.text) && length === 2))
      continue;
    const compact = compactName(part.map((token) => token.text).join(''));
    const service = names.services.get(compact);
    if (service !== undefined) return { items: [{ kind: 'service', names: [service] }], length };
    const sort =
      names.kinds.get(compact) ?? (compact.endsWith('s') ? names.kinds.get(compact.slice(0, -1)) : undefined);
    if (sort !== undefined) return { items: [{ kind: 'sort', names: sort }], length };
  }
  return null;
}

function findBareHost(
  tokens: readonly Token[],
  at: number,
  names: Names,
  vocabulary: Vocabulary,
): Found | null {
  const token = tokens[at] as Token;
  const host = names.hosts.get(compactHost(token.text));
  if (host !== undefined) return { items: [{ kind: 'host', host, placed: false }], length: 1 };
  if (!/^[a-z]{1,12}-?\d{1,4}$/.test(token.text) || noHost.test(token.text) || vocabulary.isKnown(token.text))
    return null;
  const stem = token.text.replace(/-?\d+$/, '');
  if (names.services.has(stem) || vocabulary.isKnown(stem) || stem.length < 2) return null;
  return { items: [{ kind: 'host', host: token.text, placed: false }], length: 1 };
}

function findSlip(
  tokens: readonly Token[],
  at: number,
  vocabulary: Vocabulary,
): { readonly item: Partial<Item> & Pick<Item, 'kind'>; readonly length: number } | null {
  const part = tokens.slice(at, at + 3);
  for (let length = part.length; length > 0; length -= 1) {
    const words = part.slice(0, length);
    if (words.slice(1).some((token) => token.gap !== 'none' || token.text.length < 2)) continue;
    if (words.some((token) => token.text.length > 16)) continue;
    const correction = vocabulary.correct(compactName(words.map((token) => token.text).join('')));
    if (correction === null || (length > 1 && correction.kind !== 'service')) continue;
    if (length > 1 && vocabulary.correct(words[0]?.text ?? '')?.kind === 'service') continue;
    const shared = { soft: false, corrected: true };
    if (correction.kind === 'service')
      return { item: { ...shared, kind: 'service', names: correction.names }, length };
    if (correction.kind === 'host')
      return { item: { ...shared, kind: 'host', host: correction.host, placed: false }, length };
    return { item: { ...shared, kind: 'word', text: correction.text, unknown: false }, length };
  }
  return null;
}

function markSoft(tokens: readonly Token[]): readonly boolean[] {
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
function softenNouns(items: readonly Item[]): readonly Item[] {
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
