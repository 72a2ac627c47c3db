import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { acknowledgeButton, choiceButton, planButton, readCustomId } from '#chat/discord/custom-ids.ts';
import { hash } from './cards.ts';

describe('what a button carries', () => {
  test('comes back as it was given', () => {
    expect(planButton('ap', 142, hash)).toBe('v1:ap:142:7f3a9c02');
    expect(readCustomId('v1:ap:142:7f3a9c02')).toEqual({ action: 'ap', plan: 142, hash: '7f3a9c02' });
    expect(readCustomId(planButton('st', 142, null))).toEqual({ action: 'st', plan: 142, hash: null });
    expect(readCustomId(choiceButton('an', 144, 2))).toEqual({ action: 'an', request: 144, index: 2 });
    expect(readCustomId(choiceButton('an', 144, 'menu'))).toEqual({
      action: 'an',
      request: 144,
      index: null,
    });
    expect(readCustomId(choiceButton('sg', 143, 0))).toEqual({ action: 'sg', request: 143, index: 0 });
    expect(readCustomId(acknowledgeButton(142))).toEqual({ action: 'ak', request: 142 });
  });

  test.each([
    '',
    'approve',
    'v2:ap:142:7f3a9c02',
    'v1:xx:142:7f3a9c02',
    'v1:ap:142',
    'v1:ap:142:7f3a9c0',
    'v1:ap:142:7F3A9C02',
    'v1:ap:142:7f3a9c02 ',
    ' v1:ap:142:7f3a9c02',
    'v1:ap:142:7f3a9c02:more',
    'v1:ap:0142:7f3a9c02',
    'v1:ap:-1:7f3a9c02',
    'v1:ap:1e3:7f3a9c02',
    'v1:ap:99999999999999999999:7f3a9c02',
    'v1:ap:142:menu',
    'v1:ap:142:12',
    'v1:an:144:7f3a9c02',
    'v1:an:144:-',
    'v1:an:144:123',
    'v1:ak:142:7f3a9c02',
    'v1:ap:142:7f3a9c02\nv1:ap:142:7f3a9c02',
    'v1:__proto__:1:-',
  ])('%j is not one of them', (id) => {
    expect(readCustomId(id)).toBeNull();
  });

  test('anything else is nothing, and never a surprise', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 100 }), (id) => {
        expect(readCustomId(id)).toBeNull();
      }),
    );
  });
});
