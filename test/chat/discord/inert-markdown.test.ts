import { describe, expect, test } from 'vitest';
import {
  codeBlock,
  firstLines,
  inertLine,
  inertMarkdown,
  lastLines,
  shorten,
  showsInCodeBlock,
} from '#chat/discord/inert-markdown.ts';
import { inertText } from '#platform/untrusted-text.ts';
import { readMarkdown } from '../../support/discord-double/discord-double.ts';

/** What people and hosts write to be more than letters. */
const breakOuts = [
  '@everyone',
  '@here look',
  'hello @everyone and @here',
  '<@204255221017214977>',
  '<@!204255221017214977>',
  '<@&204255221017214977>',
  '<#204255221017214977>',
  '</approve:204255221017214977>',
  '<id:customize>',
  '<:party:204255221017214977>',
  '<a:party:204255221017214977>',
  '<t:1795871100:R>',
  '[free nitro](https://evil.example)',
  '[free nitro](<https://evil.example> "title")',
  '[https://good.example](https://evil.example)',
  '[a\\](b)](https://evil.example)',
  'https://evil.example/path?x=1',
  'see http://evil.example.',
  'HTTPS://EVIL.EXAMPLE/A',
  '<https://evil.example>',
  '<mailto:anna@example.org>',
  '<tel:+491234>',
  'discord.gg/abcdef',
  'Discord.com/invite/abcdef',
  'discordapp.com/invite/abcdef',
  '**bold**',
  '__under__',
  '*slanted*',
  '_slanted_',
  '***all***',
  '~~struck~~',
  '||hidden||',
  '`code`',
  '``co`de``',
  '```\nblock\n```',
  '```diff\n- gone\n+ new\n```',
  'x ```\nout of the block',
  '# Heading',
  '### Heading',
  '-# small print',
  '> quoted',
  '>>> quoted to the end\nof it',
  '- a list',
  '* a list',
  '+ a list',
  '1. first',
  '  23) later',
  'line\n# heading on the second line',
  'line\r# heading after a carriage return',
  'line\u2028# heading after a line separator',
  '\\**not escaped**',
  '\\\\**still not escaped**',
  '\\`',
  '\u202eevil\u202c',
  'a\u200bb\u200dc\ufeffd',
  '@\u200beveryone',
  '\u001b[31mred\u001b[0m',
  '\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007',
  '[2mdim',
  '<script>alert(1)</script>',
  '&lt;@204255221017214977&gt;',
  '*a* **b** _c_ ~~d~~ ||e|| `f` [g](http://h.example) <@204255221017214977> @here',
  '****',
  '[x]: https://evil.example',
  '|| spoiler || `',
  '¯\\_(ツ)_/¯',
];

describe('text of people and hosts on Discord', () => {
  test.each(breakOuts)('%j does nothing and reads as it is', (text) => {
    const { effects, seen } = readMarkdown(inertMarkdown(text));
    expect(effects).toEqual([]);
    expect(seen).toBe(inertText(text));
    expect(seen).not.toMatch(/[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u001b]/);
  });

  test.each(breakOuts)('%j does nothing on one line either', (text) => {
    const { effects, seen } = readMarkdown(inertLine(text));
    expect(effects).toEqual([]);
    expect(seen).not.toContain('\n');
  });

  test.each(breakOuts)('%j cannot leave a code block', (text) => {
    const { effects } = readMarkdown(`before\n${codeBlock(text)}\nafter`);
    expect(effects).toEqual(['code block']);
  });

  test.each(['', '\n', '\n\n', ' ', '`', '``', '\n```', '```', 'diff', 'diff\nx', '\\'])(
    '%j in a code block leaves the next block whole',
    (text) => {
      const { effects } = readMarkdown(`${codeBlock(text)}\n**x**\n${codeBlock('**y** @everyone')}`);
      expect(effects).toEqual(['code block', 'bold', 'code block']);
    },
  );

  test('more than sixty break-outs are tried', () => {
    expect(new Set(breakOuts).size).toBeGreaterThanOrEqual(60);
  });

  test('the reader that judges them sees what is not made harmless', () => {
    const done = (text: string): readonly string[] => readMarkdown(text).effects;
    const harmful = breakOuts.filter((text) => done(text).length > 0);
    expect(harmful.length).toBeGreaterThan(45);
    expect(done('[a](https://b.example)')).toEqual(['masked link [a](https://b.example)']);
    expect(done('**a `b` c**')).toEqual(['bold', 'code `b`']);
  });

  test('a code block shows a command to the letter, or says that it can’t', () => {
    expect(showsInCodeBlock('docker compose -f "/srv/a b/compose.yaml" up -d && echo `id`')).toBe(true);
    expect(showsInCodeBlock('echo ``` && rm x')).toBe(false);
    expect(showsInCodeBlock('rm \u202ex')).toBe(false);
    expect(showsInCodeBlock('rm a\rb')).toBe(false);
  });
});

describe('cutting', () => {
  const lines = Array.from({ length: 40 }, (_, index) => `line ${index + 1}`);

  test('says how many lines are left out, at the end or at the start', () => {
    const first = firstLines(lines, 100);
    expect(first[0]).toBe('line 1');
    expect(first.at(-1)).toBe(`… ${40 - (first.length - 1)} more lines`);
    expect(first.join('\n').length).toBeLessThanOrEqual(100);
    const last = lastLines(lines, 100);
    expect(last[0]).toBe(`… ${40 - (last.length - 1)} more lines`);
    expect(last.at(-1)).toBe('line 40');
    expect(last.join('\n').length).toBeLessThanOrEqual(100);
  });

  test('leaves alone what fits', () => {
    expect(firstLines(lines, 10_000)).toEqual(lines);
  });

  test('never cuts a character in half', () => {
    expect(shorten('ab🔶cd', 4)).toBe('ab…');
    expect(shorten('ab🔶cd', 5)).toBe('ab🔶…');
    expect(shorten('abc', 3)).toBe('abc');
  });
});
