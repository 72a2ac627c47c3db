import { expect, test } from 'vitest';
import { columns, widthOf } from '#chat/matrix/columns.ts';
import { drawCard } from '#chat/matrix/draw-card.ts';
import { drawNote } from '#chat/matrix/draw-note.ts';
import { jsonBytes } from '#chat/matrix/event-size.ts';
import { editContent, messageContent } from '#chat/matrix/message-content.ts';
import { checkHtml } from '../../support/matrix-double/strict-content.ts';
import { sampleCard, sampleCards, sampleStep } from './sample-cards.ts';

const zone = 'Europe/Berlin';

test.each(Object.entries(sampleCards))('the card “%s” reads like its transcript', async (name, card) => {
  const { body, html } = drawCard(card, zone);
  checkHtml(html);
  const file = name.replaceAll(' ', '-');
  await expect(`${body}\n`).toMatchFileSnapshot(`transcripts/card-${file}.txt`);
  await expect(`${html.replaceAll(/(<\/(?:p|ul|pre|blockquote)>)/g, '$1\n')}`).toMatchFileSnapshot(
    `transcripts/card-${file}.html`,
  );
});

test.each(Object.entries(sampleCards))(
  'the card “%s” is no wider than a phone where the words are Chiffon’s',
  (_name, card) => {
    const { body } = drawCard(card, zone);
    const wide = body.split('\n').filter((line) => widthOf(line) > columns);
    // A command, an address and a line of a diff are never broken or cut.
    expect(wide.filter((line) => !/^\s*[$|+-]|^ {3}|:\/\/|^\S+$/.test(line))).toEqual([]);
  },
);

test('a plain client sees everything a decision needs: what, the exact commands, risk, undo and how to say yes', () => {
  const { body } = drawCard(sampleCard(), zone);
  for (const step of sampleCard().card.steps) expect(body).toContain(step.exact);
  expect(body).toContain('Risk ▮▮▯ change');
  expect(body).toContain('Undo: for 7 days');
  expect(body).toContain('approve 142 7f3a9c02');
  expect(body).toContain('until 22:02 CET');
});

test('a destructive card names its typed code and never invites a tap', () => {
  const { body } = drawCard(sampleCards['destructive'] ?? sampleCard(), zone);
  expect(body).toContain('approve 142 K7F3QA');
  expect(body).not.toMatch(/✅|React/);
});

test('a command is shown to the letter however long it is, or stands in a file and the card says so', () => {
  for (const length of [100, 2_000, 8_000, 40_000]) {
    const exact = `echo ${'x'.repeat(length)} end`;
    const { body, html, file } = drawCard(sampleCard({ steps: [sampleStep(1, { exact })] }), zone);
    if (file === null) {
      expect(body).toContain(exact);
      expect(html).toContain(exact);
    } else {
      expect(file.content).toContain(exact);
      expect(body).toContain(file.name);
      expect(html).toContain(file.name);
      expect(body).not.toContain('xxx');
    }
  }
});

test('a command of one line stands in a sentence, where a phone breaks it; one with lines or columns keeps them', () => {
  const htmlOf = (exact: string): string =>
    drawCard(sampleCard({ steps: [sampleStep(1, { exact, diff: null })] }), zone).html;
  expect(htmlOf('sh service.sh restart')).toContain('<br><code>sh service.sh restart</code></p>');
  for (const exact of ['a\nb', 'printf "a  b"', 'printf "a\tb"'])
    expect(htmlOf(exact)).toContain(`</p><pre><code>${exact}\n</code></pre>`);
});

test('no step begins with a sign that clients draw as a coloured picture', () => {
  for (const state of ['running', 'done', 'failed', 'queued', 'unknown', 'stopped'] as const) {
    const steps = [sampleStep(1, { state })];
    const { body } = drawCard(sampleCard({ state: 'running', steps }), zone);
    const line = body.split('\n').find((words) => /^\S 1 /.test(words)) ?? '';
    expect(line).toMatch(/^\P{Emoji} 1 /u);
  }
});

test('what came of a step is said once, and a step that took next to nothing names no time', () => {
  const result = 'Ended with exit code 1 on n100: port 80 is taken';
  const at = '2026-11-21T13:05:10.000Z';
  const failed = sampleStep(1, { summary: 'Start it', state: 'failed', result, startedAt: at, endedAt: at });
  const bodyOf = (message: string): string =>
    drawCard(sampleCard({ state: 'failed', message, steps: [failed] }), zone).body;
  expect(
    bodyOf('Step 1 failed: ended with exit code 1 on n100: port 80 is taken. Nothing was changed.'),
  ).toMatch(/^✕ 1 Start it$/m);
  expect(bodyOf('It did not start.').replace(/\s+/g, ' ')).toContain(`✕ 1 Start it: ${result}`);
});

