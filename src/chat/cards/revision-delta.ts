import type { RevisionRow } from '#flow/ledger-port.ts';
import { exactStep } from './exact-step.ts';

/** What the last revision does differently from the one before, a line each; empty for the first. */
export function revisionDelta(revisions: readonly RevisionRow[]): string[] {
  const [before, after] = revisions.slice(-2);
  if (before === undefined || after === undefined) return [];
  const lines: string[] = [];
  if (before.content.title !== after.content.title)
    lines.push(`title: ${before.content.title} → ${after.content.title}`);
  if (before.content.risk !== after.content.risk)
    lines.push(`risk: ${before.content.risk} → ${after.content.risk}`);
  const most = Math.max(before.content.steps.length, after.content.steps.length);
  for (let index = 0; index < most; index += 1) {
    const old = before.content.steps[index];
    const fresh = after.content.steps[index];
    if (old === undefined && fresh !== undefined) lines.push(`new step ${index + 1}: ${fresh.summary}`);
    if (old !== undefined && fresh === undefined) lines.push(`dropped step ${index + 1}: ${old.summary}`);
    if (old === undefined || fresh === undefined) continue;
    if (exactStep(old) !== exactStep(fresh))
      lines.push(`step ${index + 1}: ${exactStep(old)} → ${exactStep(fresh)}`);
    else if (old.uses === 'file' && fresh.uses === 'file' && old.content !== fresh.content)
      lines.push(`step ${index + 1}: other content for ${fresh.path}`);
  }
  return lines.length === 0 ? ['Nothing: the steps are the same.'] : lines;
}
