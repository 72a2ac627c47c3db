import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedactor } from '#platform/redaction/redactor.ts';
import { logLines } from '../../support/log-lines.ts';
import { allSamples } from './kinds.ts';

/** More, for a night: CHIFFON_FUZZ=100000. */
const numRuns = Number(process.env['CHIFFON_FUZZ'] ?? 100);
const clean = logLines(2_000, 5);

const letters = fc.constantFrom(
  'a',
  'B',
  '3',
  '\n',
  '\r\n',
  '=',
  ':',
  ' ',
  '-',
  '"',
  '/',
  '.',
  '_',
  '$',
  '\uFFFD',
  '語',
  '😀',
);
/** Parts of secrets and what introduces them, so that almost-secrets stand everywhere. */
const fragments = fc.constantFrom(
  'password',
  'token=',
  'SECRET: ',
  '-----BEGIN ',
  'PRIVATE KEY-----',
  '-----END',
  '://',
  'a:b@',
  'eyJ',
  'syt_',
  '$6$',
  'data:\n',
  '  k: ',
  '"auth": "',
  'echo ',
  ' | sudo -S',
  '$ANSIBLE_VAULT;1.1;AES256\n',
  '[secret: x]',
  '--password ',
  'key',
);
const part = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...clean).map((line) => `${line}\n`) },
  { weight: 3, arbitrary: fc.constantFrom(...allSamples).map(({ text }) => `\n${text}\n`) },
  { weight: 2, arbitrary: fragments },
  { weight: 2, arbitrary: fc.string({ unit: letters, maxLength: 20 }) },
  { weight: 1, arbitrary: fc.nat(3_000).map((length) => 'Ab3/'.repeat(length)) },
);
const texts = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(''));
const cuts = fc.array(fc.nat(40_000), { maxLength: 20 });

function streamed(
  redactor: ReturnType<typeof createRedactor>,
  text: string,
  places: readonly number[],
): string {
  const stream = redactor.stream();
  const ends = [...places.map((place) => place % (text.length + 1)), text.length].toSorted((a, b) => a - b);
  let out = '';
  let from = 0;
  for (const end of ends) {
    out += stream.push(text.slice(from, end));
    from = end;
  }
  return out + stream.flush();
}

describe('for any text of logs, secrets and almost-secrets', () => {
  const needle = fc.string({
    unit: fc.constantFrom('a', 'B', '3', '-', '/', 'é'),
    minLength: 6,
    maxLength: 20,
  });

  test('what comes out does not depend on the pieces it came in', () => {
    fc.assert(
      fc.property(texts, cuts, fc.array(needle, { maxLength: 3 }), (text, places, needles) => {
        const redactor = createRedactor();
        for (const [index, value] of needles.entries()) redactor.register(`N${index}`, value);
        const mixed = needles.length > 0 ? `${text}${needles.join(' ')}${text.slice(0, 40)}` : text;
        const whole = redactor.text(mixed);
        expect(streamed(redactor, mixed, places)).toBe(whole);
        for (const value of needles) expect(whole.includes(value)).toBe(false);
      }),
      { numRuns },
    );
  });

  test('what comes out one character at a time is the same too', () => {
    const redactor = createRedactor();
    fc.assert(
      fc.property(fc.array(part, { maxLength: 3 }), (parts) => {
        const text = parts.join('').slice(0, 3_000);
        const stream = redactor.stream();
        let out = '';
        for (const unit of text.split('')) out += stream.push(unit);
        expect(out + stream.flush()).toBe(redactor.text(text));
      }),
      { numRuns: Math.ceil(numRuns / 10) },
    );
  });

  test('every sample is hidden among any other lines, with any line ends', () => {
    const redactor = createRedactor();
    fc.assert(
      fc.property(
        fc.constantFrom(...allSamples),
        fc.constantFrom(...clean),
        fc.constantFrom(...clean),
        cuts,
        fc.boolean(),
        (sample, before, after, places, windows) => {
          const lines = `${before}\n${sample.text}\n${after}\n`;
          const text = windows ? lines.replaceAll('\n', '\r\n') : lines;
          const shown = streamed(redactor, text, places);
          for (const secret of sample.secrets)
            for (const line of secret.split('\n')) expect(shown).not.toContain(line);
        },
      ),
      { numRuns: numRuns * 3 },
    );
  });
});

describe('time is linear', () => {
  const redactor = createRedactor();
  const size = 2 ** 20;
  const fill = (part: string) => part.repeat(Math.ceil(size / part.length)).slice(0, size);

  test.each([
    ['a word that introduces secrets', fill('token ')],
    ['assignments of nothing', fill('password= ')],
    ['addresses', fill('https://a:b')],
    ['commands', fill('curl -s ')],
    ['more commands', fill('mysql -u ')],
    ['beginnings of keys', fill('-----BEGIN PRIVATE KEY-----\n')],
    ['one long secret', `TOKEN=${fill('Ab3')}`],
    ['base64 without a line end', fill('eyJhAb3/')],
    ['dollars', fill('$6$a')],
    ['headers', fill('authorization: bearer ')],
    ['JSON members', fill('"data":{"a":"b"},')],
    ['line ends', fill('\n')],
  ])('a megabyte of %s takes no longer than others', (_, text) => {
    const took = Math.min(
      ...Array.from({ length: 2 }, () => {
        const before = process.threadCpuUsage();
        redactor.text(text);
        return process.threadCpuUsage(before).user / 1_000;
      }),
    );
    expect(took).toBeLessThan(1_000);
  });
});
