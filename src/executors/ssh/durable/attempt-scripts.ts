import { shellQuote } from '../shell-quote.ts';

/**
 * Where attempts live on a host, one folder each, named after the attempt:
 *
 * | file      | content |
 * |-----------|---------|
 * | command   | the command line, run as `/bin/sh command` in the login directory, input from /dev/null |
 * | pid       | process of the runner that looks after the command |
 * | group     | leader of the command's own process group |
 * | boot_id   | the boot of the host the runner belongs to |
 * | start     | when the command was started, seconds since 1970 |
 * | out, err  | what the command wrote |
 * | timed_out, cancel | present when the time was up, or somebody asked to stop |
 * | told      | present when the command was still running and was told to end |
 * | *.new     | what the files above are made of: a full disk must not keep anybody from saying these things |
 * | exit      | exit code, how it ended (exited, timed_out, cancelled), start and end; appears complete or not at all |
 *
 * The folder itself is the claim: the runner, already detached from the connection, makes it with mkdir, which can
 * succeed only once. Whoever comes second attaches. Works in dash, bash, busybox and other POSIX shells.
 */
const attemptsFolder = '$HOME/.chiffon/attempts';

/** Programs of the system are found although a login without a terminal may leave these folders out. */
const prelude = `
PATH=$PATH:/usr/local/bin:/usr/local/sbin:/usr/sbin:/sbin
export PATH
cd "$HOME" || exit 1
`;

/** Sets \`boot\` to a name of the host's present boot; \`~/.chiffon/boot_id\` goes before the kernel's. */
const readBoot = `
read_boot() {
  boot=
  if [ -n "\${CHIFFON_BOOT_ID:-}" ]; then boot=$CHIFFON_BOOT_ID
  elif [ -r "$HOME/.chiffon/boot_id" ]; then read -r boot <"$HOME/.chiffon/boot_id"
  elif [ -r /proc/sys/kernel/random/boot_id ]; then read -r boot </proc/sys/kernel/random/boot_id
  else boot=$(sysctl -n kern.bootsessionuuid 2>/dev/null || sysctl -n kern.boottime 2>/dev/null); fi
  [ -n "$boot" ] || boot=unknown
}
`;

/** Runs a program as the leader of a session of its own, where the host has a way to. */
const ownSession = `
own_session() {
  if command -v setsid >/dev/null 2>&1; then exec setsid "$@"
  elif command -v perl >/dev/null 2>&1; then exec perl -e 'use POSIX; POSIX::setsid(); exec { $ARGV[0] } @ARGV' "$@"
  elif command -v python3 >/dev/null 2>&1; then exec python3 -c 'import os, sys; os.setsid(); os.execvp(sys.argv[1], sys.argv[1:])' "$@"
  else exec "$@"; fi
}
`;

/** Stops the command's whole group, or its process tree where it could not get a group of its own. */
const stopGroup = `
signal_group() {
  kill "-$1" "-$2" 2>/dev/null && return 0
  # No group of its own: the process and what it started, as long as that can be told.
  kill -0 "$2" 2>/dev/null || return 1
  kill "-$1" $(ps -A -o pid= -o ppid= 2>/dev/null | awk -v root="$2" '
    { parent[$1] = $2 }
    END { for (p in parent) { q = p; while (q in parent && q != root) q = parent[q]; if (q == root) print p } }
  ') "$2" 2>/dev/null
}
# Processes that have ended and only wait to be noticed by their parent do not count.
group_alive() {
  signal_group 0 "$1" || return 1
  [ -r /proc/self/stat ] || return 0
  for stat in /proc/[0-9]*/stat; do
    { read -r line <"$stat"; } 2>/dev/null || continue
    set -- "$1" \${line##*") "}
    { [ "$4" = "$1" ] || [ "\${stat#/proc/}" = "$1/stat" ]; } && [ "$2" != Z ] && return 0
  done
  return 1
}
# Gives a group that was asked to stop the rest of its grace, then kills what is left of it.
finish_group() {
  # By the clock: looking for what is alive takes a while by itself on a host with many processes.
  deadline=$(($(date +%s) + $2))
  while group_alive "$1" && [ "$(date +%s)" -lt "$deadline" ]; do
    sleep 0.1 2>/dev/null || sleep 1
  done
  signal_group KILL "$1" || return 0
  tenths=20
  while [ "$tenths" -gt 0 ] && group_alive "$1"; do
    sleep 0.1 2>/dev/null || { sleep 1; tenths=0; }
    tenths=$((tenths - 1))
  done
}
# Leaves word of it, because a command may answer TERM with exit code 0 without having done its work.
stop_group() {
  group_alive "$1" || return 0
  mv "$dir/told.new" "$dir/told" 2>/dev/null
  signal_group TERM "$1" || return 0
  finish_group "$1" "$2"
}
`;

