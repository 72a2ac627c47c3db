/**
 * The command every channel starts with. The login shell may be anything (fish, csh, zsh …), so it is only asked to
 * make way for /bin/sh, which then reads the real script from its standard input. The home folder stands in the
 * process list, so that a person can tell what belongs to Chiffon.
 */
export const loginShell = 'exec /bin/sh -s chiffon "$HOME"';
