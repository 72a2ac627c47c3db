import { createHash } from 'node:crypto';
import { nap, ownSession, prelude, readBoot, readClock, stopGroup } from './common.ts';

/**
 * The detached process that claims an attempt and looks after its command, as a script that stays on the host:
 * `sh runner DIR LIMIT GRACE once|again`, the command in CHIFFON_COMMAND, or in the file CHIFFON_COMMAND_FILE names.
 *
 * | file      | content |
 * |-----------|---------|
 * | command   | the command line, run as `/bin/sh command` in the login directory, input from /dev/null |
 * | pid       | process of the runner that looks after the command |
 * | group     | leader of the command's own process group |
 * | boot_id   | the boot of the host the runner belongs to |
 * | out, err  | what the command wrote |
 * | timed_out, cancel | present when the time was up, or somebody asked to stop |
 * | told      | present when the command was still running and was told to end |
 * | *.new     | what the files above are made of: a full disk must not keep anybody from saying these things |
 * | exit      | exit code, how it ended (exited, timed_out, cancelled), start and end; appears complete or not at all |
 *
 * The folder itself is the claim: the runner, already detached from the connection, makes it with mkdir, which can
 * succeed only once. Whoever comes second attaches. Where systemd is the init, the runner first moves into a scope
 * `chiffon-<attempt>` of its own, whose name only one can have while it runs and which outlives the session, sshd and
 * a user manager that lingers; where that fails, for want of rights or of a bus, setsid has to do.
 *
 * On standard output it says `started`, `taken` or `failed` (after the reason), `slow` when
 * the command does not end at once, `ending` when it has ended, and `over` when that is written down, so that a launcher
 * that is still there need not poll for these.
 */
