import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const css = readFileSync(new URL('../../src/console/look/tokens.css', import.meta.url), 'utf8');
const tokens = new Map(
  [...css.matchAll(/--([a-z0-9-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)/g)].map((match) => [
    match[1] ?? '',
    { light: match[2] ?? '', dark: match[3] ?? '' },
  ]),
);

const grounds = ['surface', 'page', 'sunken'];
const families = ['idle', 'ok', 'wait', 'run', 'bad', 'rule'];
const solids = ['ok', 'bad', 'run', 'wait', 'accent'];
const ansi = Array.from({ length: 16 }, (_, index) => `ansi-${index}`);

/** WCAG 2.2: relative luminance of an sRGB colour. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(front: string, back: string): number {
  const [high = 0, low = 0] = [luminance(front), luminance(back)].toSorted((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

function pair(front: string, back: string, theme: 'light' | 'dark'): number {
  const one = tokens.get(front)?.[theme];
  const other = tokens.get(back)?.[theme];
  if (!one || !other) throw new Error(`tokens.css has no ${one ? back : front}`);
  return contrast(one, other);
}

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  test.each(['text', 'muted', 'accent', ...families])('%s is readable as text on every ground', (front) => {
    for (const ground of grounds) expect(pair(front, ground, theme), ground).toBeGreaterThanOrEqual(4.5);
  });

  test.each(families)('%s and plain text are readable on its own tint', (family) => {
    expect(pair(family, `${family}-tint`, theme)).toBeGreaterThanOrEqual(4.5);
    expect(pair('text', `${family}-tint`, theme)).toBeGreaterThanOrEqual(4.5);
  });

  test.each(solids)('the words on a solid %s button are readable', (solid) => {
    expect(pair('on-solid', solid, theme)).toBeGreaterThanOrEqual(4.5);
  });

  test.each(ansi)('%s is readable where logs stand', (colour) => {
    for (const ground of ['surface', 'sunken', 'run-tint', 'wait-tint'])
      expect(pair(colour, ground, theme), ground).toBeGreaterThanOrEqual(4.5);
  });

  test('borders of controls and the focus ring stand out from every ground', () => {
    for (const ground of grounds) {
      expect(pair('control', ground, theme), ground).toBeGreaterThanOrEqual(3);
      expect(pair('focus', ground, theme), ground).toBeGreaterThanOrEqual(3);
    }
  });
});

test('the formula gives the known extremes', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});
