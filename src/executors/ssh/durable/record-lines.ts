import { recordOf } from './read-ending.ts';

const word = 'chiffon-record ';
/** A line longer than this is no record: nobody writes facts of that length, and it would have to be kept. */
const longestLine = 64 * 1024;

/** Picks the `chiffon-record key=value` lines out of text that arrives in pieces. */
export class RecordLines {
  readonly #records: Record<string, string> = {};
  #line = '';
  /** Whether the line under way can't be a record any more, so that none of it is kept. */
  #skipping = false;

  push(text: string): void {
    if (text === '') return;
    const lines = text.split('\n');
    for (const [index, part] of lines.entries()) {
      if (index > 0) this.#endLine();
      if (!this.#skipping) this.#take(part);
    }
  }

  /** The records of the whole text, the last line with or without a line end. */
  end(): Readonly<Record<string, string>> {
    this.#endLine();
    return this.#records;
  }

  #take(part: string): void {
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
