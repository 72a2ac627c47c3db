import { Buffer } from 'node:buffer';
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLog, type LogFields } from '#platform/log.ts';
import { createRedactor } from '#platform/redaction/redactor.ts';
import { newReference } from '#platform/reference.ts';

function record({ pretty = false, level = 'debug' as Parameters<typeof createLog>[0]['level'] } = {}) {
  const lines: string[] = [];
  const redactor = createRedactor();
  const log = createLog({ level, pretty, redactor, destination: { write: (line) => lines.push(line) } });
  return {
    log,
    lines,
    redactor,
    parsed: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

describe('the log', () => {
  test('writes one JSON line a message, with time, level, message and fields', () => {
    const { log, lines, parsed } = record();
    log.info({ host: 'n100', plan: 142 }, 'a plan was approved');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.endsWith('}\n')).toBe(true);
    expect(parsed()[0]).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      host: 'n100',
      plan: 142,
      message: 'a plan was approved',
    });
  });

  test('says a child’s fields with every line, and a grandchild’s too', () => {
    const { log, parsed } = record();
    const request = log.child({ requestId: 142 });
    request.child({ runId: '142-1', persona: 'executor' }).warn({ host: 'n100' }, 'a step was tried again');
    log.info({}, 'unrelated');
    expect(parsed()[0]).toMatchObject({ requestId: 142, runId: '142-1', persona: 'executor', host: 'n100' });
    expect(parsed()[1]).not.toHaveProperty('requestId');
  });

  test('writes an error with its kind, message, stack, cause and code, and the reference a person was told', () => {
    const { log, parsed } = record();
    const reference = newReference();
    const error = Object.assign(new TypeError('no such thing', { cause: new Error('the root of it') }), {
      code: 'E1',
    });
    log.error({ error, reference }, 'a request failed');
    expect(parsed()[0]).toMatchObject({ level: 'error', reference, message: 'a request failed' });
    const written = parsed()[0]?.['error'] as Record<string, string>;
    expect(written).toMatchObject({ type: 'TypeError', code: 'E1' });
    expect(written['stack']).toContain('log.test.ts');
    expect(written['stack']).toContain('the root of it');
  });

  test.each([
    { level: 'trace' as const, written: ['debug', 'info', 'warn', 'error'] },
    { level: 'info' as const, written: ['info', 'warn', 'error'] },
    { level: 'error' as const, written: ['error'] },
    { level: 'silent' as const, written: [] },
  ])('at level $level writes $written', ({ level, written }) => {
    const { log, parsed } = record({ level });
    for (const say of ['debug', 'info', 'warn', 'error'] as const) log[say]({}, 'x');
    expect(parsed().map((line) => line['level'])).toEqual(written);
  });

  test('goes to stderr and leaves stdout to the answers', () => {
    const program = `
      const { createLog } = await import('#platform/log.ts');
      const { createRedactor } = await import('#platform/redaction/redactor.ts');
      createLog({ level: 'info', pretty: false, redactor: createRedactor() }).info({}, 'to the side');`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
    });
    expect(stdout).toBe('');
    expect(stderr).toContain('"message":"to the side"');
  });
});

