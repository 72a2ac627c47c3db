import { compactName } from '../catalog/compact-name.ts';
import type { Found } from './found.ts';
import type { Item } from './items.ts';
import type { Names } from './names.ts';
import type { Token } from './tokens.ts';

const leading = new Set('to at in with using on from as back of the exact exactly specific'.split(' '));
const nouns = new Set(['version', 'versions', 'ver', 'release', 'tag', 'v']);
/** "1.2", "v1.2.3", "2.0.0-beta.1" */
const dotted = /^v?\d+(?:\.\d+)+(?:[-+_]?[a-z0-9]+(?:[.-][a-z0-9]+)*)?$/;
const short = /^v\d{1,4}$/;
/** After "version" whatever has a digit in it will do: "30", "sha-4bfc5bb", "release.2024-12-18". */
const bare = /^(?=.*\d)[a-z0-9]+(?:[.+_-][a-z0-9]+)*$/;
const address = /^\d{1,3}(?:\.\d{1,3}){3}$/;
/** Tags that ask for no particular version. */
const moving = new Set(['latest', 'stable', 'newest', 'release', 'current']);

/** "to version 1.2.3", "gitea:1.22", "nextcloud 29": the version somebody wants. */
export function findVersion(
  tokens: readonly Token[],
  at: number,
  names: Names,
  before: Item | undefined,
): Found | null {
  const token = tokens[at] as Token;
  const tagged = /^([a-z][a-z0-9._-]*)[:@]([a-z0-9][a-z0-9._-]*)$/.exec(token.text);
  const service = names.services.get(compactName(tagged?.[1] ?? ''));
  if (tagged !== null && service !== undefined) {
    const tag = tagged[2] as string;
    // Two and more digits behind a colon are a port, from the first one people open up to the last.
    if (/^\d+$/.test(tag) && Number(tag) >= 80) return null;
    const item = { kind: 'service' as const, names: [service], text: tagged[1] as string };
    return { items: moving.has(tag) ? [item] : [item, version(tag)], length: 1 };
  }

  let next = at;
  while (next < tokens.length && next - at < 3 && leading.has(tokens[next]?.text ?? '')) next += 1;
  const named = nouns.has(tokens[next]?.text ?? '') && (next === at || tokens[next]?.gap === 'none');
  if (named) next += 1;
  const wanted = tokens[next];
  if (wanted === undefined || (next > at && wanted.gap !== 'none')) return null;
  const isVersion = named
    ? bare.test(wanted.text)
    : (dotted.test(wanted.text) && !address.test(wanted.text)) || short.test(wanted.text);
  const follows =
    next === at && before?.kind === 'service' && /^\d{1,3}$/.test(wanted.text) && endsThere(tokens[at + 1]);
  if (!isVersion && !follows) return null;
  next += 1;
  // "version 1.30 of vaultwarden"
  if (tokens[next]?.text === 'of' && tokens[next]?.gap === 'none') next += 1;
  return { items: [version(wanted.text)], length: next - at };
}

/** Whether nothing that is counted follows: "plex 2 times" names no version. */
function endsThere(token: Token | undefined): boolean {
  return (
    token === undefined ||
    token.gap !== 'none' ||
    /^(?:on|at|to|from|in|please|and|then|for|now|using|with|instead|or|again|thanks)$/.test(token.text)
  );
}

function version(text: string): Found['items'][number] {
  return { kind: 'version', version: text, text, soft: true };
}
