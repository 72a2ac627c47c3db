/**
 * A kind of secret that can be told by how it looks, as data. A rule is only tried where one of its anchors stands, so a text
 * without anchors costs next to nothing, however many rules there are.
 */
export interface SecretRule {
  /** What it is called where it is hidden, as in `[secret: Telegram bot token]`. */
  readonly kind: string;
  /**
   * How the stretch that `find` begins at begins: at least four characters, in either case, a class of them in brackets
   * (`sk-[a-z0-9]`). An anchor of only four has to follow one of `before`.
   */
  readonly anchors: readonly string[];
  /** A class of characters as in a regular expression; what is neither letter nor digit unless told. */
  readonly before?: string;
  /**
   * Finds the secret. It is tried exactly where an anchor begins (flag `y`), sees the rest of the line, at most
   * `reach` characters of it, and may look back at most `lookBack`. What the group `secret` matched is hidden, or all of it
   * where there is no group.
   */
  readonly find: RegExp | SecretSearch;
  /**
   * A short look at what stands behind an anchor, for anchors that ordinary logs are full of: false only where `find` finds
   * nothing. It sees the text as it goes on, over the end of the line too, and may look `glance` characters ahead.
   */
  readonly glance?: (text: string, at: number) => boolean;
  /** A class of the characters with which a secret goes on that is longer than `reach`; what is no space or quote unless told. */
  readonly continues?: RegExp;
  /** What may follow on later lines once `find` matched. */
  readonly block?: BlockGrammar;
  readonly examples: {
    /** Texts with each secret in «», and a · wherever somebody else's scanner must not take the sample for a leak. */
    readonly secret: readonly string[];
    /** Texts that look similar and stay as they are. */
    readonly harmless: readonly string[];
  };
}

/** Stretches of `line` that are secret, of what begins at `at`. Empty when there is none; null when it is something else. */
export type SecretSearch = (line: string, at: number) => readonly Stretch[] | null;

/** From the first character to behind the last. */
export type Stretch = readonly [start: number, end: number];

/** How the lines behind the first one are read. */
export interface BlockGrammar {
  /** Starts reading; given the whole opening line as far as it is known, and where in it the anchor stands. */
  open(line: string, at: number): ReadBlockLine;
}

/** What one more line, without its end, comes to: what of it is hidden, and whether the block goes on behind it. */
export type ReadBlockLine = (line: string) => {
  readonly hidden: readonly Stretch[];
  readonly goesOn: boolean;
};

/** How far a rule sees ahead of its anchor, in UTF-16 code units. */
export const reach = 1024;
/** How far a glance sees ahead of the anchor; nearer to the end of what is there it is left out. */
export const glance = 192;
/** How far a rule may look back from its anchor. */
export const lookBack = 128;