describe('no secret registered with the redactor appears in a log line', () => {
  const secrets = [
    'hunter22',
    'with "quotes" and \\',
    'line one\nline two',
    'tab\tin it',
    '31415926',
    'schlüssel',
    "a$b`c'd",
  ];
  const places: {
    place: string;
    fields: (secret: string) => LogFields;
    message?: (secret: string) => string;
  }[] = [
    { place: 'a field', fields: (s) => ({ s }) },
    { place: 'the message', fields: () => ({}), message: (s) => `before ${s} after` },
    { place: 'a nested field', fields: (s) => ({ a: [{ b: { c: `x${s}y` } }] }) },
    { place: 'a field’s name', fields: (s) => ({ [s]: 1 }) },
    {
      place: 'an error’s message and stack',
      fields: (s) => ({ error: new Error(`login with ${s} failed`) }),
    },
    { place: 'an error’s cause', fields: (s) => ({ error: new Error('x', { cause: new Error(s) }) }) },
    {
      place: 'an error’s own field',
      fields: (s) => ({ error: Object.assign(new Error('x'), { command: s }) }),
    },
    { place: 'a JSON text in a field', fields: (s) => ({ body: JSON.stringify({ password: s }) }) },
    {
      place: 'an Authorization header',
      fields: (s) => ({ header: `Basic ${Buffer.from(`anna:${s}`).toString('base64')}` }),
    },
    { place: 'a URL', fields: (s) => ({ url: `https://anna:${encodeURIComponent(s)}@example.org/` }) },
    {
      place: 'a number',
      fields: (s) => ({ number: Number.parseInt(s, 10) || 0, list: [Number.parseInt(s, 10) || 0] }),
    },
    { place: 'a child’s field', fields: () => ({}) },
  ];

  for (const pretty of [false, true]) {
    for (const { place, fields, message } of places) {
      test.each(secrets)(`${pretty ? 'for people' : 'as JSON'}, in ${place}: %j`, (secret) => {
        const { log, lines, redactor } = record({ pretty });
        redactor.register('the password', secret);
        const used = place.startsWith('a child') ? log.child({ token: secret }) : log;
        used.warn(fields(secret), message?.(secret) ?? 'something happened');
        expect(lines).toHaveLength(1);
        expect(redactor.contains(lines[0] ?? '')).toBeNull();
        expect(lines[0]).not.toContain(secret);
        if (!pretty) expect(() => JSON.parse(lines[0] ?? '') as unknown).not.toThrow();
      });
    }
  }

  test('for any secret and any fields, and a JSON line stays JSON', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', minLength: 6, maxLength: 20 }).filter((s) => s.trim().length >= 6),
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.string(),
        fc.boolean(),
        (secret, fields, around, pretty) => {
          const { log, lines, redactor } = record({ pretty });
          redactor.register('S', secret);
          log.info({ ...fields, value: `${around}${secret}${around}` }, 'any');
          expect(redactor.contains(lines.join(''))).toBeNull();
          if (!pretty) expect(JSON.parse(lines[0] ?? '')).toMatchObject({ message: expect.anything() });
        },
      ),
      { numRuns: 500 },
    );
  });

  test('also when it is registered after the log was made', () => {
    const { log, parsed, redactor } = record();
    log.info({ word: 'late-secret' }, 'before');
    redactor.register('late', 'late-secret');
    log.info({ word: 'late-secret' }, 'after');
    expect(parsed().map((line) => line['word'])).toEqual(['late-secret', '[secret: late]']);
  });

  test('and a name with quotes does not break the JSON', () => {
    const { log, parsed, redactor } = record();
    redactor.register('the "owner\'s" \\token\n', 'hunter22');
    log.info({ word: 'hunter22' }, 'x');
    expect(parsed()[0]?.['word']).toBe("[secret: the owner's token]");
  });
});

describe('the log for people', () => {
  test('has time, level, message and fields on one line', () => {
    const { log, lines } = record({ pretty: true });
    log.warn({ host: 'n100', took: 12, why: 'disk is full', list: [1, 'a'] }, 'a step failed');
    expect(lines[0]).toMatch(
      /^\d\d:\d\d:\d\d WARN {2}a step failed host=n100 took=12 why="disk is full" list=\[1,"a"\]\n$/,
    );
  });

  test('puts the stack of an error on lines of its own', () => {
    const { log, lines } = record({ pretty: true });
    log.error({ error: new RangeError('too much'), reference: 'E-7K3QF2' }, 'a request failed');
    const [head, first, second] = (lines[0] ?? '').split('\n');
    expect(head).toMatch(/ERROR a request failed reference=E-7K3QF2$/);
    expect(first).toBe('         RangeError: too much');
    expect(second).toMatch(/^ {9}at .*log\.test\.ts/);
  });

  test('lets nothing from a host act on the terminal or begin a line', () => {
    const { log, lines } = record({ pretty: true });
    log.info(
      { title: '\u001b]0;owned\u0007\u001b[2Jx\u202e', list: ['\u009b31m'], two: 'a\nINFO b' },
      'read\u001b[31m\r\nfake line',
    );
    expect(lines[0]).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(lines[0]?.trimEnd().split('\n')).toHaveLength(1);
  });
});

test('a reference is short, sayable and new each time', () => {
  const references = Array.from({ length: 1_000 }, newReference);
  for (const reference of references) expect(reference).toMatch(/^E-[2-9A-HJ-NP-Z]{6}$/);
  expect(new Set(references).size).toBe(1_000);
});