/**
 * The detached process that claims the attempt and looks after its command. It answers on standard output with one
 * line (started, taken, or failed) and then lets go of it, so that the launcher knows without polling.
 */
const runner = `${prelude}${readBoot}${ownSession}${stopGroup}
dir=$1 limit=$2 grace=$3
# A launcher that is gone must not take the runner with it while it answers.
trap '' PIPE
give_up() { rm -rf "$dir" "$0"; echo failed; exit 1; }
if ! mkdir "$dir" 2>&1; then
  if [ -d "$dir" ]; then rm -f "$0"; echo taken; exit 0; fi
  rm -f "$0"; echo failed; exit 1
fi
read_boot
now=$(date +%s)
{ : >"$dir/out" && : >"$dir/err" && printf '%s\\n' "$command" >"$dir/command" &&
  printf '%s\\n' "$boot" >"$dir/boot_id" && printf '%s\\n' "$now" >"$dir/start" &&
  : >"$dir/timed_out.new" && : >"$dir/cancel.new" && : >"$dir/told.new" &&
  printf '%-79s\\n' reserved >"$dir/exit.new" && printf '%-19s\\n' reserved >"$dir/group.new" && printf '%s\\n' "$$" >"$dir/pid"; } 2>&1 || give_up
# The claim must outlive a power cut, or the command could run a second time after it.
sync "$dir/pid" "$dir" >/dev/null 2>&1
echo started
exec >/dev/null 2>&1 </dev/null
trap - PIPE

# The watchdog is started while no signal is trapped: a shell may lose one that reaches a child it has just forked.
(
  trap '[ -n "$!" ] && kill "$!" 2>/dev/null; exit 0' TERM
  sleep "$limit" &
  wait "$!"
  [ -e "$dir/exit" ] && exit 0
  mv "$dir/timed_out.new" "$dir/timed_out"
  read -r group <"$dir/group" && stop_group "$group" "$grace"
) &
watchdog=$!
trap : HUP INT TERM
own_session /bin/sh "$dir/command" >>"$dir/out" 2>>"$dir/err" &
child=$!
printf '%-19s\\n' "$child" 1<>"$dir/group.new" && mv "$dir/group.new" "$dir/group"
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
# Written over bytes that were set aside before: a full disk does not lose the exit code.
tries=60
until printf '%-79s\\n' "$code $how $now $(date +%s)" 1<>"$dir/exit.new" && mv "$dir/exit.new" "$dir/exit"; do
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || break
  sleep 1
done
rm -f "$0"
# Once a day: finished attempts older than seven days, and launches that never came to a claim, are swept.
cd "\${dir%/*}" || exit 0
today=$((now / 86400)) swept=
[ -r .swept ] && read -r swept <.swept
[ "$swept" = "$today" ] && exit 0
printf '%s\\n' "$today" >.swept
find . -type d -name '?*' ! -name . -prune -mtime +7 2>/dev/null | while read -r old; do
  [ -e "$old/exit" ] && rm -rf "$old"
done
find . ! -name . -prune -type f -name '.launch-*' -mtime +1 -exec rm -f '{}' + 2>/dev/null
exit 0
`;

/** What every script about one attempt begins with. */
function header(attemptId: string): string {
  return `${prelude}${readBoot}${ownSession}${stopGroup}
id=${shellQuote(attemptId)}
base="${attemptsFolder}"
dir="$base/$id"
# Whether the runner of this attempt lives: its process is there, and it is that process and no later one.
runner_alive() {
  [ -s "$dir/pid" ] || return 1
  read -r pid <"$dir/pid"
  kill -0 "$pid" 2>/dev/null || return 1
  [ -r "/proc/$pid/cmdline" ] || return 0
  case $(tr '\\0' ' ' <"/proc/$pid/cmdline") in *"$id"*) return 0 ;; esac
  return 1
}
`;
}

