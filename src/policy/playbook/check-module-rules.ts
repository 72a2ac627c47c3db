import { judgePlaybook } from './judge-playbook.ts';
import { moduleRules } from './rules/all-module-rules.ts';

/** The examples of rules for modules that are not judged as their rule says, a sentence each. */
export function failingModuleExamples(): string[] {
  return moduleRules.flatMap((rule) => {
    const wanted = rule.looks ? 'allow' : 'deny';
    const failing = (tasks: readonly string[], should: boolean) =>
      tasks
        .map((task) => ({ task, verdict: judgePlaybook(`- ${task.replaceAll('\n', '\n  ')}\n`).verdict }))
        .filter(({ verdict }) => (verdict === wanted) !== should)
        .map(({ task, verdict }) => `${rule.name}: ${JSON.stringify(task)} is judged ${verdict}`);
    return [...failing(rule.match, true), ...failing(rule.notMatch, false)];
  });
}
