#!/usr/bin/env node
import { type OptionName, readCommandLine } from './command-line.ts';
import { type Command, commands, commonOptions } from './commands.ts';
import { createTerminal, exit } from './output.ts';
import { usage, usageOf } from './usage.ts';

/** Troubles that carry a sentence for the person and its remedy. */
const spoken = new Set([
  'DataDirectoryUnusable',
  'DatabaseUnusable',
  'EmbeddedPostgresProblem',
  'LedgerUnavailable',
  'MigrationRefused',
  'ConnectionFailed',
]);

/** The `chiffon` command: finds the command, runs it, and answers with its exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const read = readCommandLine(argv);
  if ('mistake' in read) {
    createTerminal(false).remark(`${read.mistake} chiffon --help says what there is.`);
    return exit.usage;
  }
  const { options } = read;
  const terminal = createTerminal(options.json === true);
  const asksForHelp = options.help === true || read.words[0] === 'help';
  const words = read.words[0] === 'help' ? read.words.slice(1) : read.words;
  const found = findCommand(words);
  if (asksForHelp) {
    const help = found === null ? usage() : usageOf(found.command);
    if (terminal.json) terminal.answer({ usage: help });
    else terminal.line(help);
    return exit.done;
  }
  if (found === null) {
    terminal.remark(words.length === 0 ? usage() : unknownCommand(words));
    return exit.usage;
  }
  const { command, rest } = found;
  const mistake = misuseOf(command, rest, Object.keys(options) as OptionName[]);
  if (mistake !== null) {
    terminal.remark(`${mistake}\n\n${usageOf(command)}`);
    return exit.usage;
  }
  return command.run({ words: rest, options }, terminal);
}

/** The command with the longest name that the words begin with. */
function findCommand(
  words: readonly string[],
): { readonly command: Command; readonly rest: readonly string[] } | null {
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(' ');
    const command = commands.find((candidate) => candidate.name === name);
    if (command !== undefined && words.length >= length) return { command, rest: words.slice(length) };
  }
  return null;
}

function unknownCommand(words: readonly string[]): string {
  const family = commands.filter(({ name }) => name.startsWith(`${words[0]} `));
  return family.length === 0
    ? `chiffon knows no command “${words.join(' ')}”.\n\n${usage()}`
    : `Say which one:\n\n${family.map(usageOf).join('\n\n')}`;
}

/** What a command was given that it has no use for: ignoring it would answer another question than the one asked. */
function misuseOf(command: Command, rest: readonly string[], given: readonly OptionName[]): string | null {
  const stray = given.find((name) => ![...commonOptions, ...command.options].includes(name));
  if (stray !== undefined) return `chiffon ${command.name} takes no --${stray}.`;
  const tooMany = rest[command.words];
  return tooMany === undefined ? null : `chiffon ${command.name} has no use for “${tooMany}”.`;
}

// Whoever reads the answers may have seen enough: “chiffon audit query | head”.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    // What serves others goes on without a reader; a command that only answers has nothing left to do.
    if (process.argv[2] !== 'start') process.exit(exit.done);
  });
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
