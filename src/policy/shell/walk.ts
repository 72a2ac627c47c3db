import {
  type Assignment,
  type Command,
  type CompoundList,
  type For,
  type Function as FunctionNode,
  forEachChild,
  type ParsedScript,
  type Pipeline,
  parse,
  type Redirection,
  type Select,
  type Statement,
  type SyntaxNode,
  type TestCommand,
  type While,
  type Word,
} from 'unbash';
import type { Call } from './call.ts';
import { judgeCall } from './judge-call.ts';
import { judgeRedirect } from './judge-redirect.ts';
import { normalPath } from './paths.ts';
import { outputOfCommand, outputOfScript } from './reading/literal-output.ts';
import { patternWord, plainWord } from './reading/plain-word.ts';
import { remember } from './reading/remember.ts';
import { resolveText, resolveWord } from './reading/resolve-word.ts';
import { innerScope, opaque, type Scope, type Stdin } from './reading/scope.ts';
import { namesIn, runsForEver } from './reading/tree.ts';
import type { Nested } from './rule.ts';
import { judgeVariable } from './rules/variables.ts';
import { ask, deny, type Finding } from './verdict.ts';

/** A finding and where in the outermost text it stands (UTF-16 offset). */
export interface Located extends Finding {
  readonly at: number;
}

/** One walk over a text and everything inside it. */
interface Walk {
  readonly found: Located[];
  readonly seen: Set<string>;
  /** Offset of the outermost command being looked at; kept while the walk is inside another text. */
  at: number;
  /** What may still be looked at, shared by all texts inside: commands, and commands inside commands. */
  readonly budget: { commands: number; nested: number };
  /** How many loops the walk is inside of. */
  loops: number;
  /** A construct was met that evaluates the text of a value once more. */
  evaluates: boolean;
  /** A literal was met that would run a command if it were evaluated once more. */
  hidden: boolean;
}

const deepest = 8;
const mostCommands = 20_000;
const mostNested = 500;
/** How many values of a loop are tried, by how many loops are around it. */
const loopValues = [8, 4];
const tooMuch = deny('opaque-code', 'It hides commands inside commands beyond what anybody can follow.');
type Node = Statement['command'];

/** Everything the rules have to say about a shell text, in the order of the text. */
export function walkText(text: string): readonly Located[] {
  const walk = newWalk(0, { commands: mostCommands, nested: mostNested });
  const scope: Scope = {
    variables: new Map(),
    positional: undefined,
    cwd: undefined,
    functions: new Map(),
    stdin: { kind: 'none' },
    splitsUnknown: false,
    past: { fetched: false, wrote: new Set() },
    depth: 0,
    outputOf: outputOfScript,
  };
  walkScript(parse(text), scope, walk);
  return walk.found;
}

function walkScript(script: ParsedScript, scope: Scope, walk: Walk): void {
  if (scope.depth > deepest) return report(walk, tooMuch);
  if (script.errors?.length)
    report(
      walk,
      ask(
        'syntax',
        `The shell text cannot be read to the end: ${script.errors[0]?.message ?? 'syntax error'}.`,
      ),
    );
  walkStatements(script.commands, scope, walk);
  if (walk.evaluates && walk.hidden)
    report(
      walk,
      deny(
        'hidden-code',
        'A quoted text holds a command that the shell runs when it evaluates the text again.',
      ),
    );
}

function newWalk(at: number, budget: Walk['budget']): Walk {
  return { found: [], seen: new Set(), at, budget, loops: 0, evaluates: false, hidden: false };
}

/** Keeps the first finding of each rule. */
function report(walk: Walk, ...findings: readonly Finding[]): void {
  for (const finding of findings) {
    const key = `${finding.verdict} ${finding.rule}`;
    if (walk.seen.has(key)) continue;
    walk.seen.add(key);
    walk.found.push({ ...finding, at: walk.at });
  }
}

function walkStatements(statements: readonly Statement[], scope: Scope, walk: Walk): void {
  for (const statement of statements) {
    if (scope.depth === 0) walk.at = statement.pos;
    if (statement.background)
      report(walk, ask('background', 'It goes on by itself after the command has ended.'));
    walkNode(statement.command, scope, walk);
  }
}

function walkList(list: CompoundList, scope: Scope, walk: Walk): void {
  walkStatements(list.commands, scope, walk);
}

function walkNode(node: Node | FunctionNode['body'], scope: Scope, walk: Walk): void {
  switch (node.type) {
    case 'Command':
      return walkCommand(node, scope, walk);
    case 'Pipeline':
      return walkPipeline(node, scope, walk);
    case 'AndOr':
      for (const part of node.commands) walkNode(part, scope, walk);
      return;
    case 'CompoundList':
      return walkList(node, scope, walk);
    case 'Redirected': {
      const inner = redirected(node.redirects, scope, walk);
      return walkNode(node.command, { ...scope, stdin: inner }, walk);
    }
    case 'TestCommand':
      return walkTest(node, scope, walk);
    case 'Function':
      return walkFunction(node, scope, walk);
    default:
      report(walk, ask('compound', 'It uses groups, loops or conditions of the shell.'));
      return walkCompound(node, scope, walk);
  }
}

