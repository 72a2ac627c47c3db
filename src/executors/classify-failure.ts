import type { ErrorClass } from '#core/task.ts';
import { inertText } from '#platform/untrusted-text.ts';

export interface FailedCommand {
  readonly host: string;
  readonly exitCode: number;
  readonly how: 'exited' | 'timed_out';
  readonly timeoutSeconds: number;
  /** The end of what the command wrote; the error stream is asked first. */
  readonly errTail: string;
  readonly outTail: string;
  /** Kilobytes left on the host's home file system, when known. */
  readonly freeKb: number | null;
}

export interface Classified {
  readonly errorClass: ErrorClass;
  /** One sentence with the host and the last thing the command said. */
  readonly summary: string;
}

/**
 * What kind of failure the output of a command tells of. The first row that matches wins, so what is specific stands
 * before what is general. The phrases are those of the C library's strerror and of the tools themselves.
 */
const phrases: readonly (readonly [ErrorClass, RegExp])[] = [
  [
    'disk_full',
    /no space left on device|disk quota exceeded|ENOSPC|not enough free space|database or disk is full/i,
  ],
  [
    'port_in_use',
    /address already in use|port is already allocated|EADDRINUSE|bind\(\).*in use|port \d+ is (already )?in use/i,
  ],
  [
    'talos_error',
    /\btalosctl\b|\btalos\b.*\b(error|failed|rpc)|machineconfig|rpc error: code = \w+.*(talos|apid|:50000)/i,
  ],
  [
    'proxmox_error',
    /\bpve(sh|ct|um|sm|perf)?\b.*(error|failed)|Configuration file 'nodes\/[^']*' does not exist|\bVM \d+ (is )?(locked|not running|already running)|\bCT \d+ (is )?(locked|not running|already running)|can't lock file '\/var\/lock\/(qemu-server|pve|lxc)|\bno quorum\b|QEMU exited with code|^(VM|CT) is locked/im,
  ],
  [
    'yaml_parse_error',
    /yaml: (line \d+|unmarshal|while|did not|mapping|found|could not)|error converting YAML|yaml\.(scanner|parser|constructor)\.|YAML(Exception|ParseError|SemanticError)|while (parsing|scanning) a (block|flow|simple|plain|quoted)|mapping values are not allowed|syntax error while loading YAML|error parsing .*\.ya?ml/i,
  ],
  [
    'permission_denied',
    /permission denied|operation not permitted|EACCES|EPERM\b|access denied|authentication (failed|failure)|a password is required|not in the sudoers file|must be (run as )?root|are you root|requires? (root|superuser)|unauthorized: |403 Forbidden/i,
  ],
  [
    'network_error',
    /connection (refused|timed out|reset)|no route to host|network is unreachable|could not resolve|temporary failure in name resolution|name or service not known|no such host|getaddrinfo|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|i\/o timeout|tls handshake timeout|bad address '|dial tcp|unable to access '?https?:|failed to fetch/i,
  ],
  [
    'command_not_found',
    /command not found|\b(sh|command): (\d+: )?\S+: not found\s*$|unknown command:? |is not a docker command|executable file not found/im,
  ],
  [
    'missing_file',
    // “cannot open x” alone tells no more than that; with a reason behind it, the reason is what went wrong.
    /no such file|ENOENT|cannot find|cannot (stat|access|open) [^:\n]+$|file not found|does not exist/im,
  ],
];

/** Puts a failed command into a class and says in one sentence what happened. */
export function classifyFailure(failed: FailedCommand): Classified {
  const complaint = lastMeaningfulLine(failed.errTail);
  const last = complaint ?? lastMeaningfulLine(failed.outTail);
  const said = last === null ? '' : `: ${last}`;
  if (failed.how === 'timed_out') {
    return {
      errorClass: 'timed_out',
      summary: `Stopped on ${failed.host}: it did not end within ${plainSeconds(failed.timeoutSeconds)}${
        last === null ? '' : `. Its last line was: ${last}`
      }`,
    };
  }
  const errorClass = classOf(failed);
  const ended = `nded with exit code ${failed.exitCode}${signalWords(failed.exitCode)}`;
  if (errorClass !== 'disk_full') return { errorClass, summary: `E${ended} on ${failed.host}${said}` };
  // What a command complains of on a full disk may be lost with everything else; its other output is no explanation.
  const explained = complaint !== null || (last !== null && saysDiskFull(last));
  const why = explained ? said : `, so what the command said last may be lost. It e${ended}`;
  return { errorClass, summary: `The disk of ${failed.host} is full${why}` };
}

function saysDiskFull(line: string): boolean {
  return phrases.some(([errorClass, phrase]) => errorClass === 'disk_full' && phrase.test(line));
}

function classOf(failed: FailedCommand): ErrorClass {
  if (failed.freeKb !== null && failed.freeKb < 16) return 'disk_full';
  for (const text of [failed.errTail, failed.outTail]) {
    // What is said last is what ended it; warnings further up are asked only when the last lines are silent.
    for (const part of [lastLines(text, 5), text]) {
      const found = phrases.find(([, phrase]) => phrase.test(part));
      if (found !== undefined && !(found[0] === 'missing_file' && failed.exitCode === 127)) return found[0];
    }
  }
  if (failed.exitCode === 127) return 'command_not_found';
  if (failed.exitCode === 126) return 'permission_denied';
  return 'unknown';
}

/** The last line with letters in it, without the shell's own prefix; null when nothing was said. */
export function lastMeaningfulLine(text: string): string | null {
  const lines = plainText(text)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /\p{L}/u.test(line) && !line.startsWith('chiffon-record '));
  const last = lines.at(-1);
  if (last === undefined) return null;
  const said = last
    .replace(/^\/\S*\/\.chiffon\/attempts\/[^/\s]+\/command: (line )?/, 'line ')
    .replace(/^line (\d+: )/, '');
  const bare = said.replace(/^\d+: /, '');
  return bare.length > 300 ? `${bare.slice(0, 299)}…` : bare;
}

/** Without anything a terminal would obey or a reader can't see, and with what a carriage return wrote over gone. */
function plainText(text: string): string {
  return inertText(text.replace(/\r+\n/g, '\n').replace(/^.*\r/gm, ''));
}

function lastLines(text: string, count: number): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}

const signals: Readonly<Record<number, string>> = {
  130: 'interrupted',
  134: 'aborted',
  137: 'killed',
  139: 'crashed',
  143: 'terminated',
};

function signalWords(exitCode: number): string {
  const words = signals[exitCode];
  return words === undefined ? '' : ` (${words})`;
}

/** "90 s", "10 min", "2 h". */
export function plainSeconds(seconds: number): string {
  if (seconds >= 7200 && seconds % 3600 === 0) return `${seconds / 3600} h`;
  if (seconds < 120) return `${seconds} s`;
  const rest = seconds % 60;
  return `${Math.floor(seconds / 60)} min${rest === 0 ? '' : ` ${rest} s`}`;
}