export interface AttemptSpec {
  readonly attemptId: string;
  readonly command: string;
  readonly timeoutSeconds: number;
  /** How long the command has between TERM and KILL. */
  readonly graceSeconds: number;
}

/** The two lines between which a stream carries the command's bytes and nothing else. */
export interface Marks {
  readonly begin: string;
  readonly end: string;
}

/**
 * Starts the attempt unless it was started before, then writes what the command wrote to the channel's own streams,
 * from the given offsets, until it ends; behind the end mark follows a report for `readEnding`. It stops when its
 * standard input ends, so that a follower whose connection broke does not stay behind.
 */
export function startAndFollowScript(
  spec: AttemptSpec,
  from: { readonly out: number; readonly err: number },
  marks: Marks,
): string {
  return `main() {
${header(spec.attemptId)}
exec 5<&0
report() {
  printf '%s' ${shellQuote(marks.end)}
  printf 'state=%s\\n' "$1"
  shift
  [ "$#" -eq 0 ] || printf '%s\\n' "$@"
}
answer=
if [ ! -d "$dir" ]; then
  answer=$(
    [ -d "$HOME/.chiffon" ] || mkdir -m 700 "$HOME/.chiffon" 2>&1
    [ -d "$base" ] || mkdir "$base" 2>&1
    launch="$base/.launch-$id-$$"
    { printf '%s\\n' ${shellQuote(`command=${shellQuote(spec.command)}`)} >"$launch" &&
      printf '%s' ${shellQuote(runner)} >>"$launch"; } 2>&1 || { rm -f "$launch"; echo failed; exit; }
    own_session /bin/sh "$launch" "$dir" ${spec.timeoutSeconds} ${spec.graceSeconds} </dev/null 2>&1 &
  )
  case $answer in
    *started | *taken) ;;
    *)
      printf '%s' ${shellQuote(marks.begin)}
      printf '%s' ${shellQuote(marks.begin)} >&2
      report not_started "free_kb=$(df -Pk "$HOME" 2>/dev/null | awk 'NR == 2 { print $4 }')"
      printf '%s\\n' "$answer"
      exit 0
      ;;
  esac
fi
# Somebody else's runner may have made the folder this instant.
tries=50
until [ -s "$dir/pid" ] && [ -e "$dir/out" ] && [ -e "$dir/err" ] || [ -e "$dir/exit" ]; do
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || break
  sleep 0.1 2>/dev/null || { sleep 1; tries=$((tries - 9)); }
done
printf '%s' ${shellQuote(marks.begin)}
printf '%s' ${shellQuote(marks.begin)} >&2
if [ ! -e "$dir/out" ] || [ ! -e "$dir/err" ]; then
  [ -e "$dir/exit" ] || { report lost reason=claimed out_bytes=0 err_bytes=0; exit 0; }
  : >>"$dir/out" && : >>"$dir/err"
fi
exec 3<"$dir/out" 4<"$dir/err"
# Leaves a file open at a byte: whole blocks by seeking, the rest by reading.
skip() { dd bs=4096 skip=$(($1 / 4096)) count=0 2>/dev/null; dd bs=1 count=$(($1 % 4096)) 2>/dev/null; }
${from.out > 0 ? `skip ${from.out} <&3 >/dev/null` : ''}
${from.err > 0 ? `skip ${from.err} <&4 >/dev/null` : ''}
( cat <&5 >/dev/null 2>&1; kill -TERM "$$" ) >/dev/null 2>&1 &
watcher=$!
pass_on() {
  [ ! -s "$dir/out" ] || cat <&3 || exit 1
  [ ! -s "$dir/err" ] || cat <&4 >&2 || exit 1
}
state=exited
if [ "$answer" = started ]; then read -r pid <"$dir/pid"
elif [ ! -e "$dir/exit" ]; then
  read_boot
  read -r born <"$dir/boot_id" || born=
  if [ "$born" != "$boot" ]; then state=lost reason=boot
  elif ! runner_alive; then state=lost reason=vanished; fi
fi
polls=0
while [ "$state" = exited ] && [ ! -e "$dir/exit" ]; do
  pass_on
  if ! kill -0 "$pid" 2>/dev/null; then state=lost reason=vanished; break; fi
  polls=$((polls + 1))
  if [ "$polls" -lt 10 ]; then nap=0.02; elif [ "$polls" -lt 40 ]; then nap=0.1; else nap=0.4; fi
  sleep "$nap" 2>/dev/null || sleep 1
done
# How much there is by now, so that Chiffon can tell whether all of it arrived.
out_bytes=0 err_bytes=0
[ ! -s "$dir/out" ] || out_bytes=$(wc -c <"$dir/out")
[ ! -s "$dir/err" ] || err_bytes=$(wc -c <"$dir/err")
pass_on
[ -e "$dir/exit" ] && state=exited
kill "$watcher" 2>/dev/null
if [ "$state" = exited ]; then
  read -r code how started ended rest <"$dir/exit"
  report exited "code=$code" "how=$how" "started=$started" "ended=$ended"
else
  report lost "reason=$reason"
fi
printf 'out_bytes=%s\\nerr_bytes=%s\\n' $out_bytes $err_bytes
printf 'records\\n'
if [ -s "$dir/out" ] || [ -s "$dir/err" ]; then
  LC_ALL=C sed -n 's/^chiffon-record \\([A-Za-z0-9_.-][A-Za-z0-9_.-]*=.*\\)/ \\1/p' "$dir/out" "$dir/err"
fi
[ "$state" = exited ] && [ "$how" = exited ] && [ "$code" = 0 ] && exit 0
printf 'err\\n'
tail -c 4000 "$dir/err" | sed 's/^/ /'
printf '\\nout\\n'
tail -c 4000 "$dir/out" | sed 's/^/ /'
printf '\\ndf\\n'
df -Pk "$dir" 2>/dev/null | sed 's/^/ /'
exit 0
}
main
`;
}

