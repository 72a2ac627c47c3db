import { inertText } from '#platform/untrusted-text.ts';

/** A text as HTML that shows exactly its letters, with everything hidden in it made visible. */
export function escapeHtml(text: string): string {
  return inertText(text).replace(/[&<>]/g, (character) => entities[character] ?? character);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
};

/**
 * Text of people and hosts inside a sentence. Clients make links and pills of addresses, names of accounts, rooms and
 * `@room` by themselves; inside code they don't, so these stand as code.
 */
export function inertHtml(text: string): string {
  const clean = inertText(text);
  let html = '';
  let at = 0;
  for (const match of clean.matchAll(linkable)) {
    html += `${escapeHtml(clean.slice(at, match.index))}<code>${escapeHtml(match[0])}</code>`;
    at = match.index + match[0].length;
  }
  return (html + escapeHtml(clean.slice(at))).replaceAll('\n', '<br>');
}

/**
 * Addresses with and without a scheme, `@account:server`, `#room:server`, `!room:server`, `@room`. The name of a file
 * looks like an address, too; it takes the folders in front of it and the rest of its ending along, so that no path and
 * no name is half code.
 */
const linkable =
  /(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*:\/\/\S+|(?:mailto|magnet|matrix|tel|xmpp|javascript|data):\S+|[@#!+$][^\s@#!:]+:[^\s]+|@room\b|(?<![\p{L}\p{N}_-])(?:[\p{L}\p{N}_.~-]*\/)*[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*\.\p{L}{2,}[\p{L}\p{N}_-]*(?:[:/?#]\S+)?/giu;

/** An address people may press; null when it is anything but plain http. */
export function pressable(address: string): string | null {
  const url = URL.parse(address);
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') ? url.href : null;
}

/** An address as the value of an attribute in double quotes. */
export function attribute(address: string): string {
  return escapeHtml(address).replaceAll('"', '&quot;');
}
