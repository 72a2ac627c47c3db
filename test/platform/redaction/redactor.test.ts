import { Buffer } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedactor } from '#platform/redaction/redactor.ts';

function redactorOf(...secrets: string[]) {
  const redactor = createRedactor();
  for (const [i, secret] of secrets.entries()) {
    const registered = redactor.register(`S${i + 1}`, secret);
    if (!registered.ok) throw new Error(registered.reason);
  }
  return redactor;
}

function streamed(redactor: ReturnType<typeof createRedactor>, pieces: readonly string[]): string {
  const stream = redactor.stream();
  return pieces.map((piece) => stream.push(piece)).join('') + stream.flush();
}

/** A text cut at the given places. */
function cutAt(text: string, places: readonly number[]): string[] {
  const cuts = [...new Set([0, text.length, ...places.map((place) => place % (text.length + 1))])].sort(
    (a, b) => a - b,
  );
  return cuts.slice(1).map((end, i) => text.slice(cuts[i], end));
}

const awkward = `p@ss "word"/it's $HOME\\n+=&<é>`;

const forms: { form: string; write: (secret: string) => string }[] = [
  { form: 'as it is', write: (s) => s },
  { form: 'base64', write: (s) => Buffer.from(s).toString('base64') },
  { form: 'base64 after one other byte', write: (s) => Buffer.from(`:${s}`).toString('base64') },
  { form: 'base64 after two other bytes', write: (s) => Buffer.from(`u:${s}`).toString('base64') },
  { form: 'base64 between other bytes', write: (s) => Buffer.from(`user:${s}:more`).toString('base64') },
  { form: 'base64url', write: (s) => Buffer.from(`ü${s}`).toString('base64url') },
  {
    form: 'base64 with lines of 76',
    write: (s) => wrapped(Buffer.from(`${'x'.repeat(48)}${s}`).toString('base64'), 76),
  },
  { form: 'encodeURIComponent', write: encodeURIComponent },
  { form: 'encodeURI', write: encodeURI },
  { form: 'a form’s field', write: (s) => new URLSearchParams({ s }).toString().slice(2) },
  {
    form: 'URL-encoded with small letters',
    write: (s) => encodeURIComponent(s).replace(/%../g, (e) => e.toLowerCase()),
  },
  { form: 'JSON', write: (s) => JSON.stringify(s) },
  { form: 'JSON in JSON', write: (s) => JSON.stringify(JSON.stringify({ s })) },
  {
    form: 'JSON with ASCII only',
    write: (s) =>
      JSON.stringify(s).replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
  },
  { form: 'single quotes in a shell', write: (s) => `'${s.replaceAll("'", "'\\''")}'` },
  { form: 'double quotes in a shell', write: (s) => `"${s.replace(/["$`\\]/g, '\\$&')}"` },
  {
    form: 'printf %q',
    write: (s) => (/[^ -~]/.test(s) ? s : execFileSync('bash', ['-c', 'printf %q "$1"', '-', s]).toString()),
  },
  { form: 'hexadecimal', write: (s) => Buffer.from(s).toString('hex') },
  { form: 'hexadecimal with capitals', write: (s) => Buffer.from(s).toString('hex').toUpperCase() },
];

function wrapped(text: string, width: number): string {
  return text.replace(new RegExp(`.{${width}}`, 'g'), '$&\n');
}

