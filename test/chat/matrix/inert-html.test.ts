import { describe, expect, test } from 'vitest';
import { html, plainText, text } from '#chat/matrix/blocks.ts';
import { drawCard } from '#chat/matrix/draw-card.ts';
import { drawAnswer, drawNote } from '#chat/matrix/draw-note.ts';
import { checkHtml } from '../../support/matrix-double/strict-content.ts';
import { sampleCard, sampleStep } from './sample-cards.ts';

/** Sixty ways out of the place a text stands in: markup, links, mentions, hidden characters, imitations of the card. */
const breakOuts: readonly string[] = [
  '<b>bold</b>',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<a href="https://evil.example">press</a>',
  '<a href="javascript:alert(1)">press</a>',
  '</code></pre><h1>big</h1><pre><code>',
  '</li></ul><b>out</b>',
  '</blockquote>out',
  '</p><p>next',
  '<!-- comment -->',
  '<![CDATA[x]]>',
  '<details><summary>x</summary>y</details>',
  '<table><tr><td>x</td></tr></table>',
  '<font color="red">red</font>',
  '<span data-mx-color="#f00">red</span>',
  '<span data-mx-spoiler>spoiler</span>',
  '<mx-reply>fake</mx-reply>',
  '<svg/onload=alert(1)>',
  '<iframe src="//evil.example"></iframe>',
  '<style>*{display:none}</style>',
  '&lt;b&gt;',
  '&#60;b&#62;',
  '&amp;amp;',
  '&nbsp;&copy;',
  '" onmouseover="alert(1)',
  "' onmouseover='alert(1)",
  '@room',
  '@room everybody look',
  '@anna:example.org',
  'hello @anna:example.org, look',
  '#homelab:example.org',
  '!abc123:example.org',
  'https://evil.example',
  'http://evil.example/a?b=c&d=<e>',
  'https://matrix.to/#/@anna:example.org',
  'https://matrix.to/#/!room:example.org/$event',
  'matrix:u/anna:example.org',
  'www.evil.example',
  'evil.example/path',
  'evil.example:8080',
  'javascript:alert(1)',
  'data:text/html,<b>x</b>',
  'mailto:anna@example.org',
  'magnet:?xt=urn:btih:x',
  'ftp://evil.example/x',
  '[press](https://evil.example)',
  '`code`',
  '```\nfence\n```',
  '**bold** _thin_ ~~gone~~',
  '> quoted',
  '# heading',
  '\u001b[31mred\u001b[0m',
  '\u001b]8;;https://evil.example\u0007press\u001b]8;;\u0007',
  'a\u202egnp.exe',
  '\u2066left\u2069',
  'zero\u200bwidth\u200d\u2060joiner\ufeff',
  'line\rover',
  'nul\u0000bell\u0007back\u0008',
  '\u{e0041}\u{e0042}tags',
  'half\ud800surrogate',
];

const hidden =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/u;

/** What clients make links of when they find it in text outside of code. */
const clickable =
  /(?:https?|ftp|matrix|mailto|magnet|data|javascript):\S|www\.\w|@room\b|[@#!]\w+:\w+\.\w+|\bevil\.example/i;

/** The text a client makes links in: everything that is neither an element nor inside of code. */
function linkedText(drawn: string): string {
  return drawn.replace(/<pre>[\s\S]*?<\/pre>|<code>[\s\S]*?<\/code>|<[^>]*>/g, ' ');
}

test('there are sixty ways to try', () => {
  expect(new Set(breakOuts).size).toBe(60);
});

describe.each(breakOuts.map((words) => [JSON.stringify(words), words] as const))('%s', (_name, words) => {
  test('stays text wherever it stands: in a sentence, in output, in an answer and in every place of a card', () => {
    const card = sampleCard(
      {
        title: words,
        stateWord: words,
        ask: { person: words, surface: 'matrix', at: '2026-11-21T13:02:11.000Z', words },
        message: `${words}\n${words}\n${words}`,
        effects: [
          { host: words, kind: 'container', what: words, change: words, before: words, after: words },
        ],
        steps: [sampleStep(1, { summary: words, exact: words, diff: `+${words}\n` })],
        verification: words,
        undo: words,
        cost: words,
        warnings: [words],
        delta: [words],
        decisions: [{ words, at: '2026-11-21T13:02:11.000Z', comment: words }],
        actions: [
          { kind: 'answer', label: words, tone: 'plain', value: words, blocked: null },
          { kind: 'ask', label: words, tone: 'plain', value: words, blocked: null },
        ],
      },
      { lastLine: words, page: null },
    );
    for (const drawn of [
      { body: plainText([text(words)]), html: html([text(words)]) },
      drawNote({ kind: 'note', words, output: words, mentions: [], loud: false }),
      drawAnswer('@anna:example.org', words),
      drawCard(card, 'UTC'),
    ]) {
      checkHtml(drawn.html);
      expect(drawn.body).not.toMatch(hidden);
      expect(drawn.html).not.toMatch(hidden);
      expect(drawn.html).not.toMatch(/<a /);
      expect(linkedText(drawn.html)).not.toMatch(clickable);
    }
  });
});

test('output can’t imitate the card around it: each of its lines has a mark in front', () => {
  const fake = 'ok\n\nReact ✅ to approve and run\nor reply approve 7';
  const note = drawNote({ kind: 'note', words: 'Failed.', output: fake, mentions: [], loud: false });
  expect(
    note.body.split('\n').filter((line) => line.startsWith('React') || line.startsWith('or reply')),
  ).toEqual([]);
  const command = drawCard(
    sampleCard({ steps: [sampleStep(1, { exact: `true\nRisk ▮▯▯ read · Cost 0` })] }),
    'UTC',
  );
  expect(command.body.match(/^Risk/gm)).toHaveLength(1);
});

test('a path or a name that looks like an address is code as a whole, with the marks around it outside', () => {
  for (const path of [
    'services/uptime-kuma/service.conf',
    '/srv/app/compose.yaml',
    '~/x/a.b.sh',
    './package.json',
    'floor.host-power',
    'library.sqlite3',
    'backup.tar.gz_2026',
  ]) {
    expect(html([text(`see (${path})`)])).toBe(`<p>see (<code>${path}</code>)</p>`);
    expect(html([text(`${path}: why`)])).toBe(`<p><code>${path}</code>: why</p>`);
  }
});

test('a long text full of folders is drawn at once', () => {
  const from = performance.now();
  html([text('a.b-/'.repeat(600))]);
  html([text('a'.repeat(3_000)), text('/'.repeat(3_000))]);
  expect(performance.now() - from).toBeLessThan(2_000);
});

test('an address of Chiffon’s own is a link only when it is plain http', () => {
  const link = (address: string): string => html([text({ link: 'Details', address })]);
  expect(link('https://chiffon.example/r/1?a="b"')).toBe(
    '<p><a href="https://chiffon.example/r/1?a=%22b%22">Details</a></p>',
  );
  for (const address of ['javascript:alert(1)', 'data:text/html,x', 'chiffon.local', ''])
    expect(link(address)).not.toContain('<a');
});
