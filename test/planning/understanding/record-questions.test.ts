import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createUnderstander } from '#planning/understanding/understand.ts';
import { catalog, intentsOf } from './house.ts';

const understand = createUnderstander(catalog, {
  hosts: [
    { name: 'n100', aliases: [] },
    { name: 'nas', aliases: [] },
  ],
  people: [
    { id: 'anna', name: 'Anna Berg' },
    { id: 'ben', name: 'Ben' },
  ],
});

interface Question {
  readonly text: string;
  readonly intents: readonly { readonly command: string; readonly inputs: Record<string, string> }[];
}

const questions = readFileSync(
  new URL('../../fixtures/language/record-questions.jsonl', import.meta.url),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Question);

describe('questions about the past', () => {
  test.each(questions)('$text', ({ text, intents }) => {
    const understood = intentsOf(understand(text));
    expect(understood).toEqual(intents);
  });
});

test('no question about the past is ever taken for something to do', () => {
  for (const { text, intents } of questions) {
    const understood = understand(text);
    if (understood.kind !== 'intents' || intents.length === 0) continue;
    for (const { command } of understood.intents)
      expect([text, command]).toEqual([text, expect.stringMatching(/^audit\./)]);
  }
});

test('somebody is known by the first name and by the id, and nobody by a word that names a service', () => {
  expect(intentsOf(understand('what did Anna change today'))).toEqual([
    { command: 'audit.changes', inputs: { person: 'anna' } },
  ]);
  const odd = createUnderstander(catalog, { hosts: [], people: [{ id: 'plex', name: 'Plex' }] });
  expect(intentsOf(odd('what changed on plex'))).toEqual([
    { command: 'audit.changes', inputs: { service: 'plex' } },
  ]);
});

test('a service that nobody knows is asked about instead of being left out', () => {
  expect(understand('who approved the update of frobnicator')).toMatchObject({ kind: 'question' });
});
