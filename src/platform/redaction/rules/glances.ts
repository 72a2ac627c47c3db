/** For each UTF-16 code unit below 128 whether it belongs to a class; all others do or don't. */
export interface UnitClass {
  readonly ascii: Uint8Array;
  readonly others: boolean;
}

/** @param one matches a text of one character that belongs to the class. */
export function unitClass(one: RegExp): UnitClass {
  const ascii = Uint8Array.from({ length: 128 }, (_, code) => Number(one.test(String.fromCharCode(code))));
  return { ascii, others: one.test('\u{1000}') };
}

/** Where the units of a class end that begin at a place; at most `most` of them are passed. */
export function skipUnits(text: string, at: number, most: number, { ascii, others }: UnitClass): number {
  let end = at;
  for (; end < at + most; end += 1) {
    const inside = ascii[text.charCodeAt(end)];
    if (inside === undefined ? !others : inside === 0) break;
  }
  return end;
}
