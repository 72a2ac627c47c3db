/**
 * Pieces of shell that several scripts share. Plain POSIX: they run in dash, bash, busybox and other shells, with the
 * tools of GNU or of busybox.
 */

/** Where attempts live on a host, one folder each, named after the attempt; see `runner.ts` for what is in it. */
export const attemptsFolder = '$HOME/.chiffon/attempts';

/** Programs of the system are found although a login without a terminal may leave these folders out. */
export const prelude = `
PATH=$PATH:/usr/local/bin:/usr/local/sbin:/usr/sbin:/sbin
export PATH
cd "$HOME" || exit 1
`;

/** Sets \`boot\` to a name of the host's present boot; \`~/.chiffon/boot_id\` goes before the kernel's. */
export const readBoot = `
read_boot() {
  boot=
  if [ -n "\${CHIFFON_BOOT_ID:-}" ]; then boot=$CHIFFON_BOOT_ID
  elif [ -r "$HOME/.chiffon/boot_id" ]; then read -r boot <"$HOME/.chiffon/boot_id"
  elif [ -r /proc/sys/kernel/random/boot_id ]; then read -r boot </proc/sys/kernel/random/boot_id
  else boot=$(sysctl -n kern.bootsessionuuid 2>/dev/null || sysctl -n kern.boottime 2>/dev/null); fi
  [ -n "$boot" ] || boot=unknown
}
`;

/** Sets \`clock\` to whole seconds of a clock that nobody sets back or forth, where the host has one. */
export const readClock = `
read_clock() {
  if { read -r clock rest </proc/uptime; } 2>/dev/null; then clock=\${clock%%.*}; else clock=$(date +%s); fi
}
`;

/** Runs a program as the leader of a session of its own, where the host has a way to. */
export const ownSession = `
own_session() {
  if command -v setsid >/dev/null 2>&1; then exec setsid "$@"
  elif command -v perl >/dev/null 2>&1; then exec perl -e 'use POSIX; POSIX::setsid(); exec { $ARGV[0] } @ARGV' "$@"
  elif command -v python3 >/dev/null 2>&1; then exec python3 -c 'import os, sys; os.setsid(); os.execvp(sys.argv[1], sys.argv[1:])' "$@"
  else exec "$@"; fi
}
`;

/** A short pause; shells without fractions of a second pause for a whole one. */
export const nap = `
nap() { sleep "$1" 2>/dev/null || sleep 1; }
`;

/**
 * Stops what an attempt started: its process group (or process tree where it could not get a group of its own), and
 * whatever left the group, as daemons do, but still carries the attempt's name in its environment or sits in its
 * control group. \`$dir\` is the attempt's folder.
 */
export const stopGroup = `
signal_group() {
  kill "-$1" "-$2" 2>/dev/null && return 0
  # No group of its own: the process and what it started, as long as that can be told.
  kill -0 "$2" 2>/dev/null || return 1
  kill "-$1" $(ps -A -o pid= -o ppid= 2>/dev/null | awk -v root="$2" '
    { parent[$1] = $2 }
    END { for (p in parent) { q = p; while (q in parent && q != root) q = parent[q]; if (q == root) print p } }
  ') "$2" 2>/dev/null
}
# Whether a process still runs: one that has ended and only waits to be noticed by its parent does not.
process_runs() {
  { read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
  set -- \${line##*") "}
  [ "$1" != Z ]
}
# Processes that left the group.
strays() {
  grep -lsxzF "CHIFFON_ATTEMPT=\${dir##*/}" /proc/[0-9]*/environ 2>/dev/null | while IFS=/ read -r _ _ pid _; do
    process_runs "$pid" && echo "$pid"
  done
  for root in /sys/fs/cgroup /sys/fs/cgroup/unified; do
    for procs in "$root"/system.slice/"chiffon-\${dir##*/}.scope"/cgroup.procs \\
      "$root"/user.slice/user-*.slice/user@*.service/app.slice/"chiffon-\${dir##*/}.scope"/cgroup.procs; do
      [ -r "$procs" ] || continue
      while read -r pid; do
        case $(tr '\\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null) in *"/.chiffon/runner-"*) continue ;; esac
        process_runs "$pid" && echo "$pid"
      done <"$procs"
    done
  done 2>/dev/null
}
signal_all() {
  signal_group "$1" "$2"
  left=$(strays)
  [ -z "$left" ] || kill "-$1" $left 2>/dev/null
}
group_alive() {
  if signal_group 0 "$1"; then
    [ -r /proc/self/stat ] || return 0
    for stat in /proc/[0-9]*/stat; do
      { read -r line <"$stat"; } 2>/dev/null || continue
      set -- "$1" \${line##*") "}
      { [ "$4" = "$1" ] || [ "\${stat#/proc/}" = "$1/stat" ]; } && [ "$2" != Z ] && return 0
    done
  fi
  [ -n "$(strays)" ]
}
# Gives what was asked to stop the rest of its grace, then kills what is left of it.
finish_group() {
  # By the clock: looking for what is alive takes a while by itself on a host with many processes.
  read_clock
  deadline=$((clock + $2))
  while group_alive "$1" && read_clock && [ "$clock" -lt "$deadline" ]; do nap 0.1; done
  group_alive "$1" || return 0
  signal_all KILL "$1"
  tries=20
  while [ "$tries" -gt 0 ] && group_alive "$1"; do
    nap 0.1
    tries=$((tries - 1))
  done
}
# Leaves word of it, because a command may answer TERM with exit code 0 without having done its work.
stop_group() {
  group_alive "$1" || return 0
  mv "$dir/told.new" "$dir/told" 2>/dev/null
  signal_all TERM "$1"
  finish_group "$1" "$2"
}
`;
