import { ConnectionFailed } from './connection-failed.ts';

/**
 * The command every channel starts with. The login shell may be anything (fish, csh, zsh …), so it is only asked to
 * make way for /bin/sh, which then reads the real script from its standard input. The home folder stands in the
 * process list, so that a person can tell what belongs to Chiffon.
 */
export const loginShell = 'exec /bin/sh -s chiffon "$HOME"';

/** The login shell ended before it made way: a locked account, a missing home folder. `heard` is what it said. */
export function nothingRan(host: string, exitCode: number, heard: string): ConnectionFailed {
  const said = heard.trim().split('\n').at(-1)?.trim() ?? '';
  const words = said === '' ? `exit code ${exitCode}` : said;
  return new ConnectionFailed('unknown', `${host} let Chiffon in but ran nothing: ${words}`);
}
