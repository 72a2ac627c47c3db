import type { Pool } from 'pg';
import { PlanContent } from '#core/plan.ts';
import type { ApprovalEvidence, RunRow } from '#flow/ledger-port.ts';

interface Row {
  readonly content: string | null;
  readonly hash: string | null;
  readonly approvals: ApprovalEvidence['approvals'];
  readonly recorded: readonly string[];
}

/** What says that a run was approved, as it stands now. */
export async function evidenceOf(
  pool: Pool,
  run: Pick<RunRow, 'plan' | 'revision'>,
): Promise<ApprovalEvidence> {
  const { rows } = await pool.query<Row>({
    name: 'approval evidence',
    text: `SELECT
        (SELECT content FROM revisions WHERE plan = $1 AND revision = $2),
        (SELECT hash FROM revisions WHERE plan = $1 AND revision = $2),
        (SELECT coalesce(json_agg(json_build_object('decision', decision, 'revision', revision, 'hash', hash)), '[]')
          FROM approvals WHERE plan = $1) AS approvals,
        ARRAY(SELECT coalesce(canonical::json #>> '{data,hash}', '') FROM events
          WHERE plan = $1 AND kind = 'plan.approved') AS recorded`,
    values: [run.plan, run.revision],
  });
  const [row] = rows;
  if (row === undefined) throw new Error('the ledger answered nothing about an approval');
  return { ...row, content: row.content === null ? null : PlanContent.parse(JSON.parse(row.content)) };
}
