import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { catalog, intentsOf, understand } from './house.ts';

interface Utterance {
  readonly text: string;
  readonly intents?: readonly unknown[];
  readonly question?: boolean;
  readonly refused?: boolean;
}

function read(name: string): readonly Utterance[] {
  const text = readFileSync(new URL(`../../fixtures/language/${name}.jsonl`, import.meta.url), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Utterance);
}

describe.each(['utterances', 'own-utterances', 'later-utterances', 'fresh-utterances'])(
  'every sentence of %s means what it says',
  (corpus) => {
    test.each(read(corpus))('$text', ({ text, intents, question, refused }) => {
      const understood = understand(text);
      if (question === true) expect(understood.kind).toBe('question');
      else expect(intentsOf(understood)).toEqual(intents);
      if (refused === true) expect(understood.kind).toBe('refused');
    });
  },
);

describe('every example in the catalog means what it says', () => {
  const examples = catalog.commands.flatMap(({ command, examples }) =>
    examples.map((example) => ({ command, ...example })),
  );
  test.each(examples)('$command: $say', ({ command, say, means }) => {
    expect(intentsOf(understand(say))).toEqual([{ command, inputs: means }]);
  });
});
