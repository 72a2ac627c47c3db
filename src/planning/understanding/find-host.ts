import { findName } from './find-name.ts';
import { findTime } from './find-time.ts';
import type { Found } from './found.ts';
import { compactHost, type Names } from './names.ts';
import type { Token } from './tokens.ts';
import type { Vocabulary } from './vocabulary.ts';

const placing = new Set(['on', 'at', 'to', 'onto', 'from', 'in', 'for', 'of', 'over', 'via', '@']);

/** Prepositions after which an unheard-of name is a host's. */
const placingUnknown = new Set(['on', 'at', 'to', 'onto', 'from', '@']);

const articles = new Set(['the', 'my', 'our', 'a', 'an', 'this', 'that', 'your']);

const machineWords = new Set(['host', 'server', 'machine', 'box', 'node', 'raspberry', 'computer', 'system']);

/** Names that look like a host's but are something else. */
const noHost =
  /^(?:vm|ct|lxc|p|r|v|h|x|mp|ipv|k|s|http|python|php|cve|task|stage|id|port|step|day|week|rev|version|top|part|no|nr|mqtt|wg|gpu|rtx|cat|usb|sha|md|utf|u)-?\d+$/;

/** "on the nas": a host where a preposition says that one stands. */
export function findPlacedHost(
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
  if (findTime(tokens, at) !== null) return null;
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(name)) return name;
  if (!placingUnknown.has(preposition) || isTask(tokens, next)) return null;
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

/** A host by its bare name: one of the house, or a word such as "pve2". */
export function findBareHost(
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
  if (isTask(tokens, at)) return null;
  const stem = token.text.replace(/-?\d+$/, '');
  if (names.services.has(stem) || vocabulary.isKnown(stem) || stem.length < 2) return null;
  return { items: [{ kind: 'host', host: token.text, placed: false }], length: 1 };
}

/** "HOME-41" in a message that is not all capitals names a task. */
function isTask(tokens: readonly Token[], at: number): boolean {
  return /^[A-Z]{2,}-\d+$/.test(tokens[at]?.raw ?? '') && tokens.some(({ raw }) => /[a-z]/.test(raw));
}
