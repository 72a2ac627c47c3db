/**
 * Text from a host, a person or a file, made safe to show in a chat, a terminal or a card: it can't move the cursor, change
 * colours, turn the reading direction or hide letters. Line feeds and tabs stay, `\r\n` becomes `\n`, and a carriage return alone,
 * which would let a line be overwritten, becomes `\n` too. Escape sequences go as a whole; every other hidden character becomes
 * a visible `·`.
 */
export function inertText(text: string): string {
  return text
    .toWellFormed()
    .replace(escapeSequence, '')
    .replace(/\r\n?/g, '\n')
    .replace(hiddenCharacter, '·');
}

/** Something in a text that a reader can't see, and where: `at` counts UTF-16 code units from 0. */
export interface HiddenCharacter {
  /** What it is, for a sentence: "a zero-width space (U+200B)". */
  readonly what: string;
  readonly at: number;
}

/** The first character that a reader would not see or that changes how the rest is shown; null when all is visible. */
export function findHiddenCharacters(text: string): HiddenCharacter | null {
  const at = text.search(anyHidden);
  if (at < 0) return null;
  const code = text.codePointAt(at) ?? 0;
  return { what: `${nameOf(code)} (U+${code.toString(16).toUpperCase().padStart(4, '0')})`, at };
}

/**
 * Terminal escape sequences (ECMA-48): CSI … final byte, the string commands OSC, DCS, SOS, PM and APC up to their end or the
 * line's, and two-character escapes; also in their one-byte C1 forms.
 */
const escapeSequence =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c\n]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]/g;

/**
 * Controls but tab and line feed, format characters (bidi controls, zero-width characters, tags), everything Unicode calls
 * ignorable (fillers, variation selectors), line and paragraph separators, private characters, half characters, non-characters and
 * the blank Braille pattern. Joiners count too, although Persian and some Indian scripts use them: a word with one can be
 * told from the same word without, and a command can't be allowed to look like another.
 */
const hiddenClass =
  '(?![\\t\\n])[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\p{Noncharacter_Code_Point}\\u2800]';
const emojiJoin =
  '(?<=\\p{Extended_Pictographic}(?:\\ufe0f|\\p{Emoji_Modifier})?)\\u200d(?=\\p{Extended_Pictographic})';
const emojiStyle = '(?<=[\\p{Extended_Pictographic}0-9#*])\\ufe0f';
const hiddenCharacter = new RegExp(`(?!${emojiJoin}|${emojiStyle})${hiddenClass}`, 'gu');
const anyHidden = new RegExp(`(?!${emojiJoin}|${emojiStyle}|\\r\\n)${hiddenClass}`, 'u');

const names: readonly (readonly [from: number, to: number, name: string])[] = [
  [0x00, 0x00, 'a null character'],
  [0x08, 0x08, 'a backspace'],
  [0x0d, 0x0d, 'a carriage return'],
  [0x1b, 0x1b, 'an escape character'],
  [0x7f, 0x7f, 'a delete character'],
  [0x00, 0x9f, 'a control character'],
  [0xad, 0xad, 'a soft hyphen'],
  [0x200b, 0x200b, 'a zero-width space'],
  [0x200c, 0x200d, 'a zero-width joiner'],
  [0x2060, 0x2064, 'a zero-width character'],
  [0xfeff, 0xfeff, 'a byte order mark'],
  [0x061c, 0x061c, 'a character that changes the reading direction'],
  [0x200e, 0x200f, 'a character that changes the reading direction'],
  [0x202a, 0x202e, 'a character that changes the reading direction'],
  [0x2066, 0x2069, 'a character that changes the reading direction'],
  [0xfe00, 0xfe0f, 'a variation selector'],
  [0xe0100, 0xe01ef, 'a variation selector'],
  [0xe0000, 0xe007f, 'an invisible tag character'],
  [0xd800, 0xdfff, 'half a character'],
];

function nameOf(code: number): string {
  return names.find(([from, to]) => code >= from && code <= to)?.[2] ?? 'an invisible character';
}
