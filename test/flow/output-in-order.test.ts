import { expect, test } from 'vitest';
import type { OutputChunk } from '#flow/executor-port.ts';
import { outputInOrder } from '#flow/output-in-order.ts';

const chunk = (text: string): OutputChunk => ({ stream: 'out', text, endOffset: { out: 0, err: 0 } });
const megabyte = 'x'.repeat(1024 * 1024);

/** Storing that ends when it is told to, with what was handed to it. */
function storage() {
  const calls: { readonly size: number; readonly end: () => void; readonly fail: (why: Error) => void }[] =
    [];
  const append = (chunks: readonly OutputChunk[]): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    calls.push({
      size: chunks.reduce((sum, { text }) => sum + text.length, 0),
      end: resolve,
      fail: reject,
    });
    return promise;
  };
  return { calls, append };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('of a flood the next call begins while the one before it is stored, and no third', async () => {
  const { calls, append } = storage();
  const order = outputInOrder(append);
  const adding = (async () => {
    for (let i = 0; i < 6; i += 1) await order.add(chunk(megabyte));
  })();
  await turn();
  expect(calls).toHaveLength(2);
  calls[0]?.end();
  await turn();
  expect(calls).toHaveLength(3);
  for (let i = 1; i < 6; i += 1) {
    calls[i]?.end();
    await turn();
  }
  await adding;
  await order.done();
  expect(calls.reduce((sum, { size }) => sum + size, 0)).toBe(6 * megabyte.length);
});

test('a trickle is stored in one call after the other, and joined while it waits', async () => {
  const { calls, append } = storage();
  const order = outputInOrder(append);
  for (const text of ['a', 'b', 'c']) await order.add(chunk(text));
  await turn();
  expect(calls.map(({ size }) => size)).toEqual([1]);
  calls[0]?.end();
  await turn();
  expect(calls.map(({ size }) => size)).toEqual([1, 2]);
  await order.add(chunk('d'));
  calls[1]?.end();
  await turn();
  calls[2]?.end();
  await order.done();
  expect(calls.map(({ size }) => size)).toEqual([1, 2, 1]);
});

test('when storing fails nothing more is begun, and whoever waits for room is told', async () => {
  const { calls, append } = storage();
  const order = outputInOrder(append);
  const adding = (async () => {
    for (let i = 0; i < 6; i += 1) await order.add(chunk(megabyte));
  })();
  const told = expect(adding).rejects.toThrow('the record is away');
  await turn();
  calls[0]?.fail(new Error('the record is away'));
  calls[1]?.fail(new Error('so is what comes behind'));
  await told;
  await expect(order.done()).rejects.toThrow('the record is away');
  expect(calls).toHaveLength(2);
});
