/**
 * Characters a person cannot see or tell apart in a card: control characters other than tab and newline, blanks that
 * are not blanks to the shell, direction marks, and letters of two alphabets in one word.
 */
export function hidesCharacters(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
  if (/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(text)) return true;
  if (
    /[\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5\ufe00-\ufe0f]|(?! )\p{Zs}/u.test(
      text,
    )
  )
    return true;
  if (/\p{Cs}/u.test(text)) return true;
  return /[A-Za-z][\p{M}0-9_.-]*[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Cherokee}\p{Script=Armenian}\p{Script=Lisu}]|[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Cherokee}\p{Script=Armenian}\p{Script=Lisu}][\p{M}0-9_.-]*[A-Za-z]/u.test(
    text,
  );
}
