import { type Command, commands } from './commands.ts';

/** The help text. */
export function usage(): string {
  return [
    'Chiffon turns words into a plan, shows it, and carries out exactly what was approved.',
    '',
    ...commands.flatMap(rows),
    '',
    common,
    'Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 refused, not understood, or needs an answer.',
  ].join('\n');
}

/** The help of one command. */
export function usageOf(command: Command): string {
  return [...rows(command), '', common].join('\n');
}

const common =
  'Every command takes --config FILE, --data DIR and --json (then stdout holds JSON only). --help says what there is.';

function rows({ name, form, summary }: Command): string[] {
  return [`  chiffon ${name}${form === '' ? '' : ` ${form}`}`, `      ${summary}`];
}
