import type { PlanContent, Rehearsal } from '#core/plan.ts';
import { statusWords } from '#core/status-words.ts';
import type { Step } from '#core/step.ts';
import type { ApprovalRow, RequestRow, RevisionRow, RunRow, TaskRow } from '#flow/ledger-port.ts';

/** Files by their path in the trail, each a whole text. */
export type Files = Readonly<Record<string, string>>;

/** The folder of a plan in the trail. */
export function planFolder(plan: number): string {
  return `plans/P-${plan}`;
}

/** What a decision was made on, and the decisions so far: the request, the revision, its rehearsal, who said what. */
export function describeDecision(about: {
  readonly request: RequestRow;
  readonly revision: RevisionRow | null;
  /** Oldest first. */
  readonly approvals: readonly ApprovalRow[];
}): Files {
  const { request, revision, approvals } = about;
  const folder = planFolder(request.id);
  return {
    [`${folder}/request.md`]: requestPage(request),
    [`${folder}/decisions.md`]: decisionsPage(request.id, approvals),
    ...(revision === null
      ? {}
      : {
          [`${folder}/revision-${revision.revision}.json`]: pretty(revision.content),
          [`${folder}/revision-${revision.revision}.md`]: revisionPage(revision),
          [`${folder}/rehearsal-${revision.revision}.md`]: rehearsalPage(revision),
        }),
  };
}

/** What a run came to: for programs, and for people. */
export function describeResult(about: {
  readonly run: RunRow;
  /** `completed`, `failed` or `cancelled`, and the sentence that was recorded with it. */
  readonly state: string;
  readonly summary: string;
  readonly at: string;
  readonly title: string;
  readonly tasks: readonly TaskRow[];
}): Files {
  const { run, state, summary, at, tasks } = about;
  const folder = planFolder(run.plan);
  return {
    [`${folder}/outcome-${run.id}.json`]: pretty({
      run: run.id,
      plan: run.plan,
      revision: run.revision,
      hash: run.hash,
      state,
      summary,
      startedAt: run.startedAt,
      endedAt: at,
      tasks: tasks.map(({ id, position, state: taskState, summary: said, attempts }) => ({
        id,
        position,
        state: taskState,
        summary: said,
        attempts: attempts.map((attempt) => ({
          id: attempt.id,
          outcome: attempt.outcome,
          exitCode: attempt.exitCode,
          errorClass: attempt.errorClass,
          summary: attempt.summary,
          startedAt: attempt.startedAt,
          endedAt: attempt.endedAt,
        })),
      })),
    }),
    [`${folder}/report-${run.id}.md`]: reportPage(about),
  };
}

function requestPage(request: RequestRow): string {
  return page([
    `# R-${request.id}`,
    `Asked by ${request.person} on ${request.surface}, ${inUtc(request.at)}:`,
    quoted(request.text),
  ]);
}

function decisionsPage(plan: number, approvals: readonly ApprovalRow[]): string {
  const verbs = { approve: 'approved', reject: 'rejected', changes: 'asked for changes to' } as const;
  const lines = approvals.map((row) => {
    const who = row.rule === null ? row.person : `The rule “${row.rule}”`;
    const said = row.comment === null ? '' : `: ${row.comment.replace(/\s+/g, ' ')}`;
    return `- ${inUtc(row.at)} · ${who} ${verbs[row.decision]} revision ${row.revision} on ${row.surface}${said}\n  \`${row.hash}\``;
  });
  return page([
    `# Decisions on P-${plan}`,
    lines.length === 0 ? 'No person decided; Chiffon ended the plan itself.' : lines.join('\n'),
  ]);
}

