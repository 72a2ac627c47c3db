import type { Assignment, Command, Redirection, Word } from 'unbash';
import { judgeRedirect } from '../judge-redirect.ts';
import { patternWord } from '../reading/plain-word.ts';
import { remember } from '../reading/remember.ts';
import { resolveText, resolveWord } from '../reading/resolve-word.ts';
import { assign, innerScope, opaque, type Scope, type Stdin } from '../reading/scope.ts';
import { judgeVariable } from '../rules/variables.ts';
import { ask, type Finding } from '../verdict.ts';
import { inspectPart, inspectWord, noteHidden } from './inspect-word.ts';
import { judgeWords } from './judge-words.ts';
import { report, tooMuch, type Walk } from './walk-state.ts';

/** Walks one simple command: its assignments, redirections and words, and then its start. */
export function walkCommand(node: Command, scope: Scope, walk: Walk): void {
  if (scope.depth === 0) walk.at = node.pos;
  if (walk.budget.commands-- <= 0) return report(walk, tooMuch);
  const assignments = node.prefix.filter((part): part is Assignment => part.type === 'Assignment');
  const settings = assignments.map((assignment) => readAssignment(assignment, scope, walk));
  const inner = node.name && settings.length > 0 ? innerScope(scope) : scope;
  for (const [name, values] of settings) setVariable(name, values, inner, walk);
  if (settings.length > 0) report(walk, ask('assignment', 'It sets a variable.'));
  const stdin = redirected(node.redirects, inner, walk);
  if (!node.name) {
    if (settings.length === 0 && node.redirects.length > 0)
      report(walk, ask('redirect', 'It only opens files.'));
    return;
  }
  const words: string[] = [];
  const patterns: string[] = [];
  for (const word of [node.name, ...node.args]) {
    if (word.type === 'Word') {
      const fields = resolveWord(word, inner).map((field) => field.text);
      if (word !== node.name && patternWord(word)) patterns.push(...fields);
      else inspectWord(word, inner, walk);
      words.push(...fields);
    } else {
      const [name, values] = readAssignment(word, inner, walk);
      words.push(`${name}=${values.join(' ')}`);
      setVariable(name, values, scope, walk);
    }
  }
  start(words, patterns, { ...inner, stdin }, scope, walk);
  for (const standing of scope.otherwise)
    report(walk, ...judgeOtherwise(node, { ...inner, ...standing }, walk));
}

/** What the same command amounts to if earlier conditions went the other way. Only what it may not do counts. */
function judgeOtherwise(node: Command, scope: Scope, walk: Walk): Finding[] {
  const given = [node.name, ...node.args].filter((word): word is Word => word?.type === 'Word');
  if (scope.cwd === undefined && node.redirects.length === 0 && given.every((word) => !word.parts)) return [];
  const words = given.flatMap((word) => resolveWord(word, scope)).map((field) => field.text);
  const called = words[0] !== undefined && scope.functions.has(words[0]);
  return [
    ...node.redirects.flatMap((redirect) => judgeRedirect(redirect, scope).findings),
    ...(words.length === 0 || called ? [] : judgeWords(words, [], scope, walk, true)),
  ].filter((finding) => finding.verdict === 'deny');
}

/** Judges redirections and answers what is read because of them. */
export function redirected(redirects: readonly Redirection[], scope: Scope, walk: Walk): Stdin {
  let stdin = scope.stdin;
  for (const redirect of redirects) {
    if (redirect.type === 'HereDoc') {
      if (redirect.body.parts?.some((part) => part.type !== 'Literal')) {
        report(walk, ask('expansion', 'A value in it is only known on the host.'));
        for (const part of redirect.body.parts) inspectPart(part, scope, walk);
      }
    } else if (redirect.target) inspectWord(redirect.target, scope, walk);
    const judged = judgeRedirect(redirect, scope);
    report(walk, ...judged.findings);
    if (judged.stdin) stdin = judged.stdin;
  }
  return stdin;
}

/** Judges the start of one command and keeps what it changes for the ones after it. */
function start(
  words: readonly string[],
  patterns: readonly string[],
  scope: Scope,
  after: Scope,
  walk: Walk,
): void {
  const [name] = words;
  if (name === undefined)
    return report(walk, ask('expansion', 'Nothing may be left of the command once it is expanded.'));
  const called = scope.functions.get(name);
  if (called && scope.depth < 3) {
    // A function sets the variables of its caller. It is not followed into itself again.
    const functions = new Map(scope.functions);
    functions.delete(name);
    const inside: Scope = { ...scope, positional: [...words], functions, depth: scope.depth + 1 };
    walk.into.body(called, inside, walk);
    after.cwd = inside.cwd;
    return;
  }
  report(walk, ...judgeWords(words, patterns, scope, walk, true));
  if (evaluatesAgain(words)) walk.evaluates = true;
  remember(words, scope, after);
}

/** Builtins that take a text for an expression or a name and so may run what it holds. */
function evaluatesAgain(words: readonly string[]): boolean {
  const [name = '', ...args] = words;
  if (
    [
      'let',
      'declare',
      'typeset',
      'local',
      'readonly',
      'export',
      'read',
      'unset',
      'mapfile',
      'readarray',
      'getopts',
      'eval',
    ].includes(name)
  )
    return true;
  // Some shells take an argument for `%d` to be an expression.
  if (name === 'printf' && /%[^a-zA-Z%]*[diouxXeEfgG]/.test(args[0] ?? '')) return true;
  if (name === 'compgen' || name === 'complete') return args.some((arg) => /^-[a-z]*W/.test(arg));
  if (['test', '[', 'printf', 'wait'].includes(name))
    return args.some((arg) => /^-([vRp]|eq|ne|lt|le|gt|ge)$/.test(arg));
  return false;
}

function readAssignment(
  assignment: Assignment,
  scope: Scope,
  walk: Walk,
): readonly [string, readonly string[]] {
  if (assignment.index) {
    walk.evaluates = true;
    inspectWord(assignment.index, scope, walk);
    noteHidden(assignment.index, walk);
  }
  const words = assignment.value.type === 'ArrayValue' ? assignment.value.elements : [assignment.value];
  for (const word of words) inspectWord(word, scope, walk);
  const values =
    assignment.value.type === 'ArrayValue'
      ? words.flatMap((word) => resolveWord(word, scope)).map((field) => field.text)
      : words.map((word) => resolveText(word, scope));
  if (values.some((value) => /\$\(|`/.test(value))) walk.hidden = true;
  const before = scope.variables.get(assignment.name);
  if (assignment.append && assignment.value.type === 'Word')
    return [assignment.name, [`${before?.[0] ?? (before ? '' : opaque)}${values[0] ?? ''}`]];
  return [assignment.name, assignment.index ? [opaque] : values];
}

function setVariable(name: string, values: readonly string[], scope: Scope, walk: Walk): void {
  assign(scope, name, values);
  if (name === 'IFS') scope.splitsUnknown = true;
  report(walk, ...judgeVariable(name, values.join(' ')));
}
