import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findHiddenCharacters, inertText } from '#platform/untrusted-text.ts';

describe('inert text', () => {
  test.each([
    ['colours', '\u001b[1;31mred\u001b[0m', 'red'],
    ['colours in the one-byte form', '\u009b31mred', 'red'],
    ['cursor movement', 'safe\u001b[2K\u001b[1Arm', 'saferm'],
    ['a window title', '\u001b]0;owned\u0007text', 'text'],
    ['a terminal link', '\u001b]8;;http://evil.example\u001b\\click\u001b]8;;\u001b\\', 'click'],
    ['a title that never ends', '\u001b]0;owned and the rest\nnext', '\nnext'],
    ['a device control string', '\u001bP1$r\u001b\\x', 'x'],
    ['a reset', '\u001bcx', 'x'],
    ['a character set', '\u001b(0x', 'x'],
    ['an escape at the end', 'x\u001b', 'x·'],
    ['bell, null and backspace', 'a\u0007b\u0000c\bd', 'a·b·c·d'],
    ['an overwritten line', 'rm -rf /\rls       ', 'rm -rf /\nls       '],
    ['Windows line ends', 'a\r\nb', 'a\nb'],
    ['a turned reading direction', 'user\u202egnp.exe\u202c', 'user·gnp.exe·'],
    ['isolates and marks', '\u2066a\u2069\u200e\u061c', '·a···'],
    ['zero-width characters', 're\u200bboo\u200dt\ufeff\u2060', 're·boo·t··'],
    ['a soft hyphen', 're\u00adboot', 're·boot'],
    ['letters that look like nothing', 'a\u3164b\u115fc\u2800d\uffa0', 'a·b·c·d·'],
    ['tag characters', 'x\u{e0072}\u{e006d}', 'x··'],
    ['variation selectors that carry data', 'x\u{e0101}\ufe05', 'x··'],
    ['line and paragraph separators', 'a\u2028b\u2029c', 'a·b·c'],
    ['half a surrogate pair', 'a\ud800b', 'a\ufffdb'],
    ['private characters', 'a\ue000b', 'a·b'],
  ])('takes the effect from %s', (_, text, shown) => {
    expect(inertText(text)).toBe(shown);
  });

  test.each([
    'plain words, and "punctuation"; 100 % of it: <b>&amp;</b>',
    'line\n\ttab',
    'Größe über Straße · naïve façade',
    '家庭 자동화 домашний бот בית',
    '✅ 👩‍💻 👍🏽 ❤️ 1️⃣ 🏳️‍🌈',
  ])('leaves what people can see as it is: %s', (text) => {
    expect(inertText(text)).toBe(text);
    expect(findHiddenCharacters(text)).toBeNull();
  });

  test('for any text: nothing hidden is left, doing it twice changes nothing, visible text is not lost', () => {
    const nasty = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({
        unit: fc.constantFrom(
          '\u001b',
          '[',
          ']',
          '0',
          ';',
          'm',
          '\u0007',
          '\u009b',
          '\\',
          'a',
          '\n',
          '\r',
          '\u200d',
          '\ufe0f',
          '👩',
        ),
      }),
    );
    fc.assert(
      fc.property(nasty, (text) => {
        const shown = inertText(text);
        expect(findHiddenCharacters(shown)).toBeNull();
        expect(shown).not.toMatch(
          /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200b]/,
        );
        expect(inertText(shown)).toBe(shown);
      }),
      { numRuns: 3_000 },
    );
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        expect(inertText(text)).toBe(text);
      }),
    );
  });

  test('a megabyte of unfinished escapes takes no longer than a second', () => {
    const began = process.threadCpuUsage();
    inertText('\u001b]'.repeat(2 ** 19));
    inertText(`\u001b[${'0;'.repeat(2 ** 19)}`);
    inertText('\u001b[ '.repeat(2 ** 18));
    expect(process.threadCpuUsage(began).user / 1_000).toBeLessThan(1_000);
  });
});

describe('hidden characters', () => {
  test.each([
    ['re\u200bboot', 'a zero-width space (U+200B)', 2],
    ['ls\u202e', 'a character that changes the reading direction (U+202E)', 2],
    ['\u001b[8mhidden', 'an escape character (U+001B)', 0],
    ['ls\r\nid\rx', 'a carriage return (U+000D)', 6],
    ['👍\u00adx', 'a soft hyphen (U+00AD)', 2],
    ['a\u{e0041}', 'an invisible tag character (U+E0041)', 1],
    ['a\ud800', 'half a character (U+D800)', 1],
    ['a\u3164', 'an invisible character (U+3164)', 1],
    ['rm\u200dx', 'a zero-width joiner (U+200D)', 2],
  ])('are found and named in %j', (text, what, at) => {
    expect(findHiddenCharacters(text)).toEqual({ what, at });
  });

  test('are not seen in a text of several lines with tabs, whatever its line ends', () => {
    expect(findHiddenCharacters('services:\n\tweb:\r\n  image: x\n')).toBeNull();
  });
});
