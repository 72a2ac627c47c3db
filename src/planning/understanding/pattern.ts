import type { CommandInput, CommandSentences } from '../catalog/command-sentences.ts';
import type { VerbForm } from './english/openings.ts';
import type { Node } from './phrase-network.ts';

/** How a phrase may be said: an order starts with its verb; a question is asked whole; a label names what is wanted. */
export type Style = 'order' | 'terse' | 'question' | 'label';

/** What a phrase belongs to. */
export interface Meaning {
  readonly command: string;
  readonly risk: CommandSentences['risk'];
  readonly hands: CommandSentences['hands'];
  readonly inputs: Readonly<Record<string, CommandInput>>;
}

/** A phrase ready for matching. */
export interface Pattern {
  readonly meaning: Meaning;
  readonly style: Style;
  readonly form: VerbForm;
  readonly nodes: readonly Node[];
  readonly start: number;
}
