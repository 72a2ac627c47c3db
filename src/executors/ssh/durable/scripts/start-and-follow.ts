import { shellQuote } from '../../shell-quote.ts';
import { attemptFunctions } from './attempt-header.ts';
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
 * The order to start an attempt unless it was started before, for a shell that has read `followerScript`. The shell then
 * writes what the command wrote to the channel's own streams, from the given offsets, until it ends. Both streams close
 * with the end mark; on the output stream follows a report for `readEnding`.
 *
 * A shell carries out what it has of a line when its input ends, so the last word says that this is all of it.
 */
export function attemptOrder(
  spec: AttemptSpec,
  from: { readonly out: number; readonly err: number },
  marks: Marks,
): string {
  const { attemptId, timeoutSeconds, graceSeconds, idempotent, command } = spec;
  const times = idempotent ? 'again' : 'once';
  const words = [attemptId, timeoutSeconds, graceSeconds, times, from.out, from.err, marks.begin, marks.end];
  return `attempt ${[...words, command].map((word) => shellQuote(String(word))).join(' ')} whole\n`;
}

/**
 * What a shell on a host has to read before it takes `attemptOrder`s, one after the other, from its standard input.
 *
 * Everything between start and end is one exchange with the host. The runner says by itself that the command ended, so
 * a short command is not polled for; a longer one is looked at in ticks. From then on somebody also reads the shell's
 * input, so that a follower whose connection broke does not stay behind: such a shell takes no other order, it ends with
 * the attempt. One whose command ended before says so in its report (`kept=yes`).
 */
