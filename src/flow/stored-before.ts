import type { OutputChunk } from './executor-port.ts';
import type { AttemptRow, Ledger, RunRow } from './ledger-port.ts';

/** Bytes of a log that are looked back at: the longest key, and what other programs wrote between its lines. */
const lookBackBytes = 64 * 1024;

/** The end of what an attempt has stored, for whoever goes on with it: its next line may belong to a key begun there. */
export async function storedBefore(
  ledger: Ledger,
  run: RunRow,
  attempt: AttemptRow,
): Promise<readonly Pick<OutputChunk, 'stream' | 'text'>[]> {
  if (attempt.outOffset === 0 && attempt.errOffset === 0) return [];
  const { end } = await ledger.readLog(run.id, 0, 1);
  const { chunks } = await ledger.readLog(run.id, Math.max(0, end - lookBackBytes), lookBackBytes);
  return chunks.filter((chunk) => chunk.task === attempt.task && chunk.attempt === attempt.number);
}
