import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandLine } from './command-line.ts';
import { openConfig } from './open-config.ts';
import { exit, type Terminal } from './output.ts';

/** Prints the owner's token to whoever may read the data directory. */
export async function token(line: CommandLine, terminal: Terminal): Promise<number> {
  const opened = openConfig(line.options, terminal);
  if (typeof opened === 'number') return opened;
  const given = opened.config.console.token;
  if (given !== null) {
    terminal.remark(`The owner's token comes from ${given.origin}; it is not printed.`);
    return exit.refused;
  }
  const file = join(opened.config.data, 'token');
  try {
    const text = (await readFile(file, 'utf8')).trim();
    if (terminal.json) terminal.answer({ token: text });
    else terminal.line(text);
    return exit.done;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'EACCES') throw error;
    terminal.remark(
      code === 'ENOENT'
        ? `There is no token in ${opened.config.data} yet; the first start makes one. Name another directory with --data DIR.`
        : `${file} belongs to another user; run this as the user that runs Chiffon.`,
    );
    return exit.failed;
  }
}
