/** The longest message that is read, in UTF-16 code units. */
const longestMessage = 4000;

/** Characters that show nothing, or that turn the order of what is shown: the eye and the program would read two texts. */
const turning = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u;
const unseen =
  /[\u00AD\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180E\u200B\u200C\u2060-\u2064\u206A-\u206F\u3164\uFEFF\uFFA0]|[\u{E0000}-\u{E0FFF}]/u;
/** A zero-width joiner that does not join two pictures. */
const looseJoiner =
  /(?<!\p{Extended_Pictographic}\uFE0F?\p{Emoji_Modifier}?)\u200D|\u200D(?!\p{Extended_Pictographic})/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const control = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/u;
const broken = /\p{Surrogate}|\p{Private_Use}|\uFFFD/u;
const piled = /\p{M}{4}/u;
const textual = /[\p{L}\p{N}\s.,;:!?'"()\p{Extended_Pictographic}]/gu;

/** What makes a text unreadable, as the end of the sentence "It …"; null when it can be read. */
export function findUnreadable(words: string): string | null {
  if (words.length > longestMessage) {
    return `is ${words.length.toLocaleString('en')} characters long, and ${longestMessage.toLocaleString('en')} is the most that is read`;
  }
  if (broken.test(words)) return 'contains bytes that are not text';
  if (control.test(words)) return 'contains control characters';
  if (turning.test(words)) return 'contains characters that turn the direction of writing';
  if (unseen.test(words) || looseJoiner.test(words)) return 'contains characters that cannot be seen';
  if (piled.test(words)) return 'contains letters with piles of marks on them';
  if (words.length > 40 && (words.match(textual)?.length ?? 0) < [...words].length * 0.6) {
    return 'is mostly signs and hardly any words';
  }
  return null;
}

/** A word that mixes alphabets or uses letters that only look like plain ones; null when there is none. */
export function findLookAlike(words: string): string | null {
  for (const word of words.match(/[\p{L}\p{N}_-]+/gu) ?? []) {
    const latin = /\p{Script=Latin}/u.test(word);
    const other =
      /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Georgian}]/u.test(
        word,
      );
    if (latin && other) return word;
    const plain = word.normalize('NFKC');
    if (plain !== word.normalize('NFC') && /[a-z]/i.test(plain)) return word;
  }
  return null;
}
