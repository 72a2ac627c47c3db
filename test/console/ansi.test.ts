import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classesOf, plainText, readAnsi } from '../../src/console/log/ansi.ts';

/** Draws spans as `text<classes>` so that a case fits on a line. */
function drawn(line: string): string {
  return readAnsi(line)
    .spans.map((span) => `${span.text}<${classesOf(span.style)}>`)
    .join('');
}

describe('a line of terminal output', () => {
  test.each([
    ['plain', 'plain<>'],
    ['\u001b[31mred\u001b[0m rest', 'red<ansi-1> rest<>'],
    ['\u001b[1;92mok\u001b[22m then', 'ok<ansi-10 sgr-bold> then<ansi-10>'],
    ['\u001b[4munder\u001b[24m', 'under<sgr-underline>'],
    ['\u001b[7mturned\u001b[27m', 'turned<sgr-reverse>'],
    ['\u001b[mreset', 'reset<>'],
    ['\u001b[38;5;1mpalette', 'palette<ansi-1>'],
    ['\u001b[38;5;196mcube', 'cube<ansi-9>'],
    ['\u001b[38;2;0;200;0mtrue colour', 'true colour<ansi-2>'],
    ['\u001b[38:2:0:0:255mcolons', 'colons<ansi-12>'],
  ])('%j keeps its colours and emphasis', (line, wanted) => expect(drawn(line)).toBe(wanted));

  test.each([
    ['\u001b[40mblack ground', 'black ground<>'],
    ['\u001b[48;5;16;31mground then red', 'ground then red<ansi-1>'],
    ['\u001b[48;2;9;9;9mtrue ground', 'true ground<>'],
    ['\u001b[48:2::9:9:9;31mground with a colour space', 'ground with a colour space<ansi-1>'],
  ])('%j loses its background', (line, wanted) => expect(drawn(line)).toBe(wanted));

  test.each([
    ['\u001b]8;;https://example.org\u001b\\words\u001b]8;;\u001b\\', 'words'],
    ['\u001b]0;title\u0007shown', 'shown'],
    ['\u001b[2K\u001b[1Ashown', 'shown'],
    ['\u001b[?25lshown\u001b[?25h', 'shown'],
    ['\u001b(Bshown', 'shown'],
    ['\u001bPq sixel\u001b\\shown', 'shown'],
    ['bell\u0007 and null\u0000', 'bell· and null·'],
    ['tab\tstays', 'tab\tstays'],
    ['right\u202eleft', 'right·left'],
  ])('%j shows only what a person should read', (line, wanted) => {
    expect(plainText(readAnsi(line).spans)).toBe(wanted);
  });

  test('its style goes on in the next line', () => {
    const { end } = readAnsi('\u001b[33mone');
    expect(readAnsi('two', end).spans).toEqual([{ text: 'two', style: end }]);
    expect(classesOf(end)).toBe('ansi-3');
  });

  test('no input leaves an escape or control character behind', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            '\u001b',
            '[',
            ']',
            '3',
            '8',
            ';',
            '5',
            'm',
            'x',
            '\u0007',
            '\\',
            '\u009b',
            'P',
            '\r',
          ),
        ),
        (parts) => {
          const text = plainText(readAnsi(parts.join('')).spans);
          // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
          expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
        },
      ),
    );
  });

  test('text without controls comes through unchanged', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~äöü€]*$/), (text) => {
        expect(plainText(readAnsi(text).spans)).toBe(text);
      }),
    );
  });
});
