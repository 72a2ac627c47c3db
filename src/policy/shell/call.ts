import type { Stdin } from './reading/scope.ts';

/** One program about to be started, after everything that can be expanded has been. */
export interface Call {
  /** The program without its folder: `ls` for `/bin/ls`. */
  readonly program: string;
  /** The program as it was written. */
  readonly written: string;
  readonly args: readonly string[];
  /** The arguments that the shell would match against file names. */
  readonly patterns: readonly string[];
  readonly stdin: Stdin;
  readonly cwd: string | undefined;
  /** What earlier commands of the line fetched or wrote. */
  readonly past: {
    readonly fetched: boolean;
    /** Whether the main branch was checked out. */
    readonly onMain: boolean;
    readonly wrote: ReadonlySet<string>;
  };
}

/** The arguments before `--`. */
function beforeDoubleDash(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--');
  return end < 0 ? args : args.slice(0, end);
}

/**
 * Whether any of the flags is given. `-x` is also found inside a cluster (`-axv`), `--long` also with a value and
 * abbreviated; a flag such as `-exec` is compared whole.
 */
export function hasFlag(call: Pick<Call, 'args'>, ...flags: readonly string[]): boolean {
  return beforeDoubleDash(call.args).some((arg) => flags.some((flag) => isFlag(arg, flag)));
}

export function isFlag(arg: string, flag: string): boolean {
  if (flag.startsWith('--')) {
    const given = arg.split('=', 1)[0] as string;
    return given === flag || (given.length > 2 && given.startsWith('--') && flag.startsWith(given));
  }
  if (flag.length === 2)
    return (
      /^-[^-]/.test(arg) &&
      arg
        .slice(1)
        .split('=', 1)[0]
        ?.includes(flag[1] as string) === true
    );
  return arg === flag || arg.startsWith(`${flag}=`);
}

/** The values given to a flag, attached or as the next word. */
export function flagValues(call: Pick<Call, 'args'>, ...flags: readonly string[]): string[] {
  const values: string[] = [];
  const args = call.args;
  args.forEach((arg, i) => {
    for (const flag of flags) {
      if (arg === flag) values.push(args[i + 1] ?? '');
      else if (flag.startsWith('--') || flag.length > 2) {
        const [given, ...rest] = arg.split('=');
        if (given && rest.length > 0 && (given === flag || (given.length > 2 && flag.startsWith(given))))
          values.push(rest.join('='));
        else if (given && given.length > 2 && flag.startsWith(given) && given !== flag)
          values.push(args[i + 1] ?? '');
      } else if (/^-[^-]/.test(arg) && arg.includes(flag[1] as string, 1)) {
        const value = arg.slice(arg.indexOf(flag[1] as string, 1) + 1);
        values.push(value === '' ? (args[i + 1] ?? '') : value.replace(/^=/, ''));
      }
    }
  });
  return values;
}

/** The arguments that are neither flags nor values of the flags named. */
export function operands(call: Pick<Call, 'args'>, valueFlags: readonly string[] = []): string[] {
  const found: string[] = [];
  const args = call.args;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === '--') return [...found, ...args.slice(i + 1)];
    if (arg.startsWith('-') && arg !== '-') {
      if (takesNext(arg, valueFlags)) i++;
    } else found.push(arg);
  }
  return found;
}

/** Whether a flag's value is the following word. */
export function takesNext(arg: string, valueFlags: readonly string[]): boolean {
  if (arg.startsWith('--')) return valueFlags.includes(arg);
  if (valueFlags.includes(arg)) return true;
  const last = arg.at(-1);
  const first = Array.from(arg.slice(1)).findIndex((letter) => valueFlags.includes(`-${letter}`));
  return /^-[A-Za-z0-9]+$/.test(arg) && first === arg.length - 2 && valueFlags.includes(`-${last}`);
}
