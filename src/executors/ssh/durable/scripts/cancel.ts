import { shellQuote } from '../../shell-quote.ts';
import { attemptHeader } from './attempt-header.ts';
import { stopGroup } from './common.ts';

/**
 * Stops an attempt: everything of it is asked with TERM and, after the grace, killed. An attempt that has not started
 * is claimed, so that it never will. Says \`stopped\` behind the mark when nothing of it runs any more.
 */
export function cancelScript(attemptId: string, graceSeconds: number, mark: string): string {
  return `main() {
${attemptHeader(attemptId)}${stopGroup}
make_base 2>/dev/null
if mkdir "$dir" 2>/dev/null; then
  read_boot
  read_clock
  true >"$dir/out"; true >"$dir/err"; printf '%s\\n' "$boot" >"$dir/boot_id"
  printf '143 cancelled %s %s\\n' "$clock" "$clock" >"$dir/exit.new" && mv "$dir/exit.new" "$dir/exit"
fi
mv "$dir/cancel.new" "$dir/cancel" 2>/dev/null || true >"$dir/cancel"
if [ ! -e "$dir/exit" ]; then
  tries=20 group=
  until { read -r group <"$dir/group" && [ -n "$group" ]; } 2>/dev/null || [ -e "$dir/exit" ] || [ "$tries" -eq 0 ]; do
    tries=$((tries - 1))
    nap 0.1
  done
  read_boot
  read -r born <"$dir/boot_id" || born=
  if [ -n "$group" ] && [ "$born" = "$boot" ]; then
    # A group whose runner is gone is signalled only if it is still this attempt's: its leader names the folder.
    if runner_alive || case $(tr '\\0' ' ' 2>/dev/null <"/proc/$group/cmdline") in *"$dir"*) true ;; *) false ;; esac; then
      stop_group "$group" ${graceSeconds}
    fi
  fi
  # The runner tells the end once it has seen to what is left.
  tries=${(graceSeconds + 5) * 10}
  while runner_alive && [ ! -e "$dir/exit" ] && [ "$tries" -gt 0 ]; do
    tries=$((tries - 1))
    nap 0.1
  done
fi
printf '%s' ${shellQuote(mark)}
if [ -e "$dir/exit" ]; then echo stopped; else echo lost; fi
exit 0
}
main
`;
}
