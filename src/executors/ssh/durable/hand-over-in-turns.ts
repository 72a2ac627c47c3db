import { Buffer } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Which of a command's two outputs. */
export type OutputName = 'out' | 'err';

interface Arrived {
  readonly name: OutputName;
  readonly bytes: Buffer;
}

/**
 * Handed over at once, at most, unless one piece is larger: a millisecond of work, and a text for which V8 need not ask the system for
 * memory. In bytes.
 */
const mostAtOnce = 48 * 1024;

/**
 * Hands over what the two outputs bring, in the order it came and one piece after the other. Neighbours are joined,
 * because every piece costs something however small it is; and after each the rest of the process gets its turn, so that a flood
 * never keeps it for longer than one piece takes.
 *
 * @param handOver may not throw: nobody would hear of it.
 */
export function handOverInTurns(handOver: (name: OutputName, bytes: Buffer) => Promise<void>): {
  /** Takes what came; does not wait. */
  add(name: OutputName, bytes: Buffer): void;
  /** Returns once all that came was handed over. */
  done(): Promise<void>;
} {
  const arrived: Arrived[] = [];
  let handing: Promise<void> | null = null;

  async function handAll(): Promise<void> {
    while (arrived.length > 0) {
      const { name, bytes } = joined(arrived.splice(0, countOfNext(arrived)));
      await handOver(name, bytes);
      await nextTurn();
    }
    handing = null;
  }

  return {
    add(name, bytes) {
      arrived.push({ name, bytes });
      handing ??= handAll();
    },
    async done() {
      while (handing !== null) await handing;
    },
  };
}

/** How many of the first belong to the same output and fit together. */
function countOfNext(arrived: readonly Arrived[]): number {
  let count = 1;
  let size = arrived[0]?.bytes.length ?? 0;
  for (; count < arrived.length; count += 1) {
    size += arrived[count]?.bytes.length ?? 0;
    if (arrived[count]?.name !== arrived[0]?.name || size > mostAtOnce) break;
  }
  return count;
}

function joined(neighbours: readonly Arrived[]): Arrived {
  const [first] = neighbours;
  if (first === undefined) throw new RangeError('nothing arrived');
  if (neighbours.length === 1) return first;
  return { name: first.name, bytes: Buffer.concat(neighbours.map(({ bytes }) => bytes)) };
}
