import type { Ledger, LogChunk } from '../ledger-port.ts';
import type { FailedTask } from '../record-questions.ts';

/** A longer log is not read for one line of an answer. */
const mostBytes = 256 * 1024;

/** A line of a step's output. */
export interface FailingLine {
  /** Counted within the step's try, from 1, as the console counts; null when the log is too long to count in. */
  readonly number: number | null;
  readonly text: string;
}

/**
 * The line a step failed with: the last that it printed as an error, else the last it printed at all. Null when it
 * printed nothing.
 */
export async function failingLine(
  ledger: Pick<Ledger, 'readLog'>,
  { run, task, attempt }: Pick<FailedTask, 'run' | 'task' | 'attempt'>,
): Promise<FailingLine | null> {
  const whole = await ledger.readLog(run, 0, mostBytes);
  const cut = whole.end > whole.next;
  const { chunks } = cut ? await ledger.readLog(run, Math.max(0, whole.end - mostBytes), mostBytes) : whole;
  const lines = linesOf(chunks.filter((chunk) => chunk.task === task && chunk.attempt === attempt));
  const line =
    lines.findLast(({ stream, text }) => stream === 'err' && text.trim() !== '') ??
    lines.findLast(({ stream, text }) => stream === 'out' && text.trim() !== '');
  return line === undefined ? null : { number: cut ? null : line.number, text: line.text };
}

interface Line {
  readonly number: number;
  readonly stream: LogChunk['stream'];
  text: string;
}

/** The lines of one try in the order in which they began, as the console shows them: each output has its own open line. */
function linesOf(chunks: readonly LogChunk[]): readonly Line[] {
  const lines: Line[] = [];
  const open = new Map<LogChunk['stream'], Line>();
  for (const { stream, text } of chunks) {
    const pieces = text.split('\n');
    for (const [index, piece] of pieces.entries()) {
      const ends = index < pieces.length - 1;
      if (piece === '' && !ends) continue;
      const line = open.get(stream) ?? { number: lines.length + 1, stream, text: '' };
      if (!open.has(stream)) lines.push(line);
      line.text += piece;
      if (ends) open.delete(stream);
      else open.set(stream, line);
    }
  }
  return lines;
}
