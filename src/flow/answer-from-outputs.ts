import type { Ledger, RunRow } from './ledger-port.ts';
import type { Planner } from './planner-port.ts';

/** Bytes of output an answer is made from; a longer log is for the log page. */
const mostBytes = 1024 * 1024;

/**
 * What a read-only run found out, in a sentence or two, from what its commands printed. Asked when its last step has
 * just succeeded: that task still counts as running.
 */
export async function answerFromOutputs(
  deps: { readonly ledger: Ledger; readonly planner: Pick<Planner, 'summarise'> },
  run: RunRow,
): Promise<string | null> {
  const revision = await deps.ledger.revision(run.plan, run.revision);
  if (revision === null) return null;
  const { chunks } = await deps.ledger.readLog(run.id, 0, mostBytes);
  const outputs = new Map<string, string>();
  for (const task of await deps.ledger.tasks(run.id)) {
    // A step that did not come to a good end has shown nothing, whatever it printed.
    if (task.state !== 'completed' && task.state !== 'running') continue;
    const printed = chunks.filter((chunk) => chunk.task === task.id && chunk.stream === 'out');
    outputs.set(task.step.id, printed.map((chunk) => chunk.text).join(''));
  }
  return deps.planner.summarise(revision.content, outputs);
}