export const followerScript = `${attemptFunctions}
# What this shell itself has to say, such as that a process was killed, is no output of the command.
exec 8>&2 2>/dev/null
runner="${runner.file}"
bring_runner() {
  [ -s "$runner" ] || { printf '%s' ${shellQuote(runner.script)} >"$runner.$$" && mv "$runner.$$" "$runner"; }
}
# In its environment, which other users of the host can't read, or in a file.
hand_over() {
  if [ "\${#command}" -le ${mostInEnvironment} ]; then
    CHIFFON_COMMAND=$command
    export CHIFFON_COMMAND
  else
    CHIFFON_COMMAND_FILE="$base/.launch-$id-$$"
    export CHIFFON_COMMAND_FILE
    printf '%s\\n' "$command" >"$CHIFFON_COMMAND_FILE"
  fi
}
# Becomes the runner.
launch() {
  make_base && bring_runner && hand_over || { rm -f "$runner.$$"; echo failed; return; }
  own_session /bin/sh "$runner" "$dir" "$limit" "$grace" "$times" </dev/null 5<&-
}
# More often at first.
nap_between() {
  if [ "$naps" -lt 20 ]; then nap 0.1; else nap 0.4; fi
  naps=$((naps + 1))
}
# What helps to follow a command that takes a while: ticks, and a word when Chiffon has gone. Both come in where the
# runner's words do, because Linux lets a reader of a pipe open it for writing. Elsewhere the follower naps by itself.
help_along() {
  [ -z "$helpers" ] || return 0
  if [ -w /proc/self/fd/0 ]; then
    exec 7>/proc/self/fd/0
    while :; do
      echo tick >&7
      nap_between
    done 2>/dev/null &
    helpers=$!
    { cat <&5 >/dev/null; echo gone >&7; } 2>/dev/null &
    helpers="$helpers $!"
    return 0
  fi
  left="$base/.launch-$id-$$-left"
  { cat <&5 >/dev/null; true >"$left"; } 2>/dev/null &
  helpers=$!
}
next_word() {
  if [ -n "$left" ]; then
    word=tick rest=
    nap_between
    [ ! -e "$left" ] || word=gone
    return 0
  fi
  # An attempt that was there before says nothing by itself, and a runner that is gone neither.
  read -r word rest || { help_along; word=tick; }
}
# The end mark and, in one piece, the lines behind it.
report() {
  printf '%s\\n' "$end_mark" >&2
  state=$1
  shift
  printf '%s\\n' "$end_mark" "state=$state" "$@"
}
not_started() {
  begin
  report not_started "free_kb=$(df -Pk "$HOME" 2>/dev/null | awk 'NR == 2 { print $4 }')"
  printf '%s\\nwhole\\n' "$said"
}
# Leaves a file open at a byte: whole blocks by seeking, the rest by reading.
skip() { dd bs=4096 skip=$(($1 / 4096)) count=0 2>/dev/null; dd bs=1 count=$(($1 % 4096)) 2>/dev/null; }
begin() {
  printf '%s\\n' "$begin_mark" >&2
  printf '%s\\n' "$begin_mark"
}
open_outputs() {
  [ -z "$opened" ] || return 0
  [ -e "$dir/out" ] && [ -e "$dir/err" ] || return 1
  opened=yes
  begin
  exec 3<"$dir/out" 4<"$dir/err"
  [ "$from_out" = 0 ] || skip "$from_out" <&3 >/dev/null
  [ "$from_err" = 0 ] || skip "$from_err" <&4 >/dev/null
}
pass_on() {
  [ ! -s "$dir/out" ] || cat <&3 || gone=yes
  [ ! -s "$dir/err" ] || cat <&4 >&2 || gone=yes
  [ -z "$gone" ]
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
follow_to_end() {
  while :; do
    next_word
    case $word in
      started) answer=$word; open_outputs; continue ;;
      slow) help_along; continue ;;
      ending)
        # While the runner writes the exit code down.
        open_outputs
        pass_on || return
        passed=yes
        continue
        ;;
      over) break ;;
      before | taken | tick) ;;
      failed) not_started; return ;;
      gone) gone=yes; return ;;
      *) said="$said$word $rest
"; continue ;;
    esac
    if [ -s "$dir/pid" ] || [ -e "$dir/exit" ]; then open_outputs; fi
    [ -z "$opened" ] || pass_on || return
    ! ended || break
  done
  if open_outputs; then [ -n "$passed" ] || pass_on || return; else begin; fi
  state=exited
  if [ -e "$dir/exit" ]; then
    read -r code how began finished rest <"$dir/exit"
    [ -n "$helpers" ] || kept=yes
    set -- exited "code=$code" "how=$how" "started=$began" "ended=$finished" "kept=$kept" records
    # All at once where there is nothing to look up.
    if [ "$how$code$from_out$from_err" = exited000 ]; then report "$@" whole; return; fi
    report "$@"
  else
    state=lost
    report lost "reason=\${reason:-vanished}" records
  fi
  if [ "$from_out$from_err" != 00 ] && [ -n "$opened" ]; then
    LC_ALL=C sed -n 's/^chiffon-record \\([A-Za-z0-9_.-][A-Za-z0-9_.-]*=.*\\)/ \\1/p' "$dir/out" "$dir/err"
  fi
  if [ "$state" = lost ] || [ "$how" != exited ] || [ "$code" != 0 ]; then
    printf 'err\\n'
    tail -c 4000 "$dir/err" 2>/dev/null | sed 's/^/ /'
    printf '\\nout\\n'
    tail -c 4000 "$dir/out" 2>/dev/null | sed 's/^/ /'
    printf '\\ndf\\n'
    df -Pk "$dir" 2>/dev/null | sed 's/^/ /'
  fi
  printf 'whole\\n'
}
# Answers whether the shell may take another order. Where nobody listens any more it ends at once, not with the command.
follow() {
  helpers= left= naps=0 passed= said= answer= opened= born= reason= gone= kept=no tries=50
  follow_to_end
  [ -z "$helpers" ] || kill $helpers 2>/dev/null
  [ -z "$left" ] || rm -f "$left"
  [ -z "$gone" ] || kill "$$"
  [ "$kept" = yes ]
}
attempt() {
  [ "$#" -eq 10 ] && [ "\${10}" = whole ] || exit 1
  id=$1 limit=$2 grace=$3 times=$4 from_out=$5 from_err=$6 begin_mark=$7 end_mark=$8 command=$9
  dir="$base/$id"
  { if [ -d "$dir" ]; then echo before; else launch 2>&1; fi 8>&- | follow 2>&8 8>&-; } 5<&0 </dev/null || exit 0
}
`;
