import fc from 'fast-check';
import type pg from 'pg';
import { describe, expect, test } from 'vitest';
import type { OutputChunk } from '#flow/executor-port.ts';
import type { LogChunk } from '#flow/ledger-port.ts';
import { createLogWriter } from '#ledger/log.ts';
import { onConnection } from '../support/postgres.ts';
import { ledgerForTests, startAttempt } from './house-of-tests.ts';

const { ledger, database } = ledgerForTests();

let attempts = 0;
async function newAttempt(): Promise<{
  readonly run: string;
  readonly task: string;
  readonly attempt: string;
}> {
  attempts += 1;
  const attempt = `attempt-${attempts}`;
  return { ...(await startAttempt(ledger(), attempt)), attempt };
}

const out = (text: string, end: number): OutputChunk => ({
  stream: 'out',
  text,
  endOffset: { out: end, err: 0 },
});
const textOf = (chunks: readonly LogChunk[]): string => chunks.map((chunk) => chunk.text).join('');
const readAll = async (run: string): Promise<string> => textOf((await ledger().readLog(run, 0, 1e9)).chunks);

describe('offsets count the bytes of the run’s log in UTF-8', () => {
  test('also where characters take several', async () => {
    const { run, attempt } = await newAttempt();
    await ledger().appendLog(attempt, [out('grüße\n', 8), out('語', 11), out('😀!', 16)]);
    const log = await ledger().readLog(run, 0, 1000);
    expect(log.chunks.map((chunk) => [chunk.offset, chunk.bytes, chunk.text])).toEqual([
      [0, 8, 'grüße\n'],
      [8, 3, '語'],
      [11, 5, '😀!'],
    ]);
    expect([log.next, log.end]).toEqual([16, 16]);
  });

  test('reading on from any `next` gives the whole log, whatever the portions', async () => {
    const { run, attempt } = await newAttempt();
    const texts = ['a', 'ßü', '😀😀', 'plain line\n', '語'.repeat(40), 'x'];
    let end = 0;
    for (const text of texts) {
      end += Buffer.byteLength(text);
      await ledger().appendLog(attempt, [out(text, end)]);
    }
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 200 }), async (portion) => {
        let read = '';
        for (let from = 0; ; ) {
          const log = await ledger().readLog(run, from, portion);
          if (log.chunks.length === 0) break;
          read += textOf(log.chunks);
          from = log.next;
        }
        expect(read).toBe(texts.join(''));
      }),
      { numRuns: 30 },
    );
  });

  test('reading from any byte gives the rest from the next whole character', async () => {
    const { run, attempt } = await newAttempt();
    const whole = 'aß語😀z';
    await ledger().appendLog(attempt, [out(whole.slice(0, 3), 6), out(whole.slice(3), 11)]);
    const bytes = Buffer.from(whole);
    for (let from = 0; from <= bytes.length; from += 1) {
      const log = await ledger().readLog(run, from, 1000);
      let boundary = from;
      while (boundary < bytes.length && ((bytes[boundary] ?? 0) & 0xc0) === 0x80) boundary += 1;
      expect(textOf(log.chunks)).toBe(bytes.subarray(boundary).toString());
      expect(log.end).toBe(bytes.length);
    }
  });

  test('behind the end, and of an unknown run, there is nothing', async () => {
    const { run, attempt } = await newAttempt();
    await ledger().appendLog(attempt, [out('abc', 3)]);
    expect(await ledger().readLog(run, 99, 10)).toEqual({ chunks: [], next: 3, end: 3 });
    expect(await ledger().readLog('9-9', 0, 10)).toEqual({ chunks: [], next: 0, end: 0 });
  });
});

test('a NUL is shown, not lost', async () => {
  const { run, attempt } = await newAttempt();
  await ledger().appendLog(attempt, [out('a\u0000b', 3), out('half \ud83d', 8)]);
  expect(await readAll(run)).toBe('a␀bhalf \ufffd');
  // Large pieces go another way.
  const large = await newAttempt();
  const text = 'grüße 語 '.repeat(10_000);
  await ledger().appendLog(large.attempt, [out(`${text}\u0000\ud83d`, 1), out(`${text}\ude00`, 2)]);
  expect((await readAll(large.run)) === `${text}␀\ufffd${text}\ufffd`).toBe(true);
});

test('the host’s offsets are stored with the output, each stream for itself', async () => {
  const { task, attempt } = await newAttempt();
  await ledger().appendLog(attempt, [
    { stream: 'out', text: 'abc', endOffset: { out: 3, err: 7 } },
    { stream: 'note', text: 'reconnected\n', endOffset: { out: 50, err: 50 } },
  ]);
  expect((await ledger().task(task))?.attempts[0]).toMatchObject({ outOffset: 3, errOffset: 0 });
  await ledger().appendLog(attempt, [{ stream: 'err', text: '1234567', endOffset: { out: 3, err: 7 } }]);
  expect((await ledger().task(task))?.attempts[0]).toMatchObject({ outOffset: 3, errOffset: 7 });
});

