import { readFileSync } from 'node:fs';
import path from 'node:path';

export const root = path.join(import.meta.dirname, '../..');

/** One instruction: `COPY`, its `--flags` and what follows them. */
export interface Instruction {
  readonly name: string;
  readonly flags: Readonly<Record<string, string>>;
  readonly words: string;
}

/** `FROM image AS name` and what follows, up to the next `FROM`. */
export interface Stage {
  readonly image: string;
  readonly name: string | null;
  readonly instructions: readonly Instruction[];
}

/** The stages of the Dockerfile, in order. */
export function readDockerfile(): Stage[] {
  const lines = readFileSync(path.join(root, 'Dockerfile'), 'utf8')
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const stages: { image: string; name: string | null; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const instruction = readInstruction(line);
    if (instruction.name === 'FROM') {
      const [image, , name] = instruction.words.split(/\s+/);
      stages.push({ image: image ?? '', name: name ?? null, instructions: [] });
    } else {
      stages.at(-1)?.instructions.push(instruction);
    }
  }
  return stages;
}

/** What a `COPY` copies and where it goes. */
export function readCopy(instruction: Instruction): {
  from: string | null;
  sources: string[];
  target: string;
} {
  const words = instruction.words.split(/\s+/);
  return { from: instruction.flags['from'] ?? null, sources: words.slice(0, -1), target: words.at(-1) ?? '' };
}

/** Whether `.dockerignore` lets a path of the checkout into the build: the last pattern that covers it decides. */
export function reachesTheBuild(file: string): boolean {
  const patterns = readFileSync(path.join(root, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return patterns.reduce((kept, pattern) => {
    const bare = pattern.replace(/^!/, '');
    const covers = bare === '*' || file === bare || file.startsWith(`${bare}/`);
    return covers ? pattern.startsWith('!') : kept;
  }, true);
}

function readInstruction(line: string): Instruction {
  const [, name = '', rest = ''] = /^\s*(\w+)\s+(.*)$/.exec(line) ?? [];
  const flags: Record<string, string> = {};
  const words = rest
    .replace(/^(?:--\S+\s+)+/, (found) => {
      for (const [, flag = '', value = ''] of found.matchAll(/--([\w-]+)=(\S+)/g)) flags[flag] = value;
      return '';
    })
    .trim();
  return { name: name.toUpperCase(), flags, words };
}
