import { shellQuote } from '../../shell-quote.ts';
import { attemptHeader } from './attempt-header.ts';
import { runner } from './runner.ts';

export interface AttemptSpec {
  readonly attemptId: string;
  readonly command: string;
  readonly timeoutSeconds: number;
  /** How long the command has between TERM and KILL. */
  readonly graceSeconds: number;
  /** Whether running it twice does no harm: then its claim need not outlive a power cut of the host. */
  readonly idempotent: boolean;
}

/** The two lines between which a stream carries the command's bytes and nothing else. */
export interface Marks {
  readonly begin: string;
  readonly end: string;
}

/** A word of a program's environment may be 128 KiB on Linux; what is larger goes through a file. In characters. */
const mostInEnvironment = 30_000;

/**
 * Starts the attempt unless it was started before, then writes what the command wrote to the channel's own streams,
 * from the given offsets, until it ends. Both streams close with the end mark; on the output stream follows a report for
 * `readEnding`. It stops when its standard input ends, so that a follower whose connection broke does not stay behind.
 *
 * Everything between start and end is one exchange with the host. The runner says by itself that the command ended, so
 * a short command is not polled for; a longer one is looked at in ticks.
 */
export function startAndFollowScript(
  spec: AttemptSpec,
  from: { readonly out: number; readonly err: number },
  marks: Marks,
): string {
  const resumed = from.out > 0 || from.err > 0;
  return `main() {
${attemptHeader(spec.attemptId)}
exec 5<&0 </dev/null
runner="${runner.file}"
launch() {
  make_base && { [ -s "$runner" ] || { printf '%s' ${shellQuote(runner.script)} >"$runner.$$" && mv "$runner.$$" "$runner"; }; } &&
    { ${handOver(spec.command)} } ||
    { rm -f "$runner.$$"; echo failed; return; }
  own_session /bin/sh "$runner" "$dir" ${spec.timeoutSeconds} ${spec.graceSeconds} ${spec.idempotent ? 'again' : 'once'} </dev/null 5<&- 2>&1 &
}
# What helps to follow: ticks, and a word when Chiffon has gone. Neither is needed for a command that ends at once.
help_along() {
  nap 0.05 >&2
  echo tick
  { cat <&5 >&2; echo gone; } &
  echo "helper $!"
  naps=0
  while :; do
    if [ "$naps" -lt 20 ]; then nap 0.1 >&2; else nap 0.4 >&2; fi
    naps=$((naps + 1))
    echo tick
  done
}
{
  if [ -d "$dir" ]; then echo before; else launch 2>&1; fi
  help_along 2>/dev/null &
  echo "helper $!"
} | follow
exit 0
}
report() {
  printf '%s' ${shellQuote(marks.end)} >&2
  printf '%s' ${shellQuote(marks.end)}
  printf 'state=%s\\n' "$1"
  shift
  [ "$#" -eq 0 ] || printf '%s\\n' "$@"
}
leave() {
  kill $helpers 2>/dev/null
  exit 0
}
not_started() {
  begin
  report not_started "free_kb=$(df -Pk "$HOME" 2>/dev/null | awk 'NR == 2 { print $4 }')"
  printf '%s\\nwhole\\n' "$said"
  leave
}
# Leaves a file open at a byte: whole blocks by seeking, the rest by reading.
skip() { dd bs=4096 skip=$(($1 / 4096)) count=0 2>/dev/null; dd bs=1 count=$(($1 % 4096)) 2>/dev/null; }
begin() {
  printf '%s' ${shellQuote(marks.begin)} >&2
  printf '%s' ${shellQuote(marks.begin)}
}
open_outputs() {
  [ -z "$opened" ] || return 0
  [ -e "$dir/out" ] && [ -e "$dir/err" ] || return 1
  opened=yes
  begin
  exec 3<"$dir/out" 4<"$dir/err"
  ${from.out > 0 ? `skip ${from.out} <&3 >/dev/null` : ':'}
  ${from.err > 0 ? `skip ${from.err} <&4 >/dev/null` : ':'}
}
pass_on() {
  [ ! -s "$dir/out" ] || cat <&3 || leave
  [ ! -s "$dir/err" ] || cat <&4 >&2 || leave
}
# Whether the end is in sight: the exit code is there, or nobody is left who could write it.
ended() {
  [ ! -e "$dir/exit" ] || return 0
  [ -n "$opened" ] || { tries=$((tries - 1)); [ "$tries" -le 0 ] && reason=claimed; return; }
  if [ -z "$born" ]; then
    read_boot
    { read -r born <"$dir/boot_id"; } 2>/dev/null || born=
    if [ "$born" != "$boot" ]; then reason=boot; return 0; fi
  fi
  [ -z "$answer" ] || { { read -r pid <"$dir/pid"; } 2>/dev/null && kill -0 "$pid" 2>/dev/null && return 1; }
  runner_alive && return 1
  reason=vanished
}
follow() {
  helpers= said= answer= opened= born= reason= tries=50
  while :; do
    # An attempt that was there before says nothing by itself: it is looked at, now and at every tick.
    read -r word rest || word=gone
    case $word in
      helper) helpers="$helpers $rest"; continue ;;
      started) answer=$word; open_outputs; continue ;;
      over) break ;;
      before | taken | tick) ;;
      failed) not_started ;;
      gone) leave ;;
      *) said="$said$word $rest
"; continue ;;
    esac
    if [ -s "$dir/pid" ] || [ -e "$dir/exit" ]; then open_outputs; fi
    [ -z "$opened" ] || pass_on
    ! ended || break
  done
  if open_outputs; then pass_on; else begin; fi
  state=exited
  if [ -e "$dir/exit" ]; then
    read -r code how began finished rest <"$dir/exit"
    report exited "code=$code" "how=$how" "started=$began" "ended=$finished"
  else
    state=lost
    report lost "reason=\${reason:-vanished}"
  fi
  printf 'records\\n'
  ${resumed ? `[ -z "$opened" ] || LC_ALL=C sed -n 's/^chiffon-record \\([A-Za-z0-9_.-][A-Za-z0-9_.-]*=.*\\)/ \\1/p' "$dir/out" "$dir/err"` : ''}
  if [ "$state" = lost ] || [ "$how" != exited ] || [ "$code" != 0 ]; then
    printf 'err\\n'
    tail -c 4000 "$dir/err" 2>/dev/null | sed 's/^/ /'
    printf '\\nout\\n'
    tail -c 4000 "$dir/out" 2>/dev/null | sed 's/^/ /'
    printf '\\ndf\\n'
    df -Pk "$dir" 2>/dev/null | sed 's/^/ /'
  fi
  printf 'whole\\n'
  leave
}
main
`;
}

/** Hands the command to the runner: in its environment, which other users of the host can't read, or in a file. */
function handOver(command: string): string {
  if (command.length <= mostInEnvironment)
    return `CHIFFON_COMMAND=${shellQuote(command)}; export CHIFFON_COMMAND;`;
  return `CHIFFON_COMMAND_FILE="$base/.launch-$id-$$"; export CHIFFON_COMMAND_FILE; printf '%s\\n' ${shellQuote(command)} >"$CHIFFON_COMMAND_FILE";`;
}