describe('output sent again after a lost answer', () => {
  test('is stored once', async () => {
    const { run, attempt } = await newAttempt();
    const chunks = [out('one\n', 4), out('two\n', 8)];
    await ledger().appendLog(attempt, chunks);
    await ledger().appendLog(attempt, chunks);
    await ledger().appendLog(attempt, [...chunks, out('three\n', 14)]);
    expect(await readAll(run)).toBe('one\ntwo\nthree\n');
  });

  test('other text at the same offset is not taken for it', async () => {
    const { run, attempt } = await newAttempt();
    await ledger().appendLog(attempt, [out('kept back ', 20)]);
    await ledger().appendLog(attempt, [out('and flushed', 20)]);
    expect(await readAll(run)).toBe('kept back and flushed');
  });
});

test('many writers to one run keep its log without gap or overlap', async () => {
  const { run, attempt } = await newAttempt();
  await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      ledger().appendLog(attempt, [{ stream: 'note', text: `nöte ${i}\n`, endOffset: { out: 0, err: 0 } }]),
    ),
  );
  const { chunks, end } = await ledger().readLog(run, 0, 1e9);
  expect(new Set(chunks.map((chunk) => chunk.text)).size).toBe(40);
  expect(chunks.reduce((sum, chunk) => sum + chunk.bytes, 0)).toBe(end);
  expect(chunks.map((chunk) => chunk.offset)).toEqual(
    chunks.map((_, i) => chunks.slice(0, i).reduce((sum, chunk) => sum + chunk.bytes, 0)),
  );
});

test('a megabyte in one piece comes back whole', async () => {
  const { run, attempt } = await newAttempt();
  const text = 'ü'.repeat(512 * 1024);
  await ledger().appendLog(attempt, [out(text, 1024 * 1024)]);
  const log = await ledger().readLog(run, 0, 10);
  expect(log.chunks[0]?.text === text).toBe(true);
  expect(log.next).toBe(1024 * 1024);
});

test('output is stored for the worker that has the attempt, and for nobody who had it before', async () => {
  const { run, attempt } = await newAttempt();
  expect(await ledger().appendLog(attempt, [out('a', 1)], 'w1')).toBe(true);
  expect(await ledger().appendLog(attempt, [out('b', 2)], 'w2')).toBe(false);
  expect(await ledger().appendLog('no such attempt', [out('b', 2)], 'w1')).toBe(false);
  await expect(ledger().appendLog('no such attempt', [out('b', 2)])).rejects.toThrow('there is no attempt');
  expect(await readAll(run)).toBe('a');
});

describe('calls that overlap', () => {
  test('are stored in the order they were made, however long each takes to pack', async () => {
    const { run, attempt } = await newAttempt();
    const texts = ['a', 'large '.repeat(200_000), 'b', 'larger '.repeat(200_000), 'c'];
    let end = 0;
    const calls = texts.map((text) => ledger().appendLog(attempt, [out(text, (end += text.length))], 'w1'));
    expect(await Promise.all(calls)).toEqual(texts.map(() => true));
    expect((await readAll(run)) === texts.join('')).toBe(true);
  });

  test('fail when one before them fails, so that nothing stands behind a gap; and the next is tried again', async () => {
    const asked: unknown[] = [];
    const answer = Promise.withResolvers<void>();
    const query = async (_: string, values: readonly unknown[]) => {
      asked.push(values[0]);
      if (asked.length === 1) await answer.promise;
      return { rowCount: 1 };
    };
    const append = createLogWriter({ query } as unknown as pg.Pool);
    const calls = ['one', 'two', 'three'].map((text) => append('a1', [out(text, 1)], 'w1'));
    const told = calls.map((call) => expect(call).rejects.toThrow('the connection is lost'));
    const other = append('a2', [out('of another attempt', 1)], 'w1');
    expect(await other).toBe(true);
    answer.reject(new Error('the connection is lost'));
    await Promise.all(told);
    expect(asked).toEqual(['a1', 'a2']);
    expect(await append('a1', [out('one', 1)], 'w1')).toBe(true);
  });
});

describe('large pieces are stored compressed', () => {
  const text = `${'Nov 28 02:00:00 n100 grüße 語 and a line of a log\n'.repeat(6_000)}`;
  const end = Buffer.byteLength(text);

  test('and read as if they were not, from any offset', async () => {
    const { run, attempt } = await newAttempt();
    await ledger().appendLog(attempt, [out(text, end), out('short\n', end + 6)]);
    const log = await ledger().readLog(run, 0, 1e9);
    expect(textOf(log.chunks)).toBe(`${text}short\n`);
    expect(log.end).toBe(end + 6);
    for (const from of [1, 4_097, end - 3, end, end + 2]) {
      const rest = await ledger().readLog(run, from, 1e9);
      let boundary = from;
      const bytes = Buffer.from(`${text}short\n`);
      while (((bytes[boundary] ?? 0) & 0xc0) === 0x80) boundary += 1;
      expect(textOf(rest.chunks) === bytes.subarray(boundary).toString()).toBe(true);
    }
  });

  test('in a fifth of the room or less, and once when they are sent again', async () => {
    const { run, attempt } = await newAttempt();
    for (let times = 0; times < 3; times += 1) await ledger().appendLog(attempt, [out(text, end)]);
    const { rows } = await onConnection(database().url, (client) =>
      client.query<{ stored: number; text: string | null; bytes: number }>(
        'SELECT octet_length(packed) AS stored, text, bytes FROM log_chunks WHERE run = $1',
        [run],
      ),
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ text: null, bytes: end });
    expect(rows[0]?.stored).toBeLessThan(end / 5);
    expect(await ledger().verify()).toMatchObject({ ok: true });
  });
});
