import { canonicalJson } from '#core/canonical.ts';
import { type PlanContent, planHash } from '#core/plan.ts';
import { judgePlan } from '#policy/judge-plan.ts';
import type { Claimed } from './claim-task.ts';
import type { ApprovalEvidence, Ledger, RunRow, TaskRow } from './ledger-port.ts';

/** Whether a claimed step may run, asked right before it does, and the plan it belongs to. */
export async function examineApproval(
  ledger: Ledger,
  claimed: Claimed,
): Promise<{ readonly refused: string | null; readonly content: PlanContent | null }> {
  const evidence = await ledger.evidenceOf(claimed.run);
  return { refused: mayNotRun(claimed, evidence), content: evidence.content };
}

/**
 * Why a step must not run, asked right before it does; null when it may. The database may have been changed by somebody
 * with every right there, so the text that hashes to what was approved, the approval, and the event that recorded it have
 * to agree. And the judge may have learned since the plan was shown.
 */
function mayNotRun({ run, task }: Claimed, evidence: ApprovalEvidence): string | null {
  const { content, approvals, recorded } = evidence;
  if (content === null || evidence.hash !== run.hash || !isApproved(run, task, content))
    return 'This step is not the one that was approved, so it was not run. Ask again for a new plan.';
  const said = approvals.some(
    ({ decision, revision: of, hash }) => decision === 'approve' && of === run.revision && hash === run.hash,
  );
  if (!said || !recorded.includes(run.hash))
    return 'The record holds no yes to this plan, so the step was not run. “chiffon audit verify” says what was changed.';
  const judged = judgePlan({ ...content, steps: [task.step] });
  return judged.ok ? null : judged.reason;
}

/** The approved thing is the executed thing: same hash, same step, to the letter. */
function isApproved(run: RunRow, task: TaskRow, content: PlanContent): boolean {
  if (planHash(content) !== run.hash) return false;
  const approved = content.steps[task.position - 1];
  return approved !== undefined && canonicalJson(approved) === canonicalJson(task.step);
}