function revisionPage({ plan, revision, content, hash, askedFor, at }: RevisionRow): string {
  return page([
    `# P-${plan}, revision ${revision}: ${content.title}`,
    `Risk: ${content.risk}. Drawn up ${inUtc(at)}. Its hash, which approvals name: \`${hash}\``,
    askedFor === null ? '' : `Asked to be different:\n\n${quoted(askedFor)}`,
    `## Steps\n\n${content.steps.map(stepLines).join('\n')}`,
    effectsSection(content),
    `## How success shows\n\n${content.verification}`,
    `## How it is undone\n\n${content.undo}`,
  ]);
}

function stepLines(step: Step, index: number): string {
  const undo = step.undo.how === '' ? step.undo.kind : step.undo.how;
  const lines = [
    `${index + 1}. **${step.summary}** on ${step.target} (${step.uses}; undo: ${undo})`,
    ...fenced(actionOf(step)).split('\n'),
  ];
  return lines.map((line, i) => (i === 0 ? line : `   ${line}`)).join('\n');
}

function actionOf(step: Step): string {
  switch (step.uses) {
    case 'shell':
      return step.command;
    case 'file':
      return `${step.path} (${step.mode})\n${step.content}`;
    case 'http':
      return `${step.url} answers ${statusWords(step.expectStatus)} within ${step.withinSeconds} s`;
    case 'wait':
      return `wait ${step.seconds} s`;
  }
}

function effectsSection({ effects }: PlanContent): string {
  if (effects.length === 0) return '## Effects\n\nNone.';
  const lines = effects.map(({ host, kind, what, change, before, after }) => {
    const values = before === undefined && after === undefined ? '' : ` (${before ?? '—'} → ${after ?? '—'})`;
    return `- ${kind} ${what} on ${host}: ${change}${values}`;
  });
  return `## Effects\n\n${lines.join('\n')}`;
}

function rehearsalPage({ plan, revision, rehearsal, content }: RevisionRow): string {
  const titles = new Map(content.steps.map((step, i) => [step.id, `${i + 1}. ${step.summary}`]));
  const steps = rehearsal.steps.map((seen: Rehearsal['steps'][number]) => {
    const mark = seen.rehearsed ? 'rehearsed' : 'not rehearsed';
    const diff = seen.diff === undefined ? '' : `\n\n${fenced(seen.diff)}`;
    return `### ${titles.get(seen.stepId) ?? seen.stepId}\n\n${mark}: ${seen.note}${diff}`;
  });
  const facts = rehearsal.facts.map(({ label, value }) => `- ${label}: ${value}`).join('\n');
  return page([
    `# What was seen before anything ran (P-${plan}, revision ${revision})`,
    `Looked at ${inUtc(rehearsal.at)}.`,
    facts === '' ? '' : `## Facts\n\n${facts}`,
    rehearsal.notes.length === 0
      ? ''
      : `## Notes\n\n${rehearsal.notes.map((note) => `- ${note}`).join('\n')}`,
    steps.length === 0 ? '' : `## Steps\n\n${steps.join('\n\n')}`,
  ]);
}

function reportPage(about: Parameters<typeof describeResult>[0]): string {
  const { run, state, summary, at, title, tasks } = about;
  const lines = tasks.map((task) => {
    const tries = task.attempts.length > 1 ? ` (${task.attempts.length} tries)` : '';
    return `${task.position}. ${task.step.summary}: ${task.state}${tries}${task.summary === null ? '' : `. ${task.summary}`}`;
  });
  return page([
    `# Run ${run.id}: ${title}`,
    `**${state}**, ${inUtc(at)}, on ${run.hosts.join(', ')}.${run.startedAt === null ? '' : ` Started ${inUtc(run.startedAt)}.`}`,
    summary,
    `## Steps\n\n${lines.join('\n')}`,
    `What was approved: revision ${run.revision}, \`${run.hash}\`.`,
  ]);
}

function page(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function quoted(text: string): string {
  return text
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
}

/** With a fence longer than any in the text, so that nothing in it ends the block. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text.replace(/\n$/, '')}\n${fence}`;
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function inUtc(at: string): string {
  return `${at.slice(0, 19).replace('T', ' ')} UTC`;
}
