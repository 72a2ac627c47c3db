import type { Config } from '#platform/config/config.ts';
import { loadConfig } from '#platform/config/load-config.ts';
import { formatMistakes, type Mistake } from '#platform/config/mistake.ts';
import type { Options } from './command-line.ts';
import { exit, type Terminal } from './output.ts';

/** The configuration for a command; prints every mistake at once and answers the exit code when there are any. */
export function openConfig(
  options: Options,
  terminal: Terminal,
): { readonly config: Config; readonly file: string | null } | number {
  const loaded = loadConfig({
    file: options.config,
    environment: process.env,
    cwd: process.cwd(),
    flags: { data: options.data, port: options.port, services: options.services },
  });
  if (!loaded.ok) {
    printMistakes(terminal, 'The configuration', loaded.mistakes);
    return exit.usage;
  }
  if (loaded.warnings.length > 0) terminal.remark(formatMistakes(loaded.warnings));
  return { config: loaded.config, file: loaded.file };
}

/** All mistakes with file, line and remedy. Nothing has been started when this is printed. */
export function printMistakes(terminal: Terminal, what: string, mistakes: readonly Mistake[]): void {
  const count = mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`;
  terminal.remark(`${what} has ${count}; nothing was started.\n\n${formatMistakes(mistakes)}`);
}
