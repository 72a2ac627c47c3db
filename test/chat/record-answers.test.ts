import { describe, expect, test } from 'vitest';
import { drawAnswer } from '#chat/discord/draw-answer.ts';
import { html, plainText } from '#chat/matrix/blocks.ts';
import { levels } from '#chat/matrix/card-detail.ts';
import { recordAnswer } from '#chat/matrix/record-answer.ts';
import type { RecordAnswer } from '#core/record-answer.ts';
import { answerText } from '#flow/answer-text.ts';
import { readMarkdown } from '../support/discord-double/discord-double.ts';
import { checkHtml } from '../support/matrix-double/strict-content.ts';
import { manyFailures, sinceItWorked } from '../support/sample-answers.ts';

const site = 'https://chiffon.example.org';
const asOf = '2026-11-28T14:30:00.000Z';
const zone = 'Europe/Berlin';
const answers: readonly (readonly [string, RecordAnswer])[] = [
  ['many-failures', manyFailures],
  ['since-it-worked', sinceItWorked],
];

describe.each(answers)('the answer “%s”', (name, answer) => {
  test('reads like its transcript in the terminal', async () => {
    const text = answerText(answer, { now: new Date(asOf), zone, address: (path) => `${site}${path}` });
    await expect(`${text}\n`).toMatchFileSnapshot(`transcripts/${name}-terminal.txt`);
  });

  test('reads like its transcript on Discord, where each reader sees times of their own', async () => {
    const markdown = drawAnswer(answer, site, 3_000);
    await expect(`${markdown}\n`).toMatchFileSnapshot(`transcripts/${name}-discord.txt`);
    expect(markdown).not.toMatch(/\d\d:\d\d(?!\])/);
  });

  test('reads like its transcript on Matrix, with and without HTML', async () => {
    const [detail] = levels;
    if (detail === undefined) throw new Error('there is no level of detail');
    const blocks = recordAnswer(answer, { site, zone, asOf }, detail);
    checkHtml(html(blocks));
    await expect(`${plainText(blocks)}\n`).toMatchFileSnapshot(`transcripts/${name}-matrix.txt`);
    await expect(`${html(blocks).replaceAll(/(<\/(?:p|li|pre)>)/g, '$1\n')}\n`).toMatchFileSnapshot(
      `transcripts/${name}-matrix.html`,
    );
  });
});

test('what people and hosts wrote formats, links and calls nothing on Discord', () => {
  const seen = readMarkdown(drawAnswer(manyFailures, site, 3_000));
  expect(JSON.stringify(seen)).toContain('bind **failed** on [::]:8096 @everyone');
});

test('without an address of the console nothing is linked, and what leads nowhere is not named', () => {
  const markdown = drawAnswer(manyFailures, null, 3_000);
  expect(markdown).not.toMatch(/\]\(<|http/);
  expect(markdown).toContain('P-142');
  expect(markdown).not.toContain('· log');
});

test.each([3_000, 900, 300, 120])(
  'an answer fits into %i characters on Discord, and says what it leaves out',
  (most) => {
    const [line] = manyFailures.groups[0]?.lines ?? [];
    if (line === undefined) throw new Error('the sample has no line');
    const long = {
      ...manyFailures,
      groups: [{ title: null, lines: Array.from({ length: 10 }, () => line) }],
    };
    const markdown = drawAnswer(long, site, most);
    expect(markdown.length).toBeLessThanOrEqual(most);
    if (most < 900) expect(markdown).toMatch(/more lines?/);
  },
);