/**
 * Stops an attempt: its whole group is asked with TERM and, after the grace, killed. An attempt that has not started
 * is claimed, so that it never will. Says \`stopped\` when nothing of it runs any more.
 */
export function cancelScript(attemptId: string, graceSeconds: number, mark: string): string {
  return `main() {
${header(attemptId)}
[ -d "$HOME/.chiffon" ] || mkdir -m 700 "$HOME/.chiffon" 2>/dev/null
[ -d "$base" ] || mkdir "$base" 2>/dev/null
now=$(date +%s)
if mkdir "$dir" 2>/dev/null; then
  : >"$dir/out"; : >"$dir/err"
  printf '143 cancelled %s %s\\n' "$now" "$now" >"$dir/exit.new" && mv "$dir/exit.new" "$dir/exit"
fi
mv "$dir/cancel.new" "$dir/cancel" 2>/dev/null || : >"$dir/cancel"
if [ ! -e "$dir/exit" ]; then
  tries=20
  until [ -s "$dir/group" ] || [ -e "$dir/exit" ] || [ "$tries" -eq 0 ]; do
    tries=$((tries - 1))
    sleep 0.1 2>/dev/null || { sleep 1; tries=0; }
  done
  read_boot
  read -r born <"$dir/boot_id" || born=
  if [ -s "$dir/group" ] && [ "$born" = "$boot" ]; then
    read -r group <"$dir/group"
    # A group whose runner is gone is signalled only if it is still this attempt's: its leader names the folder.
    if runner_alive || case $(tr '\\0' ' ' 2>/dev/null <"/proc/$group/cmdline") in *"$dir"*) true ;; *) false ;; esac; then
      stop_group "$group" ${graceSeconds}
    fi
  fi
  # The runner tells the end once it has seen to what is left.
  tries=${(graceSeconds + 5) * 10}
  while runner_alive && [ ! -e "$dir/exit" ] && [ "$tries" -gt 0 ]; do
    tries=$((tries - 1))
    sleep 0.1 2>/dev/null || { sleep 1; tries=0; }
  done
fi
printf '%s' ${shellQuote(mark)}
if [ -e "$dir/exit" ]; then echo stopped; else echo lost; fi
exit 0
}
main
`;
}
