import { compactName } from '../catalog/compact-name.ts';
import { findBareHost, findPlacedHost } from './find-host.ts';
import { findName } from './find-name.ts';
import { findPort } from './find-port.ts';
import { findTime } from './find-time.ts';
import { findVersion } from './find-version.ts';
import type { Item } from './items.ts';
import type { Names } from './names.ts';
import { markSoft, softenNouns } from './soft-items.ts';
import type { Token } from './tokens.ts';
import type { Vocabulary } from './vocabulary.ts';

/** A message with more strange words than this is no request with slips in it; the rest stay as they are. */
const mostSlips = 40;

/** "P-142" and "R-142" are no slips. */
const planName = /^[pr]-?\d{1,9}$/;

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
      findVersion(tokens, at, names, items.at(-1)) ??
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
    const person = names.people.get(token.text);
    if (person !== undefined) {
      push(
        {
          ...common(1),
          kind: 'word',
          unknown: !vocabulary.isKnown(token.text),
          soft: softUntil[at] === true,
          person,
        },
        1,
      );
      continue;
    }
    if (
      softUntil[at] === true ||
      vocabulary.isKnown(token.text) ||
      token.text === '' ||
      planName.test(token.text) ||
      !/^[a-z]/.test(token.text)
    ) {
      push({ ...common(1), kind: 'word', unknown: false, soft: softUntil[at] === true }, 1);
      continue;
    }
    const closed = token.text.replaceAll('-', '');
    if (closed !== token.text && vocabulary.isKnown(closed)) {
      push({ ...common(1), text: closed, kind: 'word', unknown: false, soft: false, corrected: true }, 1);
      continue;
    }
    const slip = findSlip(tokens, at, vocabulary);
    if (slip === null) push({ ...common(1), kind: 'word', unknown: true, soft: false }, 1);
    else push({ ...common(slip.length), ...slip.item } as Item, slip.length);
  }
  return softenNouns(items);
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
