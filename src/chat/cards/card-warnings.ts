import type { PlanContent } from '#core/plan.ts';
import type { Step } from '#core/step.ts';
import { loudMark } from '#policy/judge-compose-file.ts';
import { judgePlan } from '#policy/judge-plan.ts';

/**
 * What somebody must have read before saying yes, a sentence each: the judge's loud reasons, and letters in commands that
 * can look like others, with their steps.
 */
export function cardWarnings(content: PlanContent): string[] {
  const judged = judgePlan(content);
  if (!judged.ok) return [judged.reason];
  return content.steps.flatMap((step, index) => {
    const reason = judged.steps.find(({ stepId }) => stepId === step.id)?.reason ?? '';
    return [
      ...(reason.startsWith(loudMark) ? [reason.slice(loudMark.length)] : []),
      ...unusualLetters(step),
    ].map((words) => `Step ${index + 1}: ${words}`);
  });
}

const mostNamed = 5;

/** Letters beyond plain ASCII are shown as they are, and some of them look like a slash, a hyphen or a quote. */
function unusualLetters(step: Step): string[] {
  const text = step.uses === 'shell' ? step.command : step.uses === 'file' ? step.path : '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: everything but ASCII
  const letters = [...new Set(text.match(/[^\u0000-\u007f]/gu) ?? [])];
  if (letters.length === 0) return [];
  const named = letters
    .slice(0, mostNamed)
    .map(
      (letter) =>
        `“${letter}” (U+${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')})`,
    );
  const more = letters.length > mostNamed ? ` and ${letters.length - mostNamed} more` : '';
  return [`it holds ${named.join(', ')}${more}; such letters can look like others.`];
}
