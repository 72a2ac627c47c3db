/** Lines somebody points at: `#t2:L18-L21`, or `#t4.2:L118` for the second attempt of task 4. */
export interface LineLink {
  readonly task: number;
  readonly attempt: number;
  readonly from: number;
  readonly to: number;
}

/** Reads the fragment of an address; null when it is not a link to lines. */
export function readLineLink(fragment: string): LineLink | null {
  const match = /^#?t(\d{1,6})(?:\.(\d{1,4}))?:L(\d{1,9})(?:-L?(\d{1,9}))?$/.exec(fragment);
  if (!match) return null;
  const first = Number(match[3]);
  const second = match[4] === undefined ? first : Number(match[4]);
  return {
    task: Number(match[1]),
    attempt: match[2] === undefined ? 1 : Number(match[2]),
    from: Math.min(first, second),
    to: Math.max(first, second),
  };
}

/** Writes the fragment. */
export function writeLineLink(link: LineLink): string {
  const attempt = link.attempt === 1 ? '' : `.${link.attempt}`;
  const to = link.to === link.from ? '' : `-L${link.to}`;
  return `#t${link.task}${attempt}:L${link.from}${to}`;
}
