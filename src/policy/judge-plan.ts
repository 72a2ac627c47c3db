import type { PlanContent } from '#core/plan.ts';
import type { Step } from '#core/step.ts';
import { judgeFile } from './judge-file.ts';
import { hidesCharacters, isPadded } from './shell/hidden-characters.ts';
import { judgeCommand, type Verdict } from './shell/judge-command.ts';
import { isPlainPage } from './shell/rules/network-reads.ts';

/** What policy says about one step. */
export interface StepJudgement {
  readonly stepId: string;
  readonly verdict: Verdict;
  /** Stable name of the rule that decided. */
  readonly rule: string;
  /** One sentence for a person. */
  readonly reason: string;
}

/** Every step with its verdict, or the step because of which the plan may not even be shown for approval. */
export type PlanJudgement =
  | { readonly ok: true; readonly steps: readonly StepJudgement[] }
  | { readonly ok: false; readonly stepId: string; readonly rule: string; readonly reason: string };

/**
 * Judges a plan before it is shown to anybody. One denied step refuses the whole plan, and a plan that says it only
 * reads may hold nothing but what is known to only look.
 */
export function judgePlan(content: PlanContent): PlanJudgement {
  const steps: StepJudgement[] = [];
  for (const step of content.steps) {
    const judged = judgeStep(step);
    if (judged.verdict === 'deny')
      return {
        ok: false,
        stepId: step.id,
        rule: judged.rule,
        reason: `Step ${step.id} (${step.summary}) is against the safety rules, and nobody can approve it: ${judged.reason}`,
      };
    if (content.risk === 'read' && judged.verdict !== 'allow')
      return {
        ok: false,
        stepId: step.id,
        rule: 'policy.read-plan-changes',
        reason: `The plan says that it only reads, but step ${step.id} (${step.summary}) is not known to only look: ${judged.reason}`,
      };
    steps.push(judged);
  }
  return { ok: true, steps };
}

function judgeStep(step: Step): StepJudgement {
  const field = hiddenField(step);
  if (field !== undefined)
    return {
      stepId: step.id,
      verdict: 'deny',
      rule: 'floor.hidden-characters',
      reason: `Its ${field} holds characters that cannot be seen or that look like others, or hides text behind blanks, so what is shown is not what is meant.`,
    };
  switch (step.uses) {
    case 'shell':
      return { stepId: step.id, ...withoutForms(judgeCommand(step.command)) };
    case 'file':
      return { stepId: step.id, ...judgeFile(step) };
    case 'http':
      return {
        stepId: step.id,
        ...(isPlainPage(step.url)
          ? { verdict: 'allow', rule: 'read.http', reason: 'This only asks an address until it answers.' }
          : {
              verdict: 'approval',
              rule: 'change.http',
              reason: `Asking ${step.url} may do more than answer: some addresses act when they are asked.`,
            }),
      };
    case 'wait':
      return { stepId: step.id, verdict: 'allow', rule: 'read.wait', reason: 'This only lets time pass.' };
  }
}

/** The first field a person reads on the card whose text is not what it looks like. Commands, paths and contents have judges of their own. */
function hiddenField(step: Step): string | undefined {
  const read: Readonly<Record<string, string | undefined>> = {
    summary: step.summary,
    target: step.target,
    undo: step.undo.how,
    address: step.uses === 'http' ? step.url : undefined,
    'expected text': step.uses === 'http' ? step.expectBody : undefined,
  };
  return Object.keys(read).find((name) => {
    const text = read[name] ?? '';
    return hidesCharacters(text) || isPadded(text) || (name !== 'expected text' && /[\n\t]/.test(text));
  });
}

type Judged = Omit<StepJudgement, 'stepId'>;

function withoutForms({ verdict, rule, reason }: Judged): Judged {
  return { verdict, rule, reason };
}
