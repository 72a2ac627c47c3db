import { judgeCommand, type Verdict } from './judge-command.ts';
import { changeRules, floorRules, readRules, wrapperRules } from './rules/all-rules.ts';

/**
 * Tries every rule's own examples.
 *
 * @throws Error that lists every example that is not judged as its rule says
 */
export function checkRules(): void {
  const failures: string[] = [];
  const expect = (
    command: string,
    wanted: boolean,
    what: string,
    holds: (verdict: Verdict, rule: string) => boolean,
  ) => {
    const { verdict, rule } = judgeCommand(command);
    if (holds(verdict, rule) !== wanted)
      failures.push(`${JSON.stringify(command)} ${what}, but it is judged ${verdict} by ${rule}`);
  };
  const decided = [
    ...floorRules.map((rule) => ({ rule, verdict: 'deny' as const })),
    ...readRules.map((rule) => ({ rule, verdict: 'allow' as const })),
    ...changeRules.map((rule) => ({ rule, verdict: 'approval' as const })),
  ];
  for (const { rule, verdict } of decided) {
    const says = (given: Verdict, name: string) =>
      given === verdict && (name === rule.name || verdict === 'deny');
    if (rule.match.length === 0 || rule.notMatch.length === 0)
      failures.push(`${rule.name} needs examples of both kinds`);
    for (const command of rule.match) expect(command, true, `should be decided by ${rule.name}`, says);
    for (const command of rule.notMatch)
      expect(command, false, `should not be decided by ${rule.name}`, says);
  }
  for (const rule of wrapperRules) {
    for (const command of rule.match)
      expect(
        command,
        true,
        `should be unwrapped by ${rule.name} and denied`,
        (verdict) => verdict === 'deny',
      );
    for (const command of rule.notMatch)
      expect(command, false, `should not be denied because of ${rule.name}`, (verdict) => verdict === 'deny');
  }
  if (failures.length > 0)
    throw new Error(`${failures.length} examples of rules fail:\n${failures.join('\n')}`);
}
