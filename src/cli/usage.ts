import { commands } from './commands.ts';

/** The help text. */
export function usage(): string {
  const rows = commands.map(
    ({ name, form, summary }) => `  chiffon ${name}${form === '' ? '' : ` ${form}`}\n      ${summary}`,
  );
  return [
    'Chiffon turns words into a plan, shows it, and carries out exactly what was approved.',
    '',
    ...rows,
    '',
    'Every command takes --config FILE and --json (then stdout holds JSON only).',
    'Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 refused, not understood, or needs an answer.',
  ].join('\n');
}