function walkCompound(
  node: Exclude<Node, { type: 'Command' | 'Pipeline' | 'AndOr' | 'Redirected' | 'TestCommand' | 'Function' }>,
  scope: Scope,
  walk: Walk,
): void {
  switch (node.type) {
    case 'Subshell':
      return walkList(node.body, innerScope(scope), walk);
    case 'BraceGroup':
      return walkList(node.body, scope, walk);
    case 'If':
      walkList(node.clause, scope, walk);
      walkList(node.then, scope, walk);
      for (const branch of node.elif) {
        walkList(branch.clause, scope, walk);
        walkList(branch.then, scope, walk);
      }
      if (node.else) walkList(node.else, scope, walk);
      return;
    case 'While':
      return walkLoop(node, scope, walk);
    case 'For':
    case 'Select':
      return walkFor(node, scope, walk);
    case 'ArithmeticFor':
      walk.evaluates = true;
      inspectChildren(node, scope, walk);
      if (!node.test && runsForEver(node))
        report(walk, deny('exhaustion', 'It loops without end and without a pause.'));
      return walkList(node.body, scope, walk);
    case 'ArithmeticCommand':
      walk.evaluates = true;
      if (/\$\(|`/.test(node.body.replaceAll('$((', '')))
        report(walk, deny('hidden-code', 'An arithmetic expression holds a command.'));
      return inspectChildren(node, scope, walk);
    case 'Case':
      inspectWord(node.word, scope, walk);
      for (const item of node.items) {
        for (const pattern of item.pattern) inspectWord(pattern, scope, walk);
        walkList(item.body, scope, walk);
      }
      return;
    case 'Coproc':
      return walkNode(node.body, innerScope(scope), walk);
  }
}

function walkLoop(node: While, scope: Scope, walk: Walk): void {
  walkList(node.clause, scope, walk);
  const clause = namesIn(node.clause);
  const always = node.kind === 'while' ? ['true', ':'] : ['false'];
  if (clause.length === 1 && always.includes(clause[0] as string) && runsForEver(node))
    report(walk, deny('exhaustion', 'It loops without end and without a pause.'));
  walkList(node.body, scope, walk);
}

function walkFor(node: For | Select, scope: Scope, walk: Walk): void {
  for (const word of node.wordlist ?? []) inspectWord(word, scope, walk);
  const values = (node.wordlist ?? []).flatMap((word) => resolveWord(word, scope)).map((field) => field.text);
  const tried = values.length > 0 ? values.slice(0, loopValues[walk.loops] ?? 1) : [opaque];
  walk.loops++;
  for (const value of tried) {
    scope.variables.set(node.name.value, [value]);
    walkList(node.body, scope, walk);
  }
  walk.loops--;
}

function walkFunction(node: FunctionNode, scope: Scope, walk: Walk): void {
  const name = node.name.value;
  report(walk, ask('compound', 'It defines a function of the shell.'));
  if (namesIn(node.body).includes(name))
    report(walk, deny('exhaustion', 'It defines a function that starts itself again and again.'));
  walkNode(node.body, innerScope(scope, { positional: undefined, depth: scope.depth + 1 }), walk);
  scope.functions.set(name, node.body);
}

function walkTest(node: TestCommand, scope: Scope, walk: Walk): void {
  const expression = node.expression;
  inspectChildren(node, scope, walk);
  const operators: string[] = [];
  const visit = (child: SyntaxNode): void => {
    if (child.type === 'TestUnary' || child.type === 'TestBinary') operators.push(child.operator);
    forEachChild(child, visit);
  };
  visit(node);
  if (operators.some((operator) => /^-(v|R|eq|ne|lt|le|gt|ge)$/.test(operator))) {
    walk.evaluates = true;
    report(walk, ask('evaluation', 'It evaluates a text as a variable name or a number.'));
  }
  const args =
    expression.type === 'TestUnary'
      ? [expression.operator, resolveText(expression.operand, scope)]
      : expression.type === 'TestBinary'
        ? [resolveText(expression.left, scope), expression.operator, resolveText(expression.right, scope)]
        : undefined;
  if (!args) return report(walk, ask('compound', 'It combines several tests.'));
  report(walk, ...judgeCall(callOf(['test', ...args], scope), nestedIn(scope, walk), false));
}

function walkPipeline(node: Pipeline, scope: Scope, walk: Walk): void {
  let stdin = scope.stdin;
  const from: string[] = [];
  for (const stage of node.commands) {
    const inner = innerScope(scope, { stdin });
    walkNode(stage, inner, walk);
    if (inner.cwd !== scope.cwd)
      report(
        walk,
        ask('shell-state', 'Shells differ on whether the folder is still another one after a pipe.'),
      );
    const reads = stage.type === 'Command' ? stdinOf(stage, inner) : stdin;
    const text = stage.type === 'Command' ? outputOfCommand(stage, inner, reads) : undefined;
    from.push(stage.type === 'Command' ? (stage.name?.value ?? '') : stage.type);
    stdin = text === undefined ? { kind: 'unknown', from: [...from] } : { kind: 'text', text };
  }
}

/** What a command of a pipeline reads, judged elsewhere. */
function stdinOf(command: Command, scope: Scope): Stdin {
  return command.redirects.reduce<Stdin>(
    (stdin, redirect) =>
      redirect.type === 'HereDoc' || redirect.type === 'HereString'
        ? (judgeRedirect(redirect, scope).stdin ?? stdin)
        : stdin,
    scope.stdin,
  );
}

/** Judges redirections and answers what is read because of them. */
function redirected(redirects: readonly Redirection[], scope: Scope, walk: Walk): Stdin {
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

function walkCommand(node: Command, outer: Scope, walk: Walk): void {
  if (outer.depth === 0) walk.at = node.pos;
  if (walk.budget.commands-- <= 0) return report(walk, tooMuch);
  const scope = outer;
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
  if (['test', '[', 'printf', 'wait'].includes(name)) return args.some((arg) => /^-[vRp]$/.test(arg));
  return false;
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
    const inside = innerScope(scope, { positional: [...words], depth: scope.depth + 1 });
    inside.functions.delete(name);
    walkNode(called, inside, walk);
    return;
  }
  const findings = judgeWords(words, patterns, scope, walk, true);
  report(walk, ...findings);
  if (evaluatesAgain(words)) walk.evaluates = true;
  remember(words, scope, after);
}

/** With unknown pieces there are two readings, and the worse one counts: as they are, and empty. */
function judgeWords(
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
  const [written = '', ...args] = words;
  const program = written.includes('/') ? (normalPath(written).split('/').at(-1) ?? written) : written;
  return { program, written, args, patterns, stdin: scope.stdin, cwd: scope.cwd, past: scope.past };
}

function nestedIn(scope: Scope, walk: Walk): Nested {
  const deeper = (changes: Partial<Scope>) => innerScope(scope, { depth: scope.depth + 1, ...changes });
  return {
    words: (words) => {
      if (scope.depth >= deepest || walk.budget.nested-- <= 0) return [tooMuch];
      return judgeWords(words, [], deeper({}), walk, false);
    },
    text: (text, positional) => {
      if (scope.depth >= deepest || walk.budget.nested-- <= 0) return [tooMuch];
      const inside = newWalk(walk.at, walk.budget);
      walkScript(parse(text), deeper(positional ? { positional } : {}), inside);
      return inside.found;
    },
  };
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
  scope.variables.set(name, values);
  if (name === 'IFS') scope.splitsUnknown = true;
  report(walk, ...judgeVariable(name, values.join(' ')));
}

/** Walks what runs inside a word, and asks about a word that is more than characters and quotes. */
function inspectWord(word: Word, scope: Scope, walk: Walk): void {
  noteHidden(word, walk);
  if (plainWord(word) !== undefined) return;
  report(
    walk,
    ask('expansion', 'A value in it is only known on the host, or is spelled in a way that hides it.'),
  );
  for (const part of word.parts ?? []) inspectPart(part, scope, walk);
}

function inspectPart(node: SyntaxNode, scope: Scope, walk: Walk): void {
  if (node.type === 'Script') {
    walkScript(node, innerScope(scope, { stdin: { kind: 'none' } }), walk);
    return;
  }
  if (node.type.startsWith('Arithmetic')) {
    walk.evaluates = true;
    if (node.type === 'ArithmeticExpansion' && /\$\((?!\()|`/.test(node.text.slice(3)))
      report(walk, deny('hidden-code', 'An arithmetic expression holds a command.'));
  }
  if (
    node.type === 'ParameterExpansion' &&
    (node.index ||
      node.prefix === '!' ||
      node.operation?.type === 'Transform' ||
      node.operation?.type === 'Slice')
  )
    walk.evaluates = true;
  if (node.type === 'Word') noteHidden(node, walk);
  forEachChild(node, (child) => inspectPart(child, scope, walk));
}

function inspectChildren(node: SyntaxNode, scope: Scope, walk: Walk): void {
  forEachChild(node, (child) => {
    if (child.type === 'CompoundList') return;
    if (child.type === 'Word') inspectWord(child, scope, walk);
    else inspectPart(child, scope, walk);
  });
}

/** A literal such as `a[$(x)]` is harmless until something evaluates it. */
function noteHidden(word: Word, walk: Walk): void {
  if (
    /\[[^\]]*(\$\(|`|<\()/s.test(word.value) &&
    !word.parts?.some((part) => part.type === 'CommandExpansion')
  )
    walk.hidden = true;
}
