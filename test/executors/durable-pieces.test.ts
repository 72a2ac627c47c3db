import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MarkedStream } from '#executors/ssh/durable/marked-stream.ts';
import { readEnding } from '#executors/ssh/durable/read-ending.ts';
import { RecordLines } from '#executors/ssh/durable/record-lines.ts';
import { Utf8Pieces } from '#executors/ssh/durable/utf8-pieces.ts';

/** Cuts bytes at the given places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...sorted].map((from, i) => bytes.subarray(from, sorted[i] ?? bytes.length));
}

describe('text that arrives in pieces', () => {
  it('comes out whole wherever it was cut, and offsets name whole characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.nat(200)), (text, places) => {
        const plain = text.replaceAll('\0', '');
        const bytes = Buffer.from(plain);
        const pieces = new Utf8Pieces(0);
        let all = '';
        for (const piece of cut(bytes, places)) {
          all += pieces.push(piece);
          expect(pieces.offset).toBe(Buffer.byteLength(all));
        }
        expect(all + pieces.flush()).toBe(plain);
        expect(pieces.offset).toBe(bytes.length);
      }),
    );
  });

  it('has the same replacement characters for bytes that are no text, wherever they were cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.array(fc.nat(60)), (raw, places) => {
        const bytes = Buffer.from(raw);
        const pieces = new Utf8Pieces(7);
        let all = '';
        for (const piece of cut(bytes, places)) all += pieces.push(piece);
        all += pieces.flush();
        const whole = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).replaceAll('\0', '\uFFFD');
        expect(all).toBe(whole);
        expect(pieces.offset).toBe(7 + bytes.length);
      }),
    );
  });
});

describe('a channel whose bytes stand between marks', () => {
  it('yields exactly the bytes between them, wherever it is cut and whatever looks like a mark', () => {
    const almost = fc.constantFrom('<be', '<begin', '<e', '<en', '<end', 'x', '<', '\n');
    const noise = fc.array(almost, { maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(noise, noise, noise, fc.array(fc.nat(120)), (before, within, behind, places) => {
        const stream = new MarkedStream('<begin>', '<end>');
        const bytes = Buffer.from(`${before}<begin>${within}<end>${behind}`);
        const yielded = cut(bytes, places).map((piece) => stream.push(piece));
        expect(Buffer.concat(yielded).toString()).toBe(within);
        expect(stream.ending).toBe(behind);
      }),
    );
  });

  it('yields nothing that may belong to the end mark when the channel breaks', () => {
    const stream = new MarkedStream('<begin>', '<end>');
    expect(stream.push(Buffer.from('hi<begin>one<en')).toString()).toBe('one');
    expect(stream.ending).toBeNull();
  });
});

describe('records in output that arrives in pieces', () => {
  it('are found wherever it was cut, and nothing else is', () => {
    const line = fc.constantFrom(
      'chiffon-record a=1',
      'chiffon-record b=x=y',
      'chiffon-record a=2\r',
      'chiffon-record bad key=3',
      ' chiffon-record c=4',
      'chiffon-recor d=5',
      'chiffon-record empty=',
      'plain',
      '',
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.array(fc.nat(300)), (lines, places) => {
        const records = new RecordLines();
        for (const piece of cut(Buffer.from(lines.join('\n')), places)) records.push(piece.toString());
        const known: Record<string, string> = {};
        for (const one of lines) {
          const [, key, value] = one.match(/^chiffon-record ([ab]|empty)=(.*?)\r?$/) ?? [];
          if (key !== undefined && value !== undefined) known[key] = value;
        }
        expect(records.end()).toEqual(known);
      }),
    );
  });

  it('may not be longer than anybody writes: such a line is output and nothing more', () => {
    const records = new RecordLines();
    for (let i = 0; i < 100; i += 1)
      records.push(i === 0 ? `chiffon-record a=${'x'.repeat(1_000)}` : 'x'.repeat(1_000));
    records.push('\nchiffon-record b=2\n');
    expect(records.end()).toEqual({ b: '2' });
  });
});

describe('the report behind the end mark', () => {
  it('tells exit code, way of ending, time, records and the last words', () => {
    const report =
      'state=exited\ncode=2\nhow=timed_out\nstarted=100\nended=107\nrecords\n a=b=c\n empty=\nerr\n err\n oops\n\nout\n code=9\n\ndf\n' +
      ' Filesystem 1024-blocks Used Available Capacity Mounted on\n /dev/sda1 1000 990 10 99% /\nwhole\n';
    expect(readEnding(report)).toEqual({
      state: 'exited',
      code: 2,
      how: 'timed_out',
      seconds: 7,
      freeKb: 10,
      records: { a: 'b=c', empty: '' },
      errTail: 'err\noops',
      outTail: 'code=9',
      kept: false,
    });
  });

  it.each([
    '',
    'sta',
    'state=exited',
    'state=exited\n',
    'state=exited\ncode=\nwhole\n',
    'state=exited\ncode=0\nrecords\nwho',
  ])('is not complete: %j', (text) => {
    expect(readEnding(text)).toBeNull();
  });
});