describe('a registered secret is hidden', () => {
  const secrets = [
    'hunter22',
    'correct horse battery',
    awkward,
    `a'b"c\\d$e\`f`,
    'schlüssel-für-家',
    'tab\there is',
  ];
  for (const { form, write } of forms) {
    test.each(secrets)(`written as ${form}: %s`, (secret) => {
      const shown = write(secret);
      const hidden = redactorOf(secret).text(`before ${shown} after`);
      expect(hidden).toContain('[secret: S1]');
      expect(hidden.startsWith('before ')).toBe(true);
      expect(hidden.endsWith(' after')).toBe(true);
      // What may stay is what also depends on the text beside it: quotes, and base64 digits at the edges.
      expect(hidden.length).toBeLessThan('before [secret: S1] after'.length + overhead(shown));
    });
  }

  function overhead(shown: string): number {
    return /^[A-Za-z0-9+/=_\n-]+$/.test(shown) && shown.length > 40 ? 90 : 24;
  }

  test.each(['\n', '\r\n', '\r\r\n'])('when a line break %j was put into it', (lineBreak) => {
    const redactor = redactorOf('wrapped-by-a-terminal');
    expect(redactor.text(`x wrapped-by-a${lineBreak}-term${lineBreak}inal y`)).toBe('x [secret: S1] y');
  });

  test('when it is a key of several lines, however its line ends were changed, and line by line', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const redactor = redactorOf(pem);
    const body = pem.trim();
    for (const written of [
      body,
      body.replaceAll('\n', '\r\n'),
      body.replaceAll('\n', '\r\r\n'),
      body.replaceAll('\n', ' '),
      JSON.stringify(body).slice(1, -1),
    ]) {
      expect(redactor.text(`<${written}>`)).toBe('<[secret: S1]>');
    }
    const numbered = redactor.text(body.replace(/^/gm, '| '));
    expect(numbered.match(/\| \[secret: S1\]/g)?.length).toBeGreaterThan(10);
    expect(redactor.text('-----BEGIN PRIVATE KEY-----')).toBe('-----BEGIN PRIVATE KEY-----');
  });

  test('whole, when two secrets overlap, under the name of the one that begins first', () => {
    const redactor = redactorOf('cdefgh', 'abcdefg', 'efghij');
    expect(redactor.text('xxabcdefghijyy')).toBe('xx[secret: S2]yy');
    expect(redactorOf('abcdefg', 'ghijklm').text('abcdefghijklm')).toBe('[secret: S1]');
    expect(redactor.text('abcdefgabcdefg')).toBe('[secret: S2][secret: S2]');
  });

  test('as the longer one, when one secret begins like another', () => {
    const redactor = redactorOf('token-1', 'token-1-and-more');
    expect(redactor.text('token-1-and-more')).toBe('[secret: S2]');
    expect(redactor.text('token-1-and-less')).toBe('[secret: S1]-and-less');
  });

  test('from the text on that a stream has not given out yet, when it is registered while the stream runs', () => {
    const redactor = redactorOf('first-needle');
    const stream = redactor.stream();
    let out = stream.push('a first-needle b second-nee');
    redactor.register('S2', 'second-needle');
    redactor.register('S3', 'third-needle');
    out += stream.push('dle c third-needle d first-');
    redactor.register('S4', 'fourth-needle');
    out += stream.push('needle e fourth-needle') + stream.flush();
    expect(out).toBe('a [secret: S1] b second-needle c [secret: S3] d [secret: S1] e [secret: S4]');
  });
});

describe('a stream', () => {
  test('gives out at once what can’t be the start of a secret, and the whole line when its end is not', () => {
    const stream = redactorOf('hunter22').stream();
    expect(stream.push('port 80 hun')).toBe('port 80 ');
    expect(stream.push('gry\n')).toBe('hungry\n');
    expect(stream.push('no\nh\n')).toBe('no\nh\n');
    expect(stream.push('hunter2')).toBe('');
    expect(stream.flush()).toBe('hunter2');
  });

  test('does not forget a secret whose start it needed no more when another one is registered', () => {
    const redactor = redactorOf('abcabc');
    const stream = redactor.stream();
    let out = stream.push('abcabca');
    redactor.register('S2', 'unrelated');
    out += stream.push('') + stream.flush();
    expect(out).toBe('[secret: S1]a');
  });

  test('can be used again after a flush', () => {
    const stream = redactorOf('hunter22').stream();
    expect(stream.push('hunt') + stream.flush()).toBe('hunt');
    expect(stream.push('er22 hunter22') + stream.flush()).toBe('er22 [secret: S1]');
  });
});

describe('registering', () => {
  test.each(['', '     ', 'short', '12345', '  abcde \n'])(
    'refuses %j, which also occurs by chance, and says so',
    (secret) => {
      const redactor = createRedactor();
      const result = redactor.register('the pin', secret);
      expect(result).toMatchObject({ ok: false, code: 'secret_too_short' });
      if (!result.ok) expect(result.reason).toContain('the pin');
      expect(redactor.text(`a${secret}b`)).toBe(`a${secret}b`);
    },
  );

  test('ignores the line end a file leaves behind a secret', () => {
    expect(redactorOf('from-a-file\n').text('is from-a-file.')).toBe('is [secret: S1].');
  });

  test('the same value under two names keeps the first', () => {
    expect(redactorOf('same-value', 'same-value').text('same-value')).toBe('[secret: S1]');
  });

  test('contains names the secret that ends first, in any form, or nothing', () => {
    const redactor = redactorOf('one-secret', 'two-secret');
    expect(redactor.contains(`x ${Buffer.from('two-secret').toString('hex')} one-secret`)).toBe('S2');
    expect(redactor.contains('nothing of the kind')).toBeNull();
    expect(createRedactor().contains('anything')).toBeNull();
  });
});

