import type { PlanContent } from '#core/plan.ts';
import { done, type Result, refuse } from '#core/refusal.ts';
import type { Step } from '#core/step.ts';
import type { Redaction } from './redaction-port.ts';

/**
 * Refuses a plan that holds a secret. It is not masked: who approves has to see exactly what runs, and what they see
 * is kept for ever. The reason names the step and the kind of secret, never its value.
 */
export function refuseSecretsInPlan(
  content: PlanContent,
  redaction: Pick<Redaction, 'contains'>,
): Result<void> {
  for (const step of content.steps) {
    for (const [part, text] of partsOf(step)) {
      const kind = secretIn(text, redaction);
      if (kind !== null)
        return refuse(
          'plan.secret',
          `Step ${step.id} would carry a secret (${kind}) in ${part}. Everybody who may approve a plan sees all of it, and it is kept for good, so a plan with a secret in it is refused. ${remedies[step.uses]}`,
        );
    }
  }
  const { steps: _, ...rest } = content;
  const kind = firstIn(rest, redaction);
  return kind === null
    ? done(undefined)
    : refuse(
        'plan.secret',
        `The plan would carry a secret (${kind}) in what it says about itself. Everybody who may approve a plan sees all of it, and it is kept for good, so a plan with a secret in it is refused. Ask again without the secret, and put it into a file on the host that only its owner can read.`,
      );
}

const remedies: Readonly<Record<Step['uses'], string>> = {
  shell:
    'Put the value into a file on the host that only its owner can read, and let the command read it from there (--password-file, an environment file, "$(cat FILE)" in a script on the host).',
  file: 'Put the value into a file on the host that only its owner can read, such as .env beside this one, and let this file refer to it (${NAME}, env_file, NAME_FILE).',
  http: 'Let the check ask an address that needs no secret, such as a health page.',
  wait: 'Ask again without the secret.',
};

/** Every text of a step, with where it stands in words. */
function partsOf(step: Step): readonly (readonly [part: string, text: string])[] {
  const common = [
    ['its summary', step.summary],
    ['what it says about undoing it', step.undo.how],
    ['the name of its host', step.target],
  ] as const;
  switch (step.uses) {
    case 'shell':
      return [['its command', step.command], ...common];
    case 'file':
      return [['the content of its file', step.content], ['the path of its file', step.path], ...common];
    case 'http':
      return [['its address', step.url], ['the text it waits for', step.expectBody ?? ''], ...common];
    case 'wait':
      return common;
  }
}

/** What the first secret of a text is. One that was hidden on the way here (in a pasted request) counts: nobody means the mark. */
function secretIn(text: string, redaction: Pick<Redaction, 'contains'>): string | null {
  return redaction.contains(text) ?? /\[secret: ([^\]]{1,100})\]/.exec(text)?.[1] ?? null;
}

/** What the first secret anywhere in a value of plain data is; null when there is none. */
function firstIn(value: unknown, redaction: Pick<Redaction, 'contains'>): string | null {
  if (typeof value === 'string') return secretIn(value, redaction);
  if (typeof value !== 'object' || value === null) return null;
  for (const member of Object.values(value)) {
    const found = firstIn(member, redaction);
    if (found !== null) return found;
  }
  return null;
}
