import type { Ledger } from '#flow/ledger-port.ts';

/** The end of a log is looked for in this many bytes. */
const tailBytes = 8_000;
/** A file may become this large; what is before is left out and said so. Discord takes 10 MiB. */
const mostBytes = 8_000_000;

/** The last line a run printed so far; null while it has printed nothing. */
export async function lastLine(ledger: Pick<Ledger, 'readLog'>, run: string): Promise<string | null> {
  return (await tail(ledger, run)).lines.at(-1) ?? null;
}

/** The last lines of a run's log, and whether there are more before them. */
export async function lastLines(
  ledger: Pick<Ledger, 'readLog'>,
  run: string,
  count: number,
): Promise<{ readonly lines: readonly string[]; readonly more: boolean }> {
  const { lines, whole } = await tail(ledger, run);
  return { lines: lines.slice(-count), more: !whole || lines.length > count };
}

/** A run's whole log as text; of a very long one the end, with a line that says so. */
export async function wholeLog(ledger: Pick<Ledger, 'readLog'>, run: string): Promise<string> {
  const { end } = await ledger.readLog(run, 0, 1);
  const start = Math.max(0, end - mostBytes);
  const pieces: string[] = [];
  for (let at = start; at < end; ) {
    const { chunks, next } = await ledger.readLog(run, at, 1_000_000);
    if (chunks.length === 0) break;
    pieces.push(...chunks.map((chunk) => chunk.text));
    at = next;
  }
  const text = pieces.join('');
  return start === 0 ? text : `… the first ${start} bytes are left out; the console has all of it.\n${text}`;
}

async function tail(
  ledger: Pick<Ledger, 'readLog'>,
  run: string,
): Promise<{ readonly lines: readonly string[]; readonly whole: boolean }> {
  const { end } = await ledger.readLog(run, 0, 1);
  const start = Math.max(0, end - tailBytes);
  const { chunks } = await ledger.readLog(run, start, tailBytes);
  const lines = chunks
    .map((chunk) => chunk.text)
    .join('')
    .split('\n')
    // A progress bar rewrites its line with carriage returns; what stands there in the end counts.
    .map((line) => line.replace(/\r$/, '').split('\r').at(-1) ?? '')
    .filter((line) => line.trim() !== '');
  return { lines: start === 0 ? lines : lines.slice(1), whole: start === 0 };
}
