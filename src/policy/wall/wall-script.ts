import { keyPlaceholder } from './parts/sign-in.ts';
import type { WallFile, WallHost, WallPart } from './wall.ts';

/** A pattern for the placeholder that isn't itself replaced when somebody puts the key in with an editor. */
const unfilled = keyPlaceholder.replace(/.$/, '[$&]');

/**
 * The wall as one shell script that a person reads and then runs as root on the machine. It may be run again: every part
 * puts the same things in place. Optional parts stand in it and are skipped unless `WITH_OPTIONAL=yes`.
 */
export function wallScript(host: Pick<WallHost, 'name'>, parts: readonly WallPart[]): string {
  return `#!/bin/sh
# The wall on ${host.name}, written by “chiffon harden”. Read it, then run it there as root.
# Parts that are marked as optional are left out unless it is run with WITH_OPTIONAL=yes in front.
set -eu
[ "$(id -u)" = 0 ] || { echo 'Run this as root.' >&2; exit 1; }
put() { # put PATH MODE [CHECK]: standard input becomes the file, unless the check says it is wrong
  mkdir -p "$(dirname "$1")"
  new=$(mktemp "$(dirname "$1")/.chiffon-XXXXXX")
  cat >"$new"
  if grep -q '${unfilled}' "$new"; then rm -f "$new"; echo "$1: put Chiffon's public key into this script first." >&2; exit 1; fi
  chown root:root "$new"
  chmod "$2" "$new"
  if [ -n "\${3:-}" ] && ! sh -c "$3" check "$new" >&2; then rm -f "$new"; echo "$1 would be wrong; nothing was put in place." >&2; exit 1; fi
  mv -f "$new" "$1"
}

${parts.map(partText).join('\n')}
echo 'The wall on ${host.name} stands. “chiffon doctor --host ${host.name}” looks at it from Chiffon’s side.'
`;
}

function partText(part: WallPart): string {
  const work = [...part.files.map(fileText), ...part.commands].join('\n');
  return [
    `# ── ${part.name}${part.optional ? ' (optional)' : ''} ──`,
    `# ${part.why}`,
    ...part.notes.map((note) => `# Note: ${note}`),
    ...part.undo.map((line) => `# Undo: ${line}`),
    part.optional ? `if [ "\${WITH_OPTIONAL:-no}" = yes ]; then\n${work}\nfi` : work,
    '',
  ].join('\n');
}

function fileText({ path, mode, content, check }: WallFile): string {
  const how = check === undefined ? '' : ` '${check.replace('{}', '"$1"')}'`;
  return `put ${path} ${mode}${how} <<'CHIFFON'\n${content}CHIFFON`;
}
