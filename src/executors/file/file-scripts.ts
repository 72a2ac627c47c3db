import { shellQuote } from '../ssh/shell-quote.ts';

/** A path of a file step as a word for the shell: without a leading slash it is relative to the login directory. */
function pathWord(path: string): string {
  return path.startsWith('/') ? shellQuote(path) : `"$HOME"/${shellQuote(path)}`;
}

/**
 * Writes a file so that a reader sees the old or the new content and never a part: beside the target first, then
 * renamed over it. What was there before is kept as `<path>.chiffon-before`. Prints `unchanged`, `created` or
 * `replaced`; running it twice is running it once.
 */
export function writeFileScript(path: string, content: string, mode: string): string {
  const bytes = Buffer.byteLength(content);
  return `
set -e
cd "$HOME"
umask 077
target=${pathWord(path)}
# A link is followed, so that the file it stands for changes and the link stays.
hops=20
while [ -L "$target" ] && [ "$hops" -gt 0 ]; do
  link=$(readlink "$target")
  case $link in /*) target=$link ;; *) target=$(dirname "$target")/$link ;; esac
  hops=$((hops - 1))
done
if [ -d "$target" ]; then echo "$target is a folder" >&2; exit 21; fi
folder=$(dirname "$target")
[ -d "$folder" ] || (umask 022; mkdir -p "$folder")
new="$folder/.\${target##*/}.chiffon-$$"
keep="$folder/.\${target##*/}.chiffon-keep-$$"
trap 'rm -f "$new" "$keep"' EXIT
printf '%s' ${shellQuote(content)} 2>/dev/null >"$new" || :
if [ "$(wc -c <"$new")" -ne ${bytes} ]; then
  # Shells say "I/O error" for a full disk as well as for a broken one.
  free=$(df -Pk "$folder" 2>/dev/null | awk 'NR == 2 { print $4 }')
  if [ "\${free:-1}" -lt ${Math.ceil(bytes / 1024) + 4} ]; then echo "No space left on device" >&2
  else echo "only a part of it could be written" >&2; fi
  exit 28
fi
chmod ${mode} "$new"
if [ ! -e "$target" ]; then did=created
elif cmp -s "$new" "$target" 2>/dev/null; then
  chmod ${mode} "$target"
  did=unchanged
else
  cp -p "$target" "$keep"
  mv -f "$keep" "$target.chiffon-before"
  did=replaced
fi
[ "$did" = unchanged ] || mv -f "$new" "$target"
sync "$target" >/dev/null 2>&1 || :
echo "$did"
`;
}

/** More than this is not fetched for a comparison: 1 MiB. */
export const mostRehearsedBytes = 1024 * 1024;

/** Prints \`missing\`, \`folder\`, \`unreadable\` or \`file <bytes> <mode>\` and then the file's content. */
export function readFileScript(path: string): string {
  return `
target=${pathWord(path)}
if [ -d "$target" ]; then echo folder
elif [ ! -e "$target" ]; then echo missing
elif [ ! -r "$target" ]; then echo unreadable
else
  bytes=$(wc -c <"$target")
  echo "file $((bytes)) $(ls -ldL "$target" | cut -c 2-10)"
  if [ "$bytes" -le ${mostRehearsedBytes} ]; then cat "$target"; fi
fi
`;
}