describe('for any text, secrets and cuts', () => {
  // Few letters, so that secrets overlap each other and themselves and begin everywhere.
  const letters = fc.constantFrom('a', 'b', 'c', '\n', '+', '%', '"');
  const secret = fc
    .string({ unit: letters, minLength: 6, maxLength: 12 })
    .filter((value) => value.trim().length >= 6);
  const secrets = fc.array(secret, { minLength: 1, maxLength: 4 });
  const filler = fc.string({
    unit: fc.constantFrom('a', 'b', 'c', ' ', '\n', '\r', '+', '%', '"', '\\'),
    maxLength: 30,
  });
  const cuts = fc.array(fc.nat(2_000), { maxLength: 12 });
  const writes = fc.constantFrom(
    ...forms.filter(({ form }) => form !== 'printf %q').map(({ write }) => write),
  );
  const texts = (values: readonly string[]) =>
    fc
      .array(
        fc.oneof(
          filler,
          fc.tuple(fc.constantFrom(...values), writes).map(([value, write]) => write(value)),
          fc.tuple(fc.constantFrom(...values), fc.nat(12)).map(([value, end]) => value.slice(0, end)),
        ),
        { maxLength: 8 },
      )
      .map((parts) => parts.join(''));

  test('the streamed output equals the output for the whole text, and holds no secret in any form', () => {
    fc.assert(
      fc.property(
        secrets.chain((values) => fc.tuple(fc.constant(values), texts(values), cuts)),
        ([values, text, places]) => {
          const redactor = redactorOf(...values);
          const whole = redactor.text(text);
          expect(streamed(redactor, cutAt(text, places))).toBe(whole);
          expect(streamed(redactor, text.split(''))).toBe(whole);
          expect(redactor.contains(whole)).toBeNull();
          for (const value of values) expect(whole.includes(value.trim())).toBe(false);
          if (redactor.contains(text) === null) expect(whole).toBe(text);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('a text that holds no secret comes out byte for byte as it went in', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uuid(), { minLength: 1, maxLength: 5 }),
        fc.string({ unit: 'binary', maxLength: 300 }),
        cuts,
        (values, text, places) => {
          const redactor = redactorOf(...values);
          expect(redactor.text(text)).toBe(text);
          expect(streamed(redactor, cutAt(text, places))).toBe(text);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('what a stream keeps back is never longer than the longest form it looks for', () => {
    fc.assert(
      fc.property(secret, filler, (value, text) => {
        const stream = redactorOf(value).stream();
        const given = stream.push(text);
        // Three bytes for two characters of JSON in JSON is the longest form here: `\\\\\\"` for one quote.
        expect(text.length - given.length).toBeLessThanOrEqual(12 * 8 + text.split(/[\r\n]/).length);
      }),
    );
  });

  test('secrets registered between pieces are hidden wherever they begin after what was given out', () => {
    fc.assert(
      fc.property(secret, secret, filler, filler, fc.nat(12), (early, late, before, after, cut) => {
        const redactor = redactorOf(early);
        const stream = redactor.stream();
        let out = stream.push(`${before}${early.slice(0, cut)}`);
        redactor.register('late', late);
        const rest = `${early.slice(cut)} ${late} ${after}${early}`;
        out += stream.push(rest) + stream.flush();
        expect(redactor.contains(out.slice(before.length + early.length))).toBeNull();
        expect(out).toMatch(/\[secret: (late|S1)\]/);
      }),
      { numRuns: 500 },
    );
  });
});

describe('speed', () => {
  const secrets = Array.from({ length: 50 }, (_, i) => `secret-number-${i}-${'x'.repeat(20)}`);
  const redactor = redactorOf(...secrets);
  const megabyte = 2 ** 20;
  const log =
    'Nov 21 02:00:00 n100 dockerd[812]: level=info msg="secret-number of things" status=200 took=12ms\n';
  /** What this thread computed, in milliseconds, without what it waited for a busy machine. */
  function cpuMs(work: () => void): number {
    const before = process.threadCpuUsage();
    work();
    return process.threadCpuUsage(before).user / 1_000;
  }

  test.each([
    { of: 'a clean log', text: log.repeat(Math.ceil(megabyte / log.length)) },
    { of: 'what almost is a secret', text: 'secret-number-1-xxxxxxxxxxxxxxxxxxx '.repeat(megabyte / 36) },
    { of: 'one secret after the other', text: `${secrets[7]}`.repeat(megabyte / 36) },
    { of: 'one letter', text: 'x'.repeat(megabyte) },
  ])('a megabyte of $of takes at most 100 ms', ({ text }) => {
    redactor.text(text.slice(0, 100_000));
    const took = Math.min(...Array.from({ length: 5 }, () => cpuMs(() => redactor.text(text))));
    expect(took).toBeLessThan(100);
  });
});
