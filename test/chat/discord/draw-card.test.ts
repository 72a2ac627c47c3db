import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawCard } from '#chat/discord/draw-card.ts';
import { cardSentence, noteText, toldText } from '#chat/discord/draw-texts.ts';
import type { Card } from '#core/card.ts';
import {
  type DiscordDouble,
  readMarkdown,
  startDiscordDouble,
} from '../../support/discord-double/discord-double.ts';
import {
  answer,
  destructive,
  done,
  failed,
  type OutgoingCard,
  outgoing,
  parked,
  proposal,
  question,
  refused,
  running,
  step,
  unknownOutcome,
} from './cards.ts';
import { type OpenSurface, openSurface } from './support.ts';

interface Tree {
  readonly type: number;
  readonly content?: string;
  readonly components?: readonly Tree[];
}

const flat = (tree: Tree): Tree[] => [tree, ...(tree.components ?? []).flatMap(flat)];
const sizeOf = (
  message: OutgoingCard,
): { readonly text: string; readonly characters: number; readonly components: number } => {
  const all = flat(drawCard(message).container as Tree);
  const text = all.map((one) => one.content ?? '').join('\n');
  return {
    text,
    characters: all.reduce((sum, one) => sum + (one.content?.length ?? 0), 0),
    components: all.length,
  };
};

describe('cards as a person reads them on Discord', () => {
  let discord: DiscordDouble;
  let open: OpenSurface;
  beforeAll(async () => {
    discord = await startDiscordDouble();
    open = await openSurface(discord);
  });
  afterAll(async () => {
    await open.close();
    await discord.stop();
  });

  const long = proposal({
    steps: Array.from({ length: 14 }, (_, index) =>
      step(
        index + 1,
        `Do thing ${index + 1}`,
        `run-thing --number ${index + 1} ${'--option value '.repeat(30)}`,
      ),
    ),
  });
  const cards: readonly (readonly [name: string, message: OutgoingCard])[] = [
    ['proposal', outgoing(proposal(), { page: 'https://chiffon.example.org/r/142' })],
    ['destructive', outgoing(destructive())],
    [
      'second-revision',
      outgoing(
        proposal({ revision: 2, delta: ['step 2: docker compose pull → docker compose pull --quiet'] }),
      ),
    ],
    ['too-long-to-show', outgoing(long, { page: 'http://chiffon:4180/r/142' })],
    ['running', outgoing(running(), { lastLine: ' Container jellyfin  Recreated' })],
    ['done', outgoing(done())],
    ['failed', outgoing(failed())],
    ['outcome-unknown', outgoing(unknownOutcome())],
    ['parked', outgoing(parked())],
    ['question', outgoing(question())],
    ['question-with-many-choices', outgoing(question(9))],
    ['answer', outgoing(answer())],
    ['refused', outgoing(refused())],
  ];

  test.each(cards)('%s', async (name, message) => {
    const channel = discord.addChannel(name);
    await open.card(
      { channel: channel.id, thread: null },
      { ...message, mentions: [discord.user('Anna').id] },
    );
    const seen = discord.transcript(channel);
    const file = discord.lastOfBot(channel)?.files[0];
    const attached =
      file === undefined ? '' : `\n=== ${file.filename} ===\n\n${file.content.toString('utf8')}`;
    await expect(seen + attached).toMatchFileSnapshot(`transcripts/${name}.txt`);
  });
});

