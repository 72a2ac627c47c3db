import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventStreamReader } from '../../src/console/app/event-stream.ts';

const stream =
  ': welcome\n\nid: 7\ndata: {"a":1}\n\n: heartbeat\n\nevent: x\r\nid:8\r\ndata:one\r\ndata: two\r\n\r\ndata: no id\n\n';
const events = [
  { id: '7', data: '{"a":1}' },
  { id: '8', data: 'one\ntwo' },
  { id: null, data: 'no id' },
];

describe('a stream of server-sent events', () => {
  test('yields its events, and nothing for heartbeats', () => {
    expect(eventStreamReader()(stream)).toEqual(events);
  });

  test('reads the same wherever the network cut it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: stream.length - 1 }), { maxLength: 12 }), (cuts) => {
        const read = eventStreamReader();
        const places = [...new Set([0, ...cuts, stream.length])].toSorted((a, b) => a - b);
        const got = places.slice(1).flatMap((end, index) => read(stream.slice(places[index], end)));
        expect(got).toEqual(events);
      }),
    );
  });

  test('an event that is not finished yet is not delivered', () => {
    expect(eventStreamReader()('id: 9\ndata: half')).toEqual([]);
  });
});
