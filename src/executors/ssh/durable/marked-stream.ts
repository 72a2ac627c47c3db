/**
 * Cuts the command's own bytes out of a channel: what stands before the begin mark was written by the login shell's
 * start-up files, what stands behind the end mark is the ending report. A mark that arrives in pieces is recognised;
 * bytes that may be the start of one are held back until that is clear.
 */
export class MarkedStream {
  readonly #begin: Buffer;
  readonly #end: Buffer;
  #part: 'before' | 'within' | 'behind' = 'before';
  #held: Buffer = Buffer.alloc(0);
  #ending: Buffer[] = [];

  constructor(begin: string, end: string) {
    this.#begin = Buffer.from(begin);
    this.#end = Buffer.from(end);
  }

  /** Takes the next bytes of the channel and answers those of the command, possibly none. */
  push(bytes: Buffer): Buffer {
    if (this.#part === 'behind') {
      this.#ending.push(bytes);
      return Buffer.alloc(0);
    }
    let rest = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    this.#held = Buffer.alloc(0);
    if (this.#part === 'before') {
      const at = rest.indexOf(this.#begin);
      if (at < 0) {
        this.#held = rest.subarray(-(this.#begin.length - 1));
        return Buffer.alloc(0);
      }
      this.#part = 'within';
      rest = rest.subarray(at + this.#begin.length);
    }
    const at = rest.indexOf(this.#end);
    if (at >= 0) {
      this.#part = 'behind';
      this.#ending.push(rest.subarray(at + this.#end.length));
      return rest.subarray(0, at);
    }
    const keep = lengthOfPossibleStart(rest, this.#end);
    this.#held = rest.subarray(rest.length - keep);
    return rest.subarray(0, rest.length - keep);
  }

  /** Whether the begin mark has come. */
  get begun(): boolean {
    return this.#part !== 'before';
  }

  /** What came behind the end mark; null as long as there was none. */
  get ending(): string | null {
    return this.#part === 'behind' ? Buffer.concat(this.#ending).toString('utf8') : null;
  }
}

/** How many bytes at the end of `bytes` could be the first bytes of `mark`. */
function lengthOfPossibleStart(bytes: Buffer, mark: Buffer): number {
  const first = mark[0] ?? 0;
  let at = bytes.indexOf(first, Math.max(0, bytes.length - mark.length + 1));
  for (; at >= 0; at = bytes.indexOf(first, at + 1))
    if (bytes.subarray(at).equals(mark.subarray(0, bytes.length - at))) return bytes.length - at;
  return 0;
}