describe('what is cut', () => {
  const manyDiffLines = (lines: number): string =>
    ['@@ -1,1 +1,40 @@', ...Array.from({ length: lines - 1 }, (_, index) => `+line ${index + 1}`)].join('\n');

  test('a long diff is cut, says by how much, and stands whole in a file', () => {
    const content = Array.from({ length: 42 }, (_, index) => `line ${index + 1}`).join('\n');
    const card = proposal({
      steps: [
        step(1, 'Write compose.yaml', 'write /srv/compose.yaml (mode 0644)', {
          uses: 'file',
          content,
          diff: manyDiffLines(43),
        }),
      ],
    });
    const { steps } = drawCard(outgoing(card));
    const { text } = sizeOf(outgoing(card));
    expect(text).toContain('… 31 more lines of changes');
    expect(text).toContain('Not everything fits on this card');
    expect(steps?.name).toBe('steps-142-1.txt');
    expect(steps?.content).toContain(content);
    expect(steps?.content).toContain(manyDiffLines(43));
  });

  test('commands are shown whole or not at all, and then the file has every one to the letter', () => {
    for (const length of [10, 100, 300, 600, 900, 3_000, 30_000]) {
      const exacts = Array.from({ length: 4 }, (_, index) => `echo ${String(index).repeat(length)}`);
      const card = proposal({
        steps: exacts.map((exact, index) => step(index + 1, `Step ${index + 1}`, exact)),
      });
      const { steps } = drawCard(outgoing(card));
      const { text } = sizeOf(outgoing(card));
      const shown = exacts.filter((exact) => text.includes(exact)).length;
      expect([0, exacts.length]).toContain(shown);
      if (shown === 0) {
        expect(text).toContain('The commands themselves stand in the file below.');
        for (const exact of exacts) expect(steps?.content).toContain(exact);
      } else expect(steps).toBeNull();
    }
  });

  test('a command Discord could not show to the letter is not shown at all', () => {
    for (const exact of ['echo ``` && rm -rf /x', 'rm \u202egpj.exe', 'printf a\u200bb']) {
      const card = proposal({ steps: [step(1, 'Odd', exact)] });
      const drawn = drawCard(outgoing(card));
      expect(sizeOf(outgoing(card)).text).not.toContain('rm -rf');
      expect(drawn.steps?.content).toContain(exact);
    }
  });

  test('state, title, facts and the ways to decide stay when everything is far too long', () => {
    const card = proposal({
      title: `Update everything ${'and more '.repeat(400)}`,
      ask: {
        person: 'A'.repeat(500),
        surface: 'discord',
        at: '2026-11-21T13:02:00.000Z',
        words: 'w'.repeat(4_000),
      },
      message: Array.from({ length: 200 }, (_, index) => `message line ${index}`).join('\n'),
      effects: Array.from({ length: 60 }, (_, index) => ({
        host: 'n100',
        kind: 'file' as const,
        what: `file-${index}`,
        change: 'c'.repeat(300),
      })),
      steps: Array.from({ length: 60 }, (_, index) =>
        step(index + 1, 's'.repeat(300), 'x'.repeat(2_000), { diff: manyDiffLines(400) }),
      ),
      rehearsal: {
        at: '2026-11-21T13:02:11.000Z',
        steps: [],
        facts: Array.from({ length: 50 }, () => ({ label: 'l'.repeat(100), value: 'v'.repeat(100) })),
        notes: Array.from({ length: 50 }, () => 'n'.repeat(500)),
      },
      delta: Array.from({ length: 60 }, () => 'd'.repeat(500)),
      decisions: Array.from({ length: 30 }, () => ({
        words: 'Changes requested by Anna',
        at: '2026-11-21T13:02:11.000Z',
        comment: '*'.repeat(4_000),
      })),
    });
    const { text, characters, components } = sizeOf(
      outgoing(card, { page: 'https://chiffon.example.org/r/142' }),
    );
    expect(characters).toBeLessThanOrEqual(4_000);
    expect(components).toBeLessThanOrEqual(40);
    for (const needed of [
      'Needs you',
      'Update everything',
      'Risk ▮▮▯ change',
      'Undo:',
      'more lines',
      '7f3a…9c02',
    ])
      expect(text).toContain(needed);
  });

  test('whatever a card holds, Discord’s limits are kept and nothing quoted has an effect', () => {
    const nasty = fc.oneof(
      fc.string({ maxLength: 300 }),
      fc.string({
        unit: fc.constantFrom(
          '`',
          '*',
          '_',
          '\n',
          '@',
          '<',
          '[',
          '](',
          'https://a.b',
          '#',
          ' ',
          'everyone',
          '\\',
          '🔶',
        ),
        maxLength: 200,
      }),
    );
    const card = fc.record({
      title: nasty,
      message: fc.option(nasty),
      words: nasty,
      exacts: fc.array(nasty, { maxLength: 12 }),
      notes: fc.array(nasty, { maxLength: 12 }),
      state: fc.constantFrom('needs_you' as const, 'running' as const, 'failed' as const, 'answer' as const),
    });
    fc.assert(
      fc.property(card, fc.option(nasty), (given, lastLine) => {
        const message = outgoing(
          proposal({
            state: given.state,
            title: given.title,
            message: given.message,
            ask: {
              person: given.words,
              surface: 'discord',
              at: '2026-11-21T13:02:00.000Z',
              words: given.words,
            },
            steps: given.exacts.map((exact, index) =>
              step(index + 1, exact, exact, { result: exact, diff: exact }),
            ),
            rehearsal: { at: '2026-11-21T13:02:11.000Z', steps: [], facts: [], notes: given.notes },
            decisions: [{ words: given.words, at: '2026-11-21T13:02:11.000Z', comment: given.words }],
          }),
          { lastLine },
        );
        const { characters, components } = sizeOf(message);
        expect(characters).toBeLessThanOrEqual(4_000);
        expect(components).toBeLessThanOrEqual(40);
        const texts = flat(drawCard(message).container as Tree).flatMap((one) => one.content ?? []);
        for (const text of texts) {
          expect(text.trim()).not.toBe('');
          const own = ['heading ###', 'small -#', 'bold', 'code block'];
          const effects = readMarkdown(text).effects.filter(
            (effect) => !own.includes(effect) && !effect.startsWith('time <t:17') && effect !== 'list -',
          );
          expect(effects).toEqual([]);
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('sentences', () => {
  test('what a locked phone shows names who is called, which plan, its state and what it is about', () => {
    expect(cardSentence(outgoing(proposal(), { mentions: ['204255221017214977'] }))).toBe(
      '<@204255221017214977> 🔶 P-142 needs you: Update Jellyfin to 10.11.2 on n100',
    );
    expect(cardSentence(outgoing(question()))).toBe('🔶 R-144 one question: add all portals to kuma');
  });

  test('nobody but account ids is called', () => {
    const mentions = ['everyone', '@here', '&204255221017214977', '204255221017214977> <@&1', ''];
    expect(cardSentence(outgoing(proposal(), { mentions }))).not.toContain('<');
  });

  test('a note keeps the last lines a host printed and says how many there were before', () => {
    const output = Array.from({ length: 10_000 }, (_, index) => `line ${index + 1}`).join('\n');
    const text = noteText({
      kind: 'note',
      words: 'Failed. Step 4 ended with code 1.',
      output,
      mentions: [],
      loud: false,
    });
    expect(text.length).toBeLessThanOrEqual(2_000);
    expect(text).toContain('line 10000');
    expect(text).toMatch(/… \d+ more lines/);
    expect(text).not.toContain('line 1\n');
  });

  test.each([
    ['long words', '*'.repeat(5_000), null],
    ['long words and output', '@everyone '.repeat(500), '`'.repeat(5_000)],
    ['one endless line', 'x', 'y'.repeat(100_000)],
    ['empty output', 'x', '\n\n'],
  ])('a note with %s fits', (_, words, output) => {
    const text = noteText({ kind: 'note', words, output, mentions: ['204255221017214977'], loud: true });
    expect(text.length).toBeLessThanOrEqual(2_000);
    expect(toldText(words).length).toBeLessThanOrEqual(2_000);
  });
});

test('every state a card can be in is drawn', () => {
  const states: Card['state'][] = [
    'needs_you',
    'question',
    'drafting',
    'waiting',
    'queued',
    'running',
    'retrying',
    'escalated',
    'done',
    'failed',
    'gave_up',
    'refused',
    'unknown',
    'answer',
    'rejected',
    'replaced',
    'stopped',
    'parked',
  ];
  for (const state of states)
    expect(drawCard(outgoing(proposal({ state }))).container.components.length).toBeGreaterThan(2);
});
