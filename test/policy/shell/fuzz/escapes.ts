import { judgeCommand } from '#policy/shell/judge-command.ts';
import { rebuild } from '#policy/shell/rebuild.ts';
import { scriptsFrom } from './random-script.ts';
import type { RealShell } from './real-shell.ts';

/** A script that was allowed and started something else than what was judged. */
export interface Escape {
  readonly script: string;
  readonly normal: string;
  readonly started: readonly string[];
}

/**
 * Judges random scripts and lets real bash run every allowed one, as it was written and as it was rebuilt. What bash
 * then tries to start must be, word for word, what was judged. Other shells run the rebuilt one: hosts have them as /bin/sh.
 */
export function fuzzJudge(
  bash: RealShell,
  seed: number,
  scripts: number,
  others: readonly RealShell[] = [],
): { readonly allowed: number; readonly started: number; readonly escapes: readonly Escape[] } {
  const next = scriptsFrom(seed);
  const escapes: Escape[] = [];
  const counted = { allowed: 0, started: 0 };
  let batch: Allowed[] = [];
  const run = () => {
    for (const [shell, form] of [
      [bash, 'script'],
      [bash, 'normal'],
      ...others.map((shell) => [shell, 'normal'] as const),
    ] as const)
      shell.startedByEach(batch.map((one) => one[form])).forEach((calls, i) => {
        const { script, normal, judged } = batch[i] as Allowed;
        counted.started += calls.length;
        for (const words of calls)
          if (!judged.has(asKey(words))) escapes.push({ script, normal, started: [shell.name, ...words] });
      });
    batch = [];
  };
  for (let i = 0; i < scripts; i++) {
    const script = next();
    const { verdict, normal } = judgeCommand(script);
    if (verdict !== 'allow' || normal === undefined) continue;
    counted.allowed++;
    batch.push({ script, normal, judged: new Set(judgedCalls(normal).map(asKey)) });
    if (batch.length === atOnce) run();
  }
  run();
  return { ...counted, escapes };
}

interface Allowed {
  readonly script: string;
  readonly normal: string;
  readonly judged: ReadonlySet<string>;
}

/** How many scripts one process of a shell evaluates. */
const atOnce = 50;

/**
 * The calls of a rebuilt script. A login folder is written out, as shells do it, unless the tilde is quoted: both are
 * judged as files of the login folder.
 */
function judgedCalls(normal: string): string[][] {
  const quoted = (rebuild(normal)?.words ?? []).map((words) => [...words]);
  const atHome = quoted.map((words) => words.map((word) => word.replace(/^~(?=\/|$)/, '/home/somebody')));
  // `command` is a builtin, so bash reports the program behind it, which is judged too.
  return [...quoted, ...atHome].flatMap((words) => [
    words,
    ...(words[0] === 'command' ? [words.slice(1)] : []),
  ]);
}

const asKey = (words: readonly string[]): string => JSON.stringify(words);
