/*
 * Each commit holds a list of the events it adds to those before it. The commit's Event-Head proves that nothing
 * changed; the list says which event did when the head no longer fits.
 */

/** An event as the list has it. */
export interface Listed {
  readonly id: number;
  readonly stream: string;
  readonly seq: number;
  readonly hash: string;
}

/** Hexadecimal digits of a hash in the list: enough to find a difference, which the head has proved. */
const digits = 16;

/** Where the list of the events up to a position lies in the trail. */
export function eventListPath(position: number, at: string): string {
  return `events/${at.slice(0, 7)}/${String(position).padStart(12, '0')}.txt`;
}

/** One line an event: id, stream, number in the stream, beginning of the hash. */
export function eventLine(event: Listed): string {
  return `${event.id} ${event.stream.replace(/\s/g, '_')} ${event.seq} ${event.hash.slice(0, digits)}`;
}

/** The lines of a list, as `eventLine` wrote them. */
export function readEventList(text: string): readonly Listed[] {
  return text.split('\n').flatMap((line) => {
    const [, id, stream, seq, hash] = /^(\d+) (\S+) (\d+) ([0-9a-f]+)$/.exec(line) ?? [];
    return id === undefined || stream === undefined || hash === undefined
      ? []
      : [{ id: Number(id), stream, seq: Number(seq), hash }];
  });
}

/** Whether an event of the ledger is the one of a line. */
export function isListed(event: Listed, line: Listed): boolean {
  return eventLine(event) === `${line.id} ${line.stream} ${line.seq} ${line.hash}`;
}