const runnerScript = `${prelude}${readBoot}${readClock}${ownSession}${nap}${stopGroup}
dir=$1 limit=$2 grace=$3 times=$4 id=\${1##*/}
# A launcher that is gone must not take the runner with it while it answers.
trap '' PIPE
own_scope() {
  unit="chiffon-$id.scope"
  if [ "$(id -u)" -eq 0 ]; then set -- --scope "$@"
  else
    # A user's manager ends with the last session and takes its scopes along, unless the user lingers.
    [ -e "/var/lib/systemd/linger/$(id -un)" ] || return 0
    XDG_RUNTIME_DIR=\${XDG_RUNTIME_DIR:-/run/user/$(id -u)}
    export XDG_RUNTIME_DIR
    set -- --user --scope "$@"
  fi
  CHIFFON_SCOPED=1 systemd-run --quiet --collect "--unit=$unit" "$@" 2>/dev/null
  # It becomes the runner where it can. Anything else was said before that, so nothing was claimed.
  case $? in 0 | 99) exit ;; esac
}
if [ -z "\${CHIFFON_SCOPED:-}" ] && [ -d /run/systemd/system ] && command -v systemd-run >/dev/null 2>&1; then
  own_scope /bin/sh "$0" "$@"
fi
if ! mkdir "$dir" 2>&1; then
  [ ! -d "$dir" ] || { echo taken; exit 0; }
  echo failed
  exit 99
fi
read_boot
read_clock
began=$clock
# \`true\`, because a shell ends where a redirection of \`:\` fails.
claim() {
  true >"$dir/out" && true >"$dir/err" &&
    { if [ -n "\${CHIFFON_COMMAND_FILE:-}" ]; then mv "$CHIFFON_COMMAND_FILE" "$dir/command"; else printf '%s\\n' "$CHIFFON_COMMAND" >"$dir/command"; fi; } &&
    printf '%s\\n' "$boot" >"$dir/boot_id" && printf '%-19s\\n' '' >"$dir/group" &&
    true >"$dir/timed_out.new" && true >"$dir/cancel.new" && true >"$dir/told.new" &&
    printf '%-79s\\n' reserved >"$dir/exit.new" && printf '%s\\n' "$$" >"$dir/pid"
}
claim 2>&1 || { rm -rf "$dir"; echo failed; exit 99; }
unset CHIFFON_COMMAND CHIFFON_COMMAND_FILE CHIFFON_SCOPED
# The claim must outlive a power cut, or a command that may run only once could run a second time after it.
[ "$times" = again ] || sync "$dir/pid" "$dir" >/dev/null 2>&1
echo started
exec 6>&1 >/dev/null 2>&1 </dev/null
trap - PIPE

# The watchdog is started while no signal is trapped: a shell may lose one that reaches a child it has just forked.
(
  trap '[ -n "$!" ] && kill "$!" 2>/dev/null; exit 0' TERM
  trap '' PIPE
  sleep 0.2 6>&- &
  wait "$!" || { sleep 1 6>&- & wait "$!"; }
  echo slow >&6
  exec 6>&-
  sleep "$limit" &
  wait "$!"
  [ -e "$dir/exit" ] && exit 0
  mv "$dir/timed_out.new" "$dir/timed_out"
  read -r group <"$dir/group" && stop_group "$group" "$grace"
) &
watchdog=$!
trap : HUP INT TERM
{
  exec 6>&-
  CHIFFON_ATTEMPT=$id
  export CHIFFON_ATTEMPT
  own_session /bin/sh "$dir/command"
} >>"$dir/out" 2>>"$dir/err" &
child=$!
trap '' PIPE
# Written over bytes that were set aside before.
printf '%-19s\\n' "$child" 1<>"$dir/group"
[ -e "$dir/cancel" ] && stop_group "$child" "$grace"
# A signal to the runner ends the waiting, not the command.
while :; do
  wait "$child"
  code=$?
  kill -0 "$child" 2>/dev/null || break
done
if [ -e "$dir/timed_out" ]; then wait "$watchdog"; else kill -TERM "$watchdog" 2>/dev/null; fi
# The end is told only when nothing of a stopped command is left.
[ -e "$dir/cancel" ] && finish_group "$child" "$grace"
how=exited
if [ "$code" -ne 0 ] || [ -e "$dir/told" ]; then
  [ -e "$dir/timed_out" ] && how=timed_out
  [ -e "$dir/cancel" ] && how=cancelled
fi
echo ending >&6
# Written over bytes that were set aside before: a full disk does not lose the exit code.
read_clock
tries=60
until printf '%-79s\\n' "$code $how $began $clock" 1<>"$dir/exit.new" && mv "$dir/exit.new" "$dir/exit"; do
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || break
  sleep 1
done
echo over >&6
exec 6>&-

# Once a day: attempts that ended at least seven days ago by the clock nobody sets (one day where they take a lot of
# room), those an earlier boot took with it, and what launches left behind.
cd "\${dir%/*}" || exit 0
swept= swept_boot=
[ -r .swept ] && read -r swept swept_boot <.swept
case $swept in '' | *[!0-9]*) swept=-86400 ;; esac
[ "$swept_boot" != "$boot" ] || [ $((clock - swept)) -ge 86400 ] || exit 0
printf '%s\\n' "$clock $boot" >.swept
sweep() {
for old in *; do
  [ -d "$old" ] || continue
  born= ended= age=0
  { read -r born <"$old/boot_id"; } 2>/dev/null
  if [ -e "$old/exit" ]; then
    read -r _ _ _ ended _ <"$old/exit"
    case $ended in '' | *[!0-9-]*) ended=$clock ;; esac
    if [ "$born" = "$boot" ]; then age=$((clock - ended))
    elif [ "$clock" -gt 86400 ] && [ -n "$(find "$old" -prune -mtime +7)" ]; then age=604801; fi
  elif [ -n "$born" ] && [ "$born" != "$boot" ] && [ "$clock" -gt 86400 ] && [ -n "$(find "$old" -prune -mtime +30)" ]; then
    age=604801
  fi
  if [ "$age" -gt 86400 ] && [ -n "$(find "$old" -type f -size +204800)" ]; then age=604801; fi
  [ "$age" -le 604800 ] || rm -rf "$old"
done
find . ! -name . -prune -type f -name '.launch-*' -mtime +1 -exec rm -f '{}' + 2>/dev/null
find .. ! -name .. -prune -type f -name 'runner-*' ! -name "\${0##*/}" -mtime +7 -exec rm -f '{}' + 2>/dev/null
}
# Whoever launched this need not wait for it.
sweep &
exit 0
`;

/** The runner, and where it lies on a host: a file for each version of it, so that a newer Chiffon brings its own. */
export const runner = {
  script: runnerScript,
  file: `$HOME/.chiffon/runner-${createHash('sha256').update(runnerScript).digest('hex').slice(0, 16)}`,
} as const;
