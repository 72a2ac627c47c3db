import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { OutputChunk } from '#flow/executor-port.ts';
import { storeOutput } from '#flow/store-output.ts';
import { createRedactor } from '#platform/redaction/redactor.ts';
import { allSamples } from '../platform/redaction/kinds.ts';
import { logLines } from '../support/log-lines.ts';

const redactor = createRedactor();

/** What is stored, with the offset it ends at, as the ledger keeps it. */
function record() {
  const stored: OutputChunk[] = [];
  return {
    stored,
    append: async (chunks: readonly OutputChunk[]) => void stored.push(...chunks),
    text: () => stored.map(({ text }) => text).join(''),
    end: () => stored.reduce((end, chunk) => Math.max(end, chunk.endOffset.out), 0),
  };
}

test('a crash at any point loses nothing, repeats nothing and leaks nothing: who goes on reads from the stored offset', async () => {
  const sample = fc.constantFrom(...allSamples);
  const line = fc.constantFrom(...logLines(400, 11), 'grüße 語 😀');
  const text = fc
    .array(
      fc.oneof(
        line.map((one) => `${one}\n`),
        sample.map((one) => `\n${one.text}\n`),
      ),
      { minLength: 1, maxLength: 6 },
    )
    .map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(text, fc.nat(), fc.array(fc.nat(), { maxLength: 6 }), async (plain, crash, cuts) => {
      const bytes = Buffer.from(plain);
      const first = record();
      const before = storeOutput(first.append, redactor);
      // What the first worker saw before it died: whole characters, as the executor hands them on.
      let seen = crash % (bytes.length + 1);
      while (seen < bytes.length && ((bytes[seen] ?? 0) & 0xc0) === 0x80) seen += 1;
      await before.write({
        stream: 'out',
        text: bytes.subarray(0, seen).toString(),
        endOffset: { out: seen, err: 0 },
      });
      const resumeAt = first.end();
      expect(resumeAt).toBeLessThanOrEqual(seen);
      const second = record();
      const after = storeOutput(second.append, redactor, first.stored);
      const rest = bytes.subarray(resumeAt).toString();
      let at = 0;
      const places = [...cuts.map((cut) => cut % (rest.length + 1)), rest.length].toSorted((a, b) => a - b);
      for (const place of places) {
        const piece =
          rest.slice(at, place).toWellFormed() === rest.slice(at, place) ? rest.slice(at, place) : '';
        if (piece === '' && place < rest.length) continue;
        const next = rest.slice(at, place);
        at = place;
        const out = resumeAt + Buffer.byteLength(rest.slice(0, at));
        await after.write({ stream: 'out', text: next, endOffset: { out, err: 0 } });
      }
      await after.end();
      const shown = first.text() + second.text();
      // A part may also stand where it is no secret.
      const whole = redactor.text(plain);
      for (const { secrets } of allSamples.filter((one) => plain.includes(one.text)))
        for (const secret of secrets)
          for (const part of secret.split('\n')) if (!whole.includes(part)) expect(shown).not.toContain(part);
      expect(second.end()).toBe(bytes.length);
      if (redactor.contains(plain) === null) expect(shown).toBe(plain);
    }),
    { numRuns: Number(process.env['CHIFFON_FUZZ'] ?? 200) },
  );
});

test('what trickles in is stored at once, what floods in is stored in few large pieces', async () => {
  const calls: number[] = [];
  const slow = Promise.withResolvers<void>();
  const output = storeOutput(async (chunks) => {
    calls.push(chunks.length);
    await slow.promise;
  }, redactor);
  let out = 0;
  const write = async (text: string) => {
    out += text.length;
    await output.write({ stream: 'out', text, endOffset: { out, err: 0 } });
  };
  await write('first\n');
  expect(calls).toEqual([1]);
  for (let i = 0; i < 100; i += 1) await write(`${'x'.repeat(99)}\n`);
  slow.resolve();
  await output.end();
  expect(calls).toEqual([1, 1]);
});

test('more than waits for the record has to wait itself', async () => {
  const slow = Promise.withResolvers<void>();
  const output = storeOutput(() => slow.promise, redactor);
  let written = 0;
  const writing = (async () => {
    for (; written < 40; written += 1)
      await output.write({
        stream: 'out',
        text: `${'y'.repeat(999_999)}\n`,
        endOffset: { out: (written + 1) * 1e6, err: 0 },
      });
  })();
  await new Promise((resolve) => setImmediate(resolve));
  expect(written).toBeGreaterThan(2);
  expect(written).toBeLessThan(20);
  slow.resolve();
  await writing;
  await output.end();
  expect(written).toBe(40);
});

test('what storing throws reaches whoever writes next, and the end', async () => {
  const output = storeOutput(() => Promise.reject(new Error('the record is away')), redactor);
  await output.write({ stream: 'out', text: 'a\n', endOffset: { out: 2, err: 0 } });
  await expect(output.end()).rejects.toThrow('the record is away');
  await expect(output.write({ stream: 'out', text: 'b\n', endOffset: { out: 4, err: 0 } })).rejects.toThrow(
    'away',
  );
});

test('a little output is left for whoever stores what came of it, and is stored by itself when that takes a while', async () => {
  const stored: string[] = [];
  const append = async (chunks: readonly OutputChunk[]) =>
    void stored.push(...chunks.map(({ text }) => text));
  const quick = storeOutput(append, redactor, [], 60_000);
  await quick.write({ stream: 'out', text: 'a\n', endOffset: { out: 2, err: 0 } });
  await quick.write({ stream: 'out', text: 'b', endOffset: { out: 3, err: 0 } });
  expect(await quick.rest()).toEqual([{ stream: 'out', text: 'a\nb', endOffset: { out: 3, err: 0 } }]);
  expect(stored).toEqual([]);
  const slow = storeOutput(append, redactor, [], 1);
  await slow.write({ stream: 'out', text: 'c\n', endOffset: { out: 2, err: 0 } });
  await expect.poll(() => stored).toEqual(['c\n']);
  expect((await slow.rest()).map(({ text }) => text).join('')).toBe('');
});

test('more than a little is not left for later', async () => {
  const stored: string[] = [];
  const append = async (chunks: readonly OutputChunk[]) =>
    void stored.push(...chunks.map(({ text }) => text));
  const output = storeOutput(append, redactor, [], 60_000);
  const text = `${'x'.repeat(99)}\n`.repeat(2_000);
  await output.write({ stream: 'out', text, endOffset: { out: text.length, err: 0 } });
  const rest = await output.rest();
  expect(stored.join('') + rest.map((chunk) => chunk.text).join('')).toBe(text);
  expect(stored.join('').length).toBeGreaterThan(100_000);
});

test('what storing threw is thrown to whoever asks for the rest', async () => {
  const refused = Promise.withResolvers<void>();
  const append = async () => {
    refused.resolve();
    throw new Error('the record is away');
  };
  const output = storeOutput(append, redactor, [], 1);
  await output.write({ stream: 'out', text: 'a\n', endOffset: { out: 2, err: 0 } });
  await refused.promise;
  await expect(output.rest()).rejects.toThrow('the record is away');
});
