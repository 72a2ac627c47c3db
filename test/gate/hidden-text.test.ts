import { describe, expect, test } from 'vitest';
import { buildCard } from '#chat/cards/build-card.ts';
import type { RequestStory } from '#chat/cards/request-story.ts';
import { drawCard as drawOnDiscord } from '#chat/discord/draw-card.ts';
import { drawCard as drawOnMatrix } from '#chat/matrix/draw-card.ts';
import { fitsIntoEvent } from '#chat/matrix/event-size.ts';
import type { Outgoing } from '#chat/surface-port.ts';
import { renderCard } from '#chat/terminal/render-card.ts';
import type { Card } from '#core/card.ts';
import { type PlanContent, planHash } from '#core/plan.ts';
import { createHouse } from '#flow/house.ts';
import { inertText } from '#platform/untrusted-text.ts';
import { judgePlan } from '#policy/judge-plan.ts';
import { contentWith, shellStep } from '../ledger/house-of-tests.ts';
import { hideTricks, manySteps, tail } from './tricks.ts';

const anna = { id: 'anna', name: 'Anna', role: 'owner' } as const;
const at = '2026-11-21T13:02:11.000Z';

/** The card of a proposal, as every surface gets it. */
function cardOf(content: PlanContent): Card {
  const hash = planHash(content);
  const story = {
    request: {
      id: 142,
      thread: 't',
      text: 'do it',
      person: 'anna',
      surface: 'console',
      state: 'planned',
      reply: null,
      choices: [],
      suggestions: [],
      intents: [],
      at,
    },
    plan: {
      id: 142,
      state: 'awaiting_approval',
      revision: 1,
      hash,
      risk: content.risk,
      title: content.title,
      note: null,
      answerBy: null,
      at,
      changedAt: at,
    },
    revisions: [
      {
        plan: 142,
        revision: 1,
        content,
        hash,
        rehearsal: { at, steps: [], facts: [], notes: [] },
        askedFor: null,
        at,
      },
    ],
    approvals: [],
    run: null,
    tasks: [],
    waitsFor: null,
  } as unknown as RequestStory;
  return buildCard(story, { person: anna, house: createHouse([anna]) }, new Date(at));
}

const outgoing = (card: Card): Extract<Outgoing, { kind: 'card' }> => ({
  kind: 'card',
  card,
  lastLine: null,
  page: null,
  mentions: [],
  loud: true,
});

/** The text of a Discord card, its components counted, each text as it is sent. */
function onDiscord(card: Card): {
  readonly text: string;
  readonly file: string;
  readonly components: number;
} {
  const { container, steps } = drawOnDiscord(outgoing(card));
  const texts: string[] = [];
  let components = 0;
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if (Array.isArray(node)) return node.forEach(visit);
    if ('type' in node) components += 1;
    if ('content' in node && typeof node.content === 'string') texts.push(node.content);
    for (const [key, member] of Object.entries(node)) if (key !== 'emoji' && key !== 'options') visit(member);
  };
  visit(container);
  return { text: texts.join('\n'), file: steps?.content ?? '', components };
}

/** Fails unless every command of a card is there to the letter, on the card itself or in the file that goes with it. */
function check(card: Card): void {
  const commands = card.steps.map(({ exact }) => exact);
  const discord = onDiscord(card);
  expect(discord.text.length).toBeLessThanOrEqual(4_000);
  expect(discord.components).toBeLessThanOrEqual(40);
  const matrix = drawOnMatrix(outgoing(card), 'Europe/Berlin');
  expect(fitsIntoEvent(matrix)).toBe(true);
  const terminal = inertText(renderCard(card));
  const unescaped = matrix.html.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  for (const command of commands) {
    expect(discord.file === '' ? discord.text : discord.file).toContain(command);
    expect(matrix.file === null ? unescaped : matrix.file.content).toContain(command);
    expect(terminal).toContain(command.replaceAll('\n', '\n        '));
  }
  for (const file of [discord.file, matrix.file?.content ?? ''])
    if (file !== '') expect(file).toContain(`SHA-256 ${card.hash}`);
}

test('there are at least forty ways to hide something', () => {
  expect(new Set(hideTricks.map(([, command]) => command)).size).toBeGreaterThanOrEqual(40);
  for (const [, command] of hideTricks) expect(command).toContain(tail);
});

describe('what would run is shown whole on every surface, or refused before anybody sees it', () => {
  test.each(hideTricks)('%s', (_, command) => {
    const content = contentWith([shellStep(1, 'n100', command)]);
    const judged = judgePlan(content);
    if (judged.ok) check(cardOf(content));
    else expect(judged.rule).toMatch(/^floor\./);
  });

  test.each([2, 12, 40, 400])('the last of %i steps', (count) => {
    const content = contentWith(manySteps(count));
    expect(judgePlan(content).ok).toBe(true);
    check(cardOf(content));
  });

  test('a step on another machine says so', () => {
    const card = cardOf(contentWith([shellStep(1, 'n100'), shellStep(2, 'nas', tail)]));
    expect(onDiscord(card).text).toContain('Say 2 on nas');
    expect(drawOnMatrix(outgoing(card), 'UTC').body).toContain('Say 2 on nas');
    expect(renderCard(card)).toContain('Say 2 on nas');
  });

  test('more effects than a card has room for stand in the file, each of them', () => {
    const effects = Array.from({ length: 90 }, (_, index) => ({
      host: 'n100',
      kind: 'volume' as const,
      what: `volume-${index}`,
      change: 'deleted for good',
    }));
    const card = cardOf({ ...contentWith([shellStep(1)]), effects });
    const { file } = onDiscord(card);
    const matrix = drawOnMatrix(outgoing(card), 'UTC').file?.content;
    for (const { what } of effects) {
      expect(file).toContain(`${what} deleted for good`);
      expect(matrix).toContain(`${what} deleted for good`);
    }
  });

  test('a letter that looks like another is named above the yes', () => {
    const warnings = cardOf(contentWith([shellStep(1, 'n100', 'cat /etc\u2215hosts')])).warnings;
    expect(warnings).toEqual(['Step 1: it holds “∕” (U+2215); such letters can look like others.']);
  });
});
