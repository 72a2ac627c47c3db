import { judgePlaybook } from './playbook/judge-playbook.ts';
import type { ModuleRule } from './playbook/module-rule.ts';
import { moduleRules } from './playbook/rules/all-module-rules.ts';
import { judgeCommand, type Verdict } from './shell/judge-command.ts';
import type { ChangeRule, FloorRule, ReadRule, WrapperRule } from './shell/rule.ts';
import { changeRules, floorRules, readRules, wrapperRules } from './shell/rules/all-rules.ts';

/** The tables the judge works with. */
export interface RuleTables {
  readonly floor: readonly FloorRule[];
  readonly reads: readonly ReadRule[];
  readonly changes: readonly ChangeRule[];
  readonly wrappers: readonly WrapperRule[];
  readonly modules: readonly ModuleRule[];
}

const allRules: RuleTables = {
  floor: floorRules,
  reads: readRules,
  changes: changeRules,
  wrappers: wrapperRules,
  modules: moduleRules,
};

/**
 * Tries every rule's own examples, of what it is for and of what it leaves alone. Empty when all hold; else a sentence
 * for each that does not, and then nothing the judge says can be relied on.
 */
export function failingExamples(rules: RuleTables = allRules): string[] {
  return [
    ...rules.floor.flatMap((rule) => failing(rule, (verdict) => verdict === 'deny')),
    ...rules.reads.flatMap((rule) => failing(rule, decides(rule.name, 'allow'))),
    ...rules.changes.flatMap((rule) => failing(rule, decides(rule.name, 'approval'))),
    ...rules.wrappers.flatMap((rule) => failing(rule, (verdict) => verdict === 'deny')),
    ...rules.modules.flatMap((rule) =>
      failing(rule, (verdict) => verdict === (rule.looks ? 'allow' : 'deny'), judgeOneTask),
    ),
  ];
}

interface Examples {
  readonly name: string;
  readonly match: readonly string[];
  readonly notMatch: readonly string[];
}
type Judged = { readonly verdict: Verdict; readonly rule: string };

function failing(
  { name, match, notMatch }: Examples,
  holds: (verdict: Verdict, rule: string) => boolean,
  judge: (text: string) => Judged = judgeCommand,
): string[] {
  const wrong = (text: string, wanted: boolean) => {
    const { verdict, rule } = judge(text);
    const not = wanted ? '' : 'not ';
    return holds(verdict, rule) === wanted
      ? []
      : [`${name} should ${not}decide ${JSON.stringify(text)}, but it is judged ${verdict} by ${rule}.`];
  };
  return [
    ...(match.length + notMatch.length === 0 || notMatch.length === 0 ? [`${name} has no examples.`] : []),
    ...match.flatMap((text) => wrong(text, true)),
    ...notMatch.flatMap((text) => wrong(text, false)),
  ];
}

function decides(name: string, wanted: Verdict): (verdict: Verdict, rule: string) => boolean {
  return (verdict, rule) => verdict === wanted && rule === name;
}

function judgeOneTask(task: string): Judged {
  return judgePlaybook(`- ${task}\n`);
}
