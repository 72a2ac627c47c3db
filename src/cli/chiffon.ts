#!/usr/bin/env node
import { type CommandLine, readCommandLine } from './command-line.ts';
import { commands } from './commands.ts';
import { createTerminal, exit } from './output.ts';
import { usage } from './usage.ts';

/** Troubles that carry a sentence for the person and its remedy. */
const spoken = new Set([
  'DataDirectoryUnusable',
  'EmbeddedPostgresProblem',
  'LedgerUnavailable',
  'MigrationRefused',
  'ConnectionFailed',
]);

/** The `chiffon` command: finds the command, runs it, and answers with its exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const read = readCommandLine(argv);
  if ('mistake' in read) {
    createTerminal(false).remark(`${read.mistake}\n\n${usage()}`);
    return exit.usage;
  }
  const { words, options } = read;
  const terminal = createTerminal(options.json === true);
  const found = findCommand(words);
  if (found === null || options.help === true) {
    const asked = words.length === 0 || words[0] === 'help' || options.help === true;
    terminal.remark(asked ? usage() : `chiffon knows no command “${words.join(' ')}”.\n\n${usage()}`);
    return asked ? exit.done : exit.usage;
  }
  const line: CommandLine = { words: found.rest, options };
  return found.command.run(line, terminal);
}

/** The command with the longest name that the words begin with. */
function findCommand(words: readonly string[]) {
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(' ');
    const command = commands.find((candidate) => candidate.name === name);
    if (command !== undefined && words.length >= length) return { command, rest: words.slice(length) };
  }
  return null;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${inWords(error)}\n`);
    process.exitCode = exit.failed;
  },
);

/** The sentence of a known trouble; for a surprise, what happened and where, for the report to the makers. */
function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (spoken.has(error.name)) return error.message;
  return `Chiffon met something it did not expect and stopped. Nothing is half done: what was not recorded did not happen.\n${error.stack ?? error.message}`;
}
