/** Hides every secret the configuration knows, and whatever looks like one. */
export interface Redaction {
  /** The text with every secret replaced by what it is; the very same text when it holds none. */
  text(plain: string): string;
  /**
   * For text that arrives in pieces: holds back what could be the start of a secret.
   *
   * @param beside a stream whose text belongs to the same output: a key of several lines may stand partly in one and partly in the other.
   */
  stream(beside?: RedactionStream): RedactionStream;
  /** What the first secret of a text is, and never its value; null when there is none. */
  contains(text: string): string | null;
}

export interface RedactionStream {
  push(piece: string): string;
  /** Gives out what was held back. The stream can be used again afterwards, as a new one. */
  flush(): string;
  /** Gives out what was held back, and still knows that a key of several lines was begun. */
  endLine(): string;
  /** How many of the characters taken in last are held back. */
  readonly keptBack: number;
}
