import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedactor } from '#platform/redaction/redactor.ts';
import { allRules } from '#platform/redaction/rules/all-rules.ts';
import { logLines } from '../../support/log-lines.ts';
import { allSamples } from './kinds.ts';

const glancing = createRedactor();
const patient = createRedactor(allRules.map(({ glance: _, ...rule }) => rule));
/** So much stands behind it that every glance is taken. */
const room = `\n${'. '.repeat(200)}\n`;

describe('a glance at what stands behind an anchor never overlooks a secret', () => {
  test.each(allSamples)('$kind: $text', ({ text }) => {
    expect(glancing.text(`${text}${room}`)).toBe(patient.text(`${text}${room}`));
  });

  test('in any text of names, signs and values', () => {
    const words =
      'password Passwort token SECRET api_key key pwd db_pass --admin-token anna s3cr3t-value hunter22';
    const more = [
      'BEGIN ',
      'PRIVATE KEY-----',
      'CERTIFICATE-----',
      ' is generated for root: ',
      'x'.repeat(60),
    ];
    const signs = '= : => := " \' \\" \\\\" ] > </ https :// @ 1 22 語'.split(' ');
    const spaces = [' ', ': ', ' = ', '\t', '\n', '\u00a0', ' '.repeat(8)];
    const parts = fc.constantFrom(...words.split(' '), ...more, ...signs, ...spaces);
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 14 }), (written) => {
        const text = `${written.join('')}${room}`;
        expect(glancing.text(text)).toBe(patient.text(text));
      }),
      { numRuns: Number(process.env['CHIFFON_FUZZ'] ?? 1_000) },
    );
  });

  test('in ordinary logs', () => {
    const text = logLines(5_000, 23).join('\n');
    expect(glancing.text(text)).toBe(patient.text(text));
  });
});
