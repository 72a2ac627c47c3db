import type { Pool } from 'pg';
import { canonicalJson } from '#core/canonical.ts';
import type { AttemptRow, Ledger, StepChange } from '#flow/ledger-port.ts';
import { eventPieces } from './events.ts';
import { logColumns } from './log.ts';
import { visible, visibleJson } from './storable-text.ts';
import { untilNoConflict } from './transact.ts';

interface Row {
  readonly lease_until: Date;
  readonly started_at: Date;
}

/** From one step of a run to the next, in one statement that is a transaction of its own. */
export async function passOn(pool: Pool, change: StepChange): ReturnType<Ledger['passOn']> {
  const { ended, begun, output, events } = change;
  const { streams, pieces } = eventPieces(events);
  const log = await logColumns(output);
  const end = {
    at: ended.at,
    exitCode: ended.exitCode,
    summary: ended.summary === null ? null : visible(ended.summary),
    records: visibleJson(ended.records),
  };
  const parameters = (from: number) => log.contents.map((_, i) => `$${from + i}`);
  const texts = parameters(15).filter((_, i) => i % 2 === 0);
  const packs = parameters(15).filter((_, i) => i % 2 === 1);
  const { rows } = await untilNoConflict(() =>
    pool.query<Row>({
      // Usually it is one piece or none, so few texts of this statement are worth being prepared.
      ...(texts.length > 4 ? {} : { name: `pass on ${texts.length}` }),
      text: `SELECT lease_until, started_at FROM pass_on($1, $2, $3, $4::jsonb, $5::text[],
          ARRAY[${texts.join(', ')}]::text[], ARRAY[${packs.join(', ')}]::bytea[], $6::integer[], $7::bigint[],
          $8::bigint[], $9, $10, $11, $12, $13, $14::text[], $${15 + log.contents.length}::text[])`,
      values: [
        change.run,
        ended.attempt,
        ended.worker,
        JSON.stringify(end),
        log.streams,
        log.sizes,
        log.outEnds,
        log.errEnds,
        begun.task,
        canonicalJson(begun.step),
        begun.attempt,
        begun.worker,
        begun.leaseSeconds,
        streams,
        ...log.contents,
        pieces,
      ],
    }),
  );
  const [row] = rows;
  return row === undefined ? null : freshAttempt(row, begun);
}

function freshAttempt(row: Row, begun: StepChange['begun']): AttemptRow {
  return {
    id: begun.attempt,
    task: begun.task,
    number: 1,
    worker: begun.worker,
    leaseUntil: row.lease_until.toISOString(),
    outcome: null,
    exitCode: null,
    errorClass: null,
    summary: null,
    records: {},
    outOffset: 0,
    errOffset: 0,
    startedAt: row.started_at.toISOString(),
    endedAt: null,
  };
}
