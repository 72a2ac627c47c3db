import { recordOf } from './read-ending.ts';

const word = 'chiffon-record ';
/** A line longer than this is no record: nobody writes facts of that length, and it would have to be kept. */
const longestLine = 64 * 1024;

/**
 * Picks the `chiffon-record key=value` lines out of text that arrives in pieces. It jumps from one to the next and does not look at
 * the lines between, of which a large output has millions.
 */
export class RecordLines {
  readonly #records: Record<string, string> = {};
  /** What came of the last line, as long as it may be a record. */
  #line = '';
  /** Whether the line under way can't be a record any more, so that none of it is kept. */
  #skipping = false;

  push(text: string): void {
    let at = 0;
    if (this.#line !== '' || this.#skipping) {
      const end = text.indexOf('\n');
      this.#take(end < 0 ? text : text.slice(0, end));
      if (end < 0) return;
      this.#endLine();
      at = end + 1;
    }
    for (let record = recordFrom(text, at); record >= 0; record = recordFrom(text, at)) {
      const end = text.indexOf('\n', record);
      if (end < 0) break;
      this.#take(text.slice(record, end));
      this.#endLine();
      at = end + 1;
    }
    this.#take(text.slice(Math.max(at, text.lastIndexOf('\n') + 1)));
  }

  /** The records of the whole text, the last line with or without a line end. */
  end(): Readonly<Record<string, string>> {
    this.#endLine();
    return this.#records;
  }

  #take(part: string): void {
    if (this.#skipping) return;
    this.#line += part;
    const possible = word.startsWith(this.#line.slice(0, word.length)) || this.#line.startsWith(word);
    if (possible && this.#line.length <= longestLine) return;
    this.#skipping = true;
    this.#line = '';
  }

  #endLine(): void {
    if (!this.#skipping && this.#line.startsWith(word)) {
      for (const [key, value] of recordOf(this.#line.slice(word.length)) ?? []) this.#records[key] = value;
    }
    this.#line = '';
    this.#skipping = false;
  }
}

/** Where the first line begins that may be a record, of those from the line at `at` on; -1 when there is none. */
function recordFrom(text: string, at: number): number {
  if (text.startsWith(word, at)) return at;
  const before = text.indexOf(`\n${word}`, at);
  return before < 0 ? -1 : before + 1;
}
