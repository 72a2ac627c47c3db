/** How much of a card is shown. What is cut first is what the console shows better: the diff, then steps, then effects. */
export interface Detail {
  readonly diffLines: number;
  /** Whether the steps of a proposal show their commands. */
  readonly commands: boolean;
  readonly steps: number;
  readonly effects: number;
  /** Lines of an answer. */
  readonly lines: number;
  /** How many characters each kind of text people and hosts wrote gets. */
  readonly most: Limits;
}

/** The limits of single texts, in characters. */
export interface Limits {
  readonly title: number;
  readonly words: number;
  readonly line: number;
  readonly message: number;
  readonly comment: number;
  readonly fact: number;
  /** How many warnings, differences and decisions. */
  readonly entries: number;
}

const usual: Limits = {
  title: 200,
  words: 200,
  line: 200,
  message: 1_500,
  comment: 300,
  fact: 300,
  entries: 20,
};

const little: Limits = {
  title: 120,
  words: 80,
  line: 80,
  message: 500,
  comment: 100,
  fact: 150,
  entries: 5,
};

const least: Limits = { title: 60, words: 40, line: 40, message: 200, comment: 40, fact: 60, entries: 3 };

/** From everything to the least; the first that fits is drawn. */
export const levels: readonly Detail[] = [
  { diffLines: 12, commands: true, steps: 40, effects: 30, lines: 120, most: usual },
  { diffLines: 6, commands: true, steps: 40, effects: 30, lines: 60, most: usual },
  { diffLines: 0, commands: true, steps: 40, effects: 30, lines: 40, most: usual },
  { diffLines: 0, commands: false, steps: 40, effects: 20, lines: 20, most: usual },
  { diffLines: 0, commands: false, steps: 10, effects: 10, lines: 10, most: little },
  { diffLines: 0, commands: false, steps: 5, effects: 5, lines: 5, most: least },
];
