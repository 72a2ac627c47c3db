import { shellQuote } from '../../shell-quote.ts';
import { attemptsFolder, nap, ownSession, prelude, readBoot, readClock } from './common.ts';

/** What every script about one attempt begins with. */
export function attemptHeader(attemptId: string): string {
  return `${attemptFunctions}
id=${shellQuote(attemptId)}
dir="$base/$id"
`;
}

/** What is done with attempts, for scripts that are told the attempt later, as \`$id\` and its folder \`$dir\`. */
export const attemptFunctions = `${prelude}${readBoot}${readClock}${ownSession}${nap}
base="${attemptsFolder}"
# Whether the runner of this attempt lives: its process is there, and it is that process and no later one.
runner_alive() {
  [ -s "$dir/pid" ] || return 1
  read -r pid <"$dir/pid"
  kill -0 "$pid" 2>/dev/null || return 1
  [ -r "/proc/$pid/cmdline" ] || return 0
  # It may end right now, and what is said of that must not stand in the command's own output.
  case $({ tr '\\0' ' ' <"/proc/$pid/cmdline"; } 2>/dev/null) in *"$id"*) return 0 ;; esac
  return 1
}
# Others may make the same folders at the same time.
make_base() {
  [ ! -d "$base" ] || return 0
  mkdir -m 700 "$HOME/.chiffon" || [ -d "$HOME/.chiffon" ] || return 1
  mkdir "$base" || [ -d "$base" ]
}
`;
