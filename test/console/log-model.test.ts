import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { find } from '../../src/console/log/find.ts';
import { type LogChunk, LogModel } from '../../src/console/log/log-model.ts';

function chunk(text: string, part: Partial<LogChunk> = {}): LogChunk {
  return {
    offset: 0,
    bytes: Buffer.byteLength(text),
    taskId: 't1',
    stepId: 's1',
    attempt: 1,
    stream: 'out',
    at: '2026-11-21T13:05:00.000Z',
    text,
    ...part,
  };
}

function linesOf(...chunks: LogChunk[]): string[] {
  const model = new LogModel();
  model.take(chunks);
  return model.groups.flatMap((group) => group.lines.map((line) => line.text));
}

describe('a log', () => {
  test('reads the same wherever its chunks were cut', () => {
    const text = 'first\nsecond \u001b[31mred\u001b[0m\n\n10 %\r20 %\r\nlast without an end';
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: text.length - 1 }), { maxLength: 8 }), (cuts) => {
        const places = [...new Set([0, ...cuts, text.length])].toSorted((a, b) => a - b);
        const pieces = places.slice(1).map((end, index) => text.slice(places[index], end));
        expect(linesOf(...pieces.map((piece) => chunk(piece)))).toEqual([
          'first',
          'second red',
          '',
          '20 %',
          'last without an end',
        ]);
      }),
    );
  });

  test('shows a progress bar in its last state only', () => {
    expect(linesOf(chunk('pull 10 %\rpull 60 %'), chunk('\rpull 100 %\n'), chunk('done\n'))).toEqual([
      'pull 100 %',
      'done',
    ]);
  });

  test('keeps a bar that ends in a carriage return until something is written over it', () => {
    expect(linesOf(chunk('50 %\r'))).toEqual(['50 %']);
    expect(linesOf(chunk('50 %\r'), chunk('60 %\r'))).toEqual(['60 %']);
    expect(linesOf(chunk('50 %\r\n'), chunk('next\n'))).toEqual(['50 %', 'next']);
  });

  test('keeps lines of both streams whole when they arrive interleaved', () => {
    const model = new LogModel();
    model.take([chunk('out one '), chunk('err one\n', { stream: 'err' }), chunk('goes on\n')]);
    expect(model.groups[0]?.lines.map((line) => [line.stream, line.text])).toEqual([
      ['out', 'out one goes on'],
      ['err', 'err one'],
    ]);
  });

  test('carries a colour over to the following lines', () => {
    const model = new LogModel();
    model.take([chunk('\u001b[32mgreen\nstill\u001b[0m\nplain\n')]);
    expect(model.groups[0]?.lines.map((line) => line.spans[0]?.style.colour)).toEqual([2, 2, null]);
  });

  test('groups by task and try, and numbers each from one', () => {
    const model = new LogModel();
    model.take([chunk('a\nb\n'), chunk('c\n', { attempt: 2 }), chunk('d\n', { taskId: 't2', stepId: 's2' })]);
    expect(model.groups.map((group) => [group.key, group.lines.map((line) => line.number)])).toEqual([
      ['t1/1', [1, 2]],
      ['t1/2', [1]],
      ['t2/1', [1]],
    ]);
    expect(model.lineCount).toBe(4);
    expect(model.lastOf('s1')?.attempt).toBe(2);
  });

  test('tells what changed since it was asked last, also a line that grew', () => {
    const model = new LogModel();
    model.take([chunk('one\ntw')]);
    expect(model.drain().map((change) => change.from)).toEqual([0]);
    expect(model.drain()).toEqual([]);
    model.take([chunk('o\nthree\n')]);
    expect(model.drain().map((change) => change.from)).toEqual([1]);
  });

  test('ten thousand lines in single chunks take well under a second', () => {
    const model = new LogModel();
    const start = performance.now();
    for (let line = 0; line < 10_000; line++) model.take([chunk(`line ${line} \u001b[31mred\u001b[0m\n`)]);
    expect(model.lineCount).toBe(10_000);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  test('is searched without regard to capitals, and by stream', () => {
    const model = new LogModel();
    model.take([chunk('Pulled\nother\n'), chunk('pulled too\n', { stream: 'err' })]);
    expect(find(model, 'PULLED').map((hit) => hit.line)).toEqual([1, 3]);
    expect(find(model, '', 'err').map((hit) => hit.line)).toEqual([3]);
    expect(find(model, '')).toEqual([]);
  });
});
