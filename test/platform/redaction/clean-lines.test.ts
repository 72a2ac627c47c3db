import { expect, test } from 'vitest';
import { createRedactor } from '#platform/redaction/redactor.ts';
import { logLines } from '../../support/log-lines.ts';

/** More, for a night: CHIFFON_CLEAN_LINES=5000000. */
const count = Number(process.env['CHIFFON_CLEAN_LINES'] ?? 100_000);

test('of 100,000 lines of logs without a secret at most one in a thousand is altered', () => {
  const redactor = createRedactor();
  for (let i = 0; i < 20; i += 1) redactor.register(`secret ${i}`, `value-${i}-${'qz'.repeat(8)}`);
  const lines = logLines(count, 20261128);
  const stream = redactor.stream();
  const text = lines.join('\n');
  let shown = '';
  for (let at = 0; at < text.length; at += 30_011) shown += stream.push(text.slice(at, at + 30_011));
  shown += stream.flush();
  const altered = shown.split('\n').filter((line, index) => line !== lines[index]);
  expect(altered.length, altered.slice(0, 5).join('\n')).toBeLessThanOrEqual(count / 1000);
});
