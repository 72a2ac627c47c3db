import { Buffer } from 'node:buffer';
import type { Pool } from 'pg';
import type { OutputChunk } from '#flow/executor-port.ts';
import type { Ledger, LogChunk } from '#flow/ledger-port.ts';
import { packPiece, unpackPiece } from './packed-piece.ts';
import type { Prisma } from './prisma-client/client.ts';
import { visible } from './storable-text.ts';

/**
 * Stores output. Calls of one worker for one attempt may overlap: pieces are packed while those before them are written, and
 * written in the order of the calls. When one fails, so do those behind it: output is never stored behind a gap.
 */
export function createLogWriter(
  pool: Pool,
): (attempt: string, chunks: readonly OutputChunk[], worker?: string) => Promise<boolean> {
  const run = onPool(pool);
  /** By attempt and worker, the last call under way. */
  const underWay = new Map<string, Promise<boolean>>();

  return async (attempt, chunks, worker) => {
    if (chunks.length === 0) return true;
    const writer = JSON.stringify([attempt, worker ?? null]);
    const before = underWay.get(writer);
    const packing = logColumns(chunks);
    const writing = (async () => {
      const [columns] = await Promise.all([packing, before]);
      return await appendColumns(run, attempt, columns, worker);
    })();
    underWay.set(writer, writing);
    try {
      return await writing;
    } finally {
      if (underWay.get(writer) === writing) underWay.delete(writer);
    }
  };
}

/**
 * Stores pieces and where the host's two outputs end now, in one statement. Calling again with the same is harmless.
 * Given a worker, the attempt is locked before it is written to: a worker that lost it can't come in between.
 *
 * @param run carries out a statement and answers how many rows came of it.
 */
export async function appendLog(
  run: RunStatement,
  attempt: string,
  chunks: readonly OutputChunk[],
  worker?: string,
): Promise<boolean> {
  return chunks.length === 0 || (await appendColumns(run, attempt, await logColumns(chunks), worker));
}

type RunStatement = (text: string, values: unknown[]) => Promise<number>;

async function appendColumns(
  run: RunStatement,
  attempt: string,
  { streams, sizes, outEnds, errEnds, contents }: Awaited<ReturnType<typeof logColumns>>,
  worker: string | undefined,
): Promise<boolean> {
  const parameters = (offset: 0 | 1) => sizes.map((_, i) => `$${7 + i * 2 + offset}`).join(', ');
  const stored = await run(
    `SELECT append_log(a.id, $3::text[], ARRAY[${parameters(0)}]::text[],
       ARRAY[${parameters(1)}]::bytea[], $4::integer[], $5::bigint[], $6::bigint[])::text
     FROM (SELECT id FROM attempts WHERE id = $1 AND ($2::text IS NULL OR worker = $2) FOR UPDATE) a`,
    [attempt, worker ?? null, streams, sizes, outEnds, errEnds, ...contents],
  );
  if (stored === 0 && worker === undefined) throw new Error(`there is no attempt ${attempt}`);
  return stored === 1;
}

/** Pieces of output as the columns that PostgreSQL's `append_log` takes. */
export async function logColumns(chunks: readonly OutputChunk[]) {
  const pieces = await Promise.all(chunks.map(({ text }) => packPiece(text)));
  return {
    streams: chunks.map((chunk) => chunk.stream),
    sizes: pieces.map((piece) => piece.bytes),
    outEnds: chunks.map((chunk) => chunk.endOffset.out),
    errEnds: chunks.map((chunk) => chunk.endOffset.err),
    // Each piece's text and, compressed, its bytes: one of the two. Every one is a parameter of its own and goes as the
    // bytes it is: an array would be written out and read as text.
    contents: pieces.flatMap(({ plain, packed }) => [plain, packed]),
  };
}

/** On any connection of a pool, in a transaction of its own. */
const onPool =
  (pool: Pool): RunStatement =>
  async (text, values) =>
    (await pool.query(text, values)).rowCount ?? 0;

/** In a transaction under way. */
export const inTransaction = (tx: Prisma.TransactionClient) => async (text: string, values: unknown[]) =>
  (await tx.$queryRawUnsafe<unknown[]>(text, ...values)).length;

interface StoredChunk {
  readonly byte_offset: string;
  readonly bytes: number;
  readonly task: string;
  readonly attempt: number;
  readonly stream: LogChunk['stream'];
  readonly text: string | null;
  readonly packed: Buffer | null;
  readonly at: Date;
}

/**
 * Reads from a byte offset of a run's log. A piece that begins before the offset is handed out from there on, at the
 * next whole character. At least one piece is answered when there is one, however large, so that a reader always
 * gets on.
 */
export async function readLog(
  pool: Pool,
  run: string,
  from: number,
  maxBytes: number,
): ReturnType<Ledger['readLog']> {
  const ends = await pool.query<{ bytes: string }>('SELECT bytes FROM run_logs WHERE run = $1', [
    visible(run),
  ]);
  const end = Number(ends.rows[0]?.bytes ?? 0);
  const start = Math.min(Math.max(0, Math.trunc(from)), end);
  // Pieces lie end to end, so what lies between two offsets is bounded by their distance.
  const { rows } = await pool.query<StoredChunk>(
    `SELECT byte_offset, bytes, task, attempt, stream, text, packed, at FROM log_chunks
     WHERE run = $1 AND byte_offset < $3
       AND byte_offset >= (SELECT max(byte_offset) FROM log_chunks WHERE run = $1 AND byte_offset <= $2)
     ORDER BY byte_offset`,
    [visible(run), start, start + Math.max(1, Math.trunc(maxBytes))],
  );
  const wanted = rows.filter((row) => Number(row.byte_offset) + row.bytes > start);
  const pieces = await Promise.all(wanted.map(toLogChunk));
  const first = pieces[0];
  if (first !== undefined && first.offset < start) pieces[0] = cutFront(first, start - first.offset);
  const fitting = pieces.filter(
    (piece, index) => index === 0 || piece.offset + piece.bytes <= start + maxBytes,
  );
  const last = fitting.at(-1);
  return { chunks: fitting, next: last === undefined ? start : last.offset + last.bytes, end };
}

async function toLogChunk(row: StoredChunk): Promise<LogChunk> {
  return {
    offset: Number(row.byte_offset),
    bytes: row.bytes,
    task: row.task,
    attempt: row.attempt,
    stream: row.stream,
    text: row.packed === null ? (row.text ?? '') : await unpackPiece(row.packed, row.bytes),
    at: row.at.toISOString(),
  };
}

/** Leaves out the first bytes, and the rest of a character that begins among them. */
function cutFront(chunk: LogChunk, count: number): LogChunk {
  const bytes = Buffer.from(chunk.text, 'utf8');
  let cut = count;
  // Bytes 10xxxxxx continue a character (RFC 3629).
  while (cut < bytes.length && ((bytes[cut] ?? 0) & 0b1100_0000) === 0b1000_0000) cut += 1;
  return {
    ...chunk,
    offset: chunk.offset + cut,
    bytes: bytes.length - cut,
    text: bytes.subarray(cut).toString('utf8'),
  };
}
