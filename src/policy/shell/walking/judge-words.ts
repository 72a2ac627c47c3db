import { parse } from 'unbash';
import type { Call } from '../call.ts';
import { judgeCall } from '../judge-call.ts';
import { normalPath } from '../paths.ts';
import { innerScope, opaque, type Scope } from '../reading/scope.ts';
import type { Nested } from '../rule.ts';
import type { Finding } from '../verdict.ts';
import { deepest, newWalk, tooMuch, type Walk } from './walk-state.ts';

/**
 * Judges the words a program is started with. With unknown pieces there are two readings, and the worse one counts:
 * as they are, and empty.
 *
 * @param patterns those of the words that the shell would match against file names
 * @param scan whether to look for a command among the arguments of a program nobody knows
 */
export function judgeWords(
  words: readonly string[],
  patterns: readonly string[],
  scope: Scope,
  walk: Walk,
  scan: boolean,
): Finding[] {
  const findings = judgeCall(callOf(words, scope, patterns), nestedIn(scope, walk), scan);
  if (!words.some((word) => word.includes(opaque)) || findings.some((finding) => finding.verdict === 'deny'))
    return findings;
  const emptied = words.map((word) => word.replaceAll(opaque, '')).filter((word) => word !== '');
  if (emptied.length === 0) return findings;
  return [
    ...findings,
    ...judgeCall(callOf(emptied, scope), nestedIn(scope, walk), scan).filter(
      (finding) => finding.verdict === 'deny',
    ),
  ];
}

function callOf(words: readonly string[], scope: Scope, patterns: readonly string[] = []): Call {
  const script = /^\/etc\/(?:rc\.d\/)?init\.d\/([\w.-]+)$/.exec(normalPath(words[0] ?? '', scope.cwd))?.[1];
  // `/etc/init.d/nginx stop` is `service nginx stop`.
  const [written = '', ...args] = script === undefined ? words : ['service', script, ...words.slice(1)];
  const program = written.includes('/') ? (normalPath(written).split('/').at(-1) ?? written) : written;
  return { program, written, args, patterns, stdin: scope.stdin, cwd: scope.cwd, past: scope.past };
}

/** How the rules have what is inside a call judged: the same walk, one level deeper. */
function nestedIn(scope: Scope, walk: Walk): Nested {
  const deeper = (changes: Partial<Scope>) => innerScope(scope, { depth: scope.depth + 1, ...changes });
  const exhausted = () => scope.depth >= deepest || walk.budget.nested-- <= 0;
  return {
    words: (words) => (exhausted() ? [tooMuch] : judgeWords(words, [], deeper({}), walk, false)),
    text: (text, positional) => {
      if (exhausted()) return [tooMuch];
      const inside = newWalk(walk.at, walk.into, walk.budget);
      walk.into.script(parse(text), deeper(positional ? { positional } : {}), inside);
      return inside.found;
    },
  };
}
