import type { Gap } from './tokens.ts';

interface Common {
  /** As it is read. */
  readonly text: string;
  /** As it was typed. */
  readonly raw: string;
  /** What stands before it. */
  readonly gap: Gap;
  /** May be passed over without changing what is asked for. */
  readonly soft: boolean;
  /** Read as something other than what was typed. */
  readonly corrected: boolean;
}

/** One unit of a message: a word, or a thing found in it. */
export type Item =
  | (Common & {
      readonly kind: 'word';
      /** Neither plain English nor part of any phrase: probably a name. */
      readonly unknown: boolean;
      /** The id of somebody of this house who is called that. */
      readonly person?: string;
    })
  /** `names` has several entries when the word fits several services. */
  | (Common & { readonly kind: 'service'; readonly names: readonly string[] })
  /** Services by what they are: "a password manager". */
  | (Common & { readonly kind: 'sort'; readonly names: readonly string[] })
  | (Common & { readonly kind: 'host'; readonly host: string; readonly placed: boolean })
  | (Common & { readonly kind: 'port'; readonly port: number })
  | (Common & { readonly kind: 'version'; readonly version: string })
  | (Common & { readonly kind: 'time'; readonly later: boolean });
