/** A stretch of a text that is hidden. Positions count from where the stream began. */
export interface Hidden {
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

/** The part of a stream's text that is still there. */
export interface TextView {
  readonly text: string;
  /** The position of its first character; what stands before what is not given out yet is kept for looking back. */
  readonly start: number;
  /** The position behind its last character. */
  readonly end: number;
}

/** Looks for secrets in a text that grows. */
export interface Finder {
  /**
   * Looks at what is new since the last call.
   *
   * @param newFrom the position where the new text begins.
   * @param final whether nothing more will come.
   * @returns what was found, in any order, and the position before which nothing more will be found, nor anything that was
   *   found grow.
   */
  read(
    view: TextView,
    newFrom: number,
    final: boolean,
  ): { readonly found: readonly Hidden[]; readonly safe: number };
  /** Forgets all: another text begins at this position. A block of several lines that has begun goes on if told so. */
  reset(at: number, keepBlocks: boolean): void;
}
