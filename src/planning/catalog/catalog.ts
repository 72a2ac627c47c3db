import type { CommandSentences } from './command-sentences.ts';
import type { ServiceEntry } from './service-entry.ts';

/** Everything Chiffon knows how to do and to what, as written in the `commands` folder. */
export interface Catalog {
  readonly commands: readonly CommandSentences[];
  readonly services: readonly ServiceEntry[];
}

/** One thing to put right in a catalog file. */
export interface CatalogMistake {
  /** Path relative to the catalog's directory. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly problem: string;
  readonly remedy: string;
}
