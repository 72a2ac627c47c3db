import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The work of a chaos run. Drill 17 is the plan for “drill job-17”; each of its parts is a command that may run once only,
 * writes a line into a file on the host when it starts and when it ends, and says what can be foretold. Some drills fail
 * at a part, so that not every right end is the same.
 */
export interface Drill {
  readonly number: number;
  /** Parts that have to run, from 1; the last of them fails when `fails`. */
  readonly parts: readonly Part[];
  readonly fails: boolean;
}

export interface Part {
  readonly position: number;
  readonly out: string;
  readonly err: string;
  readonly exitCode: number;
}

export function drill(number: number, parts: number): Drill {
  const fails = number % 10 === 7;
  const last = fails ? (number % parts) + 1 : parts;
  return {
    number,
    fails,
    parts: Array.from({ length: last }, (_, i) => partOf(number, i + 1, fails && i + 1 === last)),
  };
}

function partOf(number: number, position: number, fails: boolean): Part {
  const line = (i: number): string => `JOB-${number} part ${position} line ${i} ü\n`;
  return {
    position,
    out: Array.from({ length: linesOf(number, position) }, (_, i) => line(i)).join(''),
    err: `JOB-${number} part ${position} on the side\n`,
    exitCode: fails ? 3 : 0,
  };
}

/** Few lines mostly, and now and then as many as keep the reader busy. */
function linesOf(number: number, position: number): number {
  return (number * 10 + position) % 97 === 0 ? 3000 : 5 + ((number * 7 + position * 3) % 40);
}

/** The same arithmetic as above, in the host's shell. `>>` appends in one write, whoever else writes. */
const script = (parts: number): string => `#!/bin/sh
n=\${1#JOB-} p=$2
echo "start $n $p" >>journal
lines=$((5 + (n * 7 + p * 3) % 40))
[ $(((n * 10 + p) % 97)) -ne 0 ] || lines=3000
tenths=$(((n * 3 + p * 5) % 12))
i=0
while [ "$i" -lt "$lines" ]; do
  [ "$i" -ne $((lines / 2)) ] || sleep $((tenths / 10)).$((tenths % 10))
  echo "JOB-$n part $p line $i ü"
  i=$((i + 1))
done
echo "JOB-$n part $p on the side" >&2
echo "end $n $p" >>journal
[ $((n % 10)) -eq 7 ] && [ "$p" -eq $((n % ${parts} + 1)) ] && exit 3
exit 0
`;

/** Puts the command that drills onto a host. */
export async function plantDrill(home: string, parts: number): Promise<void> {
  await writeFile(join(home, 'drill.sh'), script(parts));
  await writeFile(join(home, 'journal'), '');
}

/** A folder of commands for Chiffon's configuration with the one that is asked for here. */
export async function writeDrillCommand(folder: string, parts: number): Promise<void> {
  await mkdir(join(folder, 'drill'), { recursive: true });
  await writeFile(
    join(folder, 'drill/sentences.yaml'),
    `command: drill
summary: Do work that may be done once only.
say: 'drill {task}'
risk: change
hands: steps
inputs:
  task: { kind: task, required: true, ask: Which drill? }
  host: { kind: host, ask: On which host? }
orders:
  - drill {task}
examples:
  - { say: drill job-7, means: { task: JOB-7 } }
`,
  );
  const steps = Array.from(
    { length: parts },
    (_, i) => `      - uses: shell
        summary: Do part ${i + 1} of {{inputs.task}}
        command: sh drill.sh {{inputs.task|sh}} ${i + 1}
        undo: { irreversible: what it wrote stays written }
        idempotent: false
        timeout: 300
`,
  );
  await writeFile(
    join(folder, 'drill/steps.yaml'),
    `subject: host
title: Do {{inputs.task}}
variants:
  - steps:
${steps.join('')}    effects:
      - { kind: file, what: journal, change: two lines for each part }
    verification: '{{inputs.task}} is done.'
    undo: What was written stays written.
`,
  );
}
