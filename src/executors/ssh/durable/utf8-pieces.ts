/**
 * Turns bytes that arrive in pieces into text without cutting a character: an unfinished character at the end of a
 * piece waits for the next one. Bytes that are not UTF-8 become U+FFFD, and so does NUL, which PostgreSQL's text
 * cannot hold. `offset` counts the bytes whose text has been handed out.
 */
export class Utf8Pieces {
  #offset: number;
  #held: Buffer = Buffer.alloc(0);
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  constructor(offset: number) {
    this.#offset = offset;
  }

  get offset(): number {
    return this.#offset;
  }

  push(bytes: Buffer): string {
    const all = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    const whole = all.length - unfinishedTail(all);
    this.#held = Buffer.from(all.subarray(whole));
    return this.#decode(all.subarray(0, whole));
  }

  /** The text of what was held back, once nothing more can come. */
  flush(): string {
    const rest = this.#held;
    this.#held = Buffer.alloc(0);
    return this.#decode(rest);
  }

  #decode(bytes: Buffer): string {
    this.#offset += bytes.length;
    const text = this.#decoder.decode(bytes);
    return bytes.includes(0) ? text.replaceAll('\0', '\uFFFD') : text;
  }
}

/** Bytes at the end that begin a character of UTF-8 which is not complete yet: 0 to 3. */
function unfinishedTail(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0b1100_0000) === 0b1000_0000) continue;
    const length = byte >= 0xf0 && byte <= 0xf4 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 1;
    return byte <= 0xf4 && length > back ? back : 0;
  }
  return 0;
}
