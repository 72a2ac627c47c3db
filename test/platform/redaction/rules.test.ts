import { describe, expect, test } from 'vitest';
import { createRedactor } from '#platform/redaction/redactor.ts';
import { allRules } from '#platform/redaction/rules/all-rules.ts';
import { plainSample, secretsOf } from './samples.ts';

const redactor = createRedactor();

describe.each(allRules.map((rule, index) => ({ ...rule, name: `${rule.kind} (${index + 1})` })))(
  '$name',
  ({ kind, examples, ...rule }) => {
    test.each(examples.secret)('is hidden and nothing beside it: %s', (sample) => {
      const alone = createRedactor([{ kind, examples, ...rule }]);
      const shown = sample.replaceAll('·', '').replaceAll(/«[^»]*»/gs, `[secret: ${kind}]`);
      expect(alone.text(plainSample(sample))).toBe(shown);
      expect(alone.contains(plainSample(sample))).toBe(kind);
      // All rules together may name it otherwise and hide a little more, never less.
      const together = redactor.text(plainSample(sample));
      for (const secret of secretsOf(sample)) expect(together).not.toContain(secret);
      expect(redactor.text(together)).toBe(together);
    });

    test.each(examples.harmless)('is not seen in: %s', (sample) => {
      expect(redactor.text(sample)).toBe(sample);
      expect(redactor.contains(sample)).toBeNull();
    });

    test('has samples of both kinds', () => {
      expect(examples.secret.length).toBeGreaterThan(0);
      expect(examples.harmless.length).toBeGreaterThan(0);
    });
  },
);
