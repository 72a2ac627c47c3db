import { spellings } from './english/spellings.ts';

/** What stands between a token and the one before it; `listing` is a colon at the end of a line. */
export type Gap =
  | 'none'
  | 'comma'
  | 'slash'
  | 'colon'
  | 'dash'
  | 'semicolon'
  | 'sentence'
  | 'listing'
  | 'question';

/** A word as it is read. */
export interface Token {
  /** Small letters, without marks around it. */
  readonly text: string;
  /** As it was typed. */
  readonly raw: string;
  /** The strongest mark before it. */
  readonly gap: Gap;
}

const strength: readonly Gap[] = [
  'none',
  'slash',
  'colon',
  'comma',
  'dash',
  'semicolon',
  'sentence',
  'listing',
  'question',
];
/** Faces made of signs: ":(", ";-)". They end what was said before them. */
const faces = /(\s)[:;=]['-]?[()DPp|/\\]+(\s|$)/g;
const pictures = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\u200D\uFE0F\u20E3]|[\u{1F1E6}-\u{1F1FF}]/gu;

/** Splits a text into words, keeping what separates them. Emoji, list marks and a leading @mention are left out. */
export function tokens(words: string): readonly Token[] {
  const found: Token[] = [];
  let gap: Gap = 'sentence';
  const widen = (next: Gap) => {
    if (strength.indexOf(next) > strength.indexOf(gap)) gap = next;
  };
  const add = (raw: string) => {
    const plain = raw.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
    const possessive = /^(.{2,})'s$/.exec(plain)?.[1];
    const read = spellings.get(plain) ?? possessive ?? plain.replace(/^'+|'+$/g, '');
    for (const text of read.split(' ')) {
      if (text === '') continue;
      found.push({ text, raw, gap: found.length === 0 ? 'sentence' : gap });
      gap = 'none';
    }
  };

  const text = words
    .normalize('NFC')
    .replace(/[‘’ʼ´]/g, "'")
    .replace(pictures, ' ')
    .replace(faces, '$1,$2')
    .replace(/…|\.{2,}/g, ' , ')
    .replace(/\s[—–-]+\s|[—–]|\s->\s|=>|→/g, ' — ');
  for (const line of text.split(/[\n\r]+/).flatMap(splitNumbered)) {
    widen((gap as Gap) === 'colon' ? 'listing' : 'sentence');
    const chunks = line
      .trim()
      .replace(/^(?:[-*•+]\s+|\d{1,2}[.)]\s+|\[[ x]?\]\s+)+/i, '')
      .split(/\s+/);
    for (const [index, chunk] of chunks.entries()) {
      if (found.length === 0 && index === 0 && /^<?@/.test(chunk)) continue;
      const core = /^[("'`[{<*_~|“”«»]*(.*?)([)"'`\]}>*_~|“”«».,;:!?]*)$/su.exec(chunk);
      const body = core?.[1] ?? chunk;
      const after = core?.[2] ?? '';
      if (body === '—') widen('dash');
      else if (body === '/' || body === '|') widen('slash');
      else if (body === '&' || body === '+') add('and');
      else if (/^\p{L}[\p{L}\p{N}_-]*(?:[/,]\p{L}[\p{L}\p{N}_-]*)+$/u.test(body)) {
        for (const part of body.split(/[/,]/)) {
          add(part);
          widen('slash');
        }
        gap = 'none';
      } else if (body !== '') add(body);
      for (const mark of after) {
        if (mark === '?') widen('question');
        else if (mark === '.' || mark === '!') widen('sentence');
        else if (mark === ';') widen('semicolon');
        else if (mark === ',') widen('comma');
        else if (mark === ':') widen('colon');
      }
    }
  }
  // A question mark at the very end has no word after it; an empty word carries it.
  if ((gap as Gap) === 'question') found.push({ text: '', raw: '?', gap });
  return found;
}

/** "1. back up gitea 2. update gitea": the points of a list written in one line. */
function splitNumbered(line: string): readonly string[] {
  const marks = [...line.matchAll(/(?<=^|\s)(\d{1,2})[.)]\s/g)];
  if (marks.length < 2 || marks.some((mark, i) => Number(mark[1]) !== i + 1)) return [line];
  return line.split(/(?<=^|\s)(?=\d{1,2}[.)]\s)/);
}
