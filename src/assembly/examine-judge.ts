import type { Check } from '#flow/examine-house.ts';
import { failingExamples } from '#policy/failing-examples.ts';
import { secondReadingProblem } from '#policy/shell/judge-command.ts';

/**
 * Whether the judge of commands can be relied on. A rule that does not decide its own examples makes everything the judge
 * says doubtful, and nothing may start with it; without its second parser the judge only asks people more often.
 */
export function examineJudge(): Check & { readonly usable: boolean } {
  const failures = failingExamples();
  if (failures.length > 0)
    return {
      name: 'judge',
      ok: false,
      usable: false,
      detail: `${failures.length} examples of the safety rules are judged wrongly, so the rules cannot be relied on. The first: ${failures[0]}`,
      remedy: 'Take back the last change to src/policy, or install this version of Chiffon anew.',
    };
  if (secondReadingProblem !== null)
    return {
      name: 'judge',
      ok: false,
      usable: true,
      detail: `The second parser of shell text could not be loaded (${secondReadingProblem}), so every command waits for a person.`,
      remedy: 'Run “npm ci” again; it brings web-tree-sitter and tree-sitter-bash.',
    };
  return {
    name: 'judge',
    ok: true,
    usable: true,
    detail: 'All safety rules decide their own examples, and both parsers of shell text are there.',
    remedy: null,
  };
}