test('what Chiffon says in its own words stands as sentences, which a phone breaks; what a run read keeps its columns', () => {
  expect(drawCard(sampleCards['help'] ?? sampleCard(), zone).html).not.toContain('<pre>');
  expect(drawCard(sampleCards['answer'] ?? sampleCard(), zone).html).toContain('<pre>');
});

test('the last line of a run is broken by a phone, not cut off; lines in columns keep them', () => {
  const htmlOf = (lastLine: string): string =>
    drawCard(sampleCard({ state: 'running' }, { lastLine }), zone).html;
  expect(htmlOf('npm http fetch GET 200')).toContain('<p><code>npm http fetch GET 200</code></p>');
  const note = { kind: 'note', words: 'x', mentions: [], loud: false } as const;
  expect(drawNote({ ...note, output: 'a  b' }).html).toContain('<pre>');
  expect(drawNote({ ...note, output: 'a\nb' }).html).toContain('<pre>');
});

test('a code somebody types is never broken in two', () => {
  const { html } = drawCard(sampleCards['destructive'] ?? sampleCard(), zone);
  expect(html).toContain('<code>approve\u00a0142\u00a0K7F3QA</code>');
});

test('an answer names no hash: nobody approves it', () => {
  const { body } = drawCard(sampleCard({ state: 'answer', answerBy: null }), zone);
  expect(body).not.toContain('7f3a…9c02');
});

test('a command with something hidden in it, and a file no diff shows, stand in the attached file', () => {
  const hidden = drawCard(sampleCard({ steps: [sampleStep(1, { exact: 'rm a\u202eb' })] }), zone);
  expect(hidden.file?.content).toContain('rm a\u202eb');
  expect(hidden.body).toContain('rm a·b');
  const unseen = drawCard(
    sampleCard({ steps: [sampleStep(1, { uses: 'file', content: 'secret recipe\n', diff: null })] }),
    zone,
  );
  expect(unseen.file?.content).toContain('secret recipe');
  const seen = drawCard(sampleCard(), zone);
  expect(seen.file).toBeNull();
});

test('the largest cards fit into an event together with their copies in an edit', () => {
  const scripts = ['x', 'ß', '漢', '😀', '"', '\u0000', '<', '&', '\\', 'a.bc '];
  for (const character of scripts) {
    const long = (length: number): string => character.repeat(length);
    const steps = Array.from({ length: 60 }, (_, index) =>
      sampleStep(index + 1, {
        summary: long(300),
        exact: long(500),
        diff: `+${long(400)}\n`.repeat(40),
        result: long(400),
      }),
    );
    for (const state of ['needs_you', 'running'] as const) {
      const drawn = drawCard(
        sampleCard(
          {
            state,
            steps,
            title: long(900),
            message: `${long(5_000)}\n${`${long(300)}\n`.repeat(400)}`,
            ask: { person: long(200), surface: 'matrix', at: '2026-11-21T13:02:11.000Z', words: long(4_000) },
            effects: Array.from({ length: 80 }, () => ({
              host: long(60),
              kind: 'container' as const,
              what: long(200),
              change: long(200),
            })),
            decisions: Array.from({ length: 30 }, () => ({
              words: long(200),
              at: '2026-11-21T13:02:11.000Z',
              comment: long(900),
            })),
            delta: Array.from({ length: 40 }, () => long(400)),
            warnings: Array.from({ length: 60 }, () => long(600)),
          },
          { lastLine: long(4_000) },
        ),
        zone,
      );
      expect(drawn.body.length + drawn.html.length).toBeLessThanOrEqual(16_000);
      const post = messageContent(drawn, {
        loud: true,
        mentions: ['@anna:double.test'],
        position: { root: '$r', latest: '$l' },
      });
      const edit = editContent(drawn, '$original', true);
      expect(Buffer.byteLength(JSON.stringify(post))).toBeLessThan(60_000);
      expect(Buffer.byteLength(JSON.stringify(edit))).toBeLessThan(60_000);
      expect(jsonBytes(drawn.body)).toBeLessThan(60_000);
      expect(drawn.body).toMatch(/… \d+ more/);
      checkHtml(drawn.html);
    }
  }
});
