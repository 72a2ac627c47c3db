import {
  type AndOr,
  type Case,
  type Command,
  type CompoundList,
  type For,
  type Function as FunctionNode,
  forEachChild,
  type If,
  type ParsedScript,
  type Pipeline,
  parse,
  type Select,
  type Statement,
  type SyntaxNode,
  type TestCommand,
  type While,
} from 'unbash';
import { judgeRedirect } from './judge-redirect.ts';
import { outputOfCommand, outputOfScript } from './reading/literal-output.ts';
import { resolveText, resolveWord } from './reading/resolve-word.ts';
import {
  assign,
  goBack,
  innerScope,
  opaque,
  orElse,
  type Scope,
  type Standing,
  type Stdin,
  standingOf,
} from './reading/scope.ts';
import { namesIn, runsForEver } from './reading/tree.ts';
import { ask, deny } from './verdict.ts';
import { inspectChildren, inspectWord } from './walking/inspect-word.ts';
import { judgeWords } from './walking/judge-words.ts';
import { redirected, walkCommand } from './walking/walk-command.ts';
import { deepest, type Located, newWalk, report, tooMuch, type Walk } from './walking/walk-state.ts';

export type { Located } from './walking/walk-state.ts';

/** How many values of a loop are tried, by how many loops are around it. */
const loopValues = [16, 4];
type Node = Statement['command'];

/** Everything the rules have to say about a shell text, in the order of the text. */
export function walkText(text: string): readonly Located[] {
  const walk = newWalk(0, { script: walkScript, body: walkNode });
  const scope: Scope = {
    variables: new Map(),
    positional: undefined,
    cwd: undefined,
    otherwise: [],
    functions: new Map(),
    stdin: { kind: 'none' },
    splitsUnknown: false,
    past: { fetched: false, onMain: false, wrote: new Set() },
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
      return walkAndOr(node, scope, walk);
    case 'CompoundList':
      return walkList(node, scope, walk);
    case 'Redirected': {
      const inside = { ...scope, stdin: redirected(node.redirects, scope, walk) };
      walkNode(node.command, inside, walk);
      scope.cwd = inside.cwd;
      return;
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
      return walkIf(node, scope, walk);
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
      return maybe(scope, () => walkList(node.body, scope, walk));
    case 'ArithmeticCommand':
      walk.evaluates = true;
      if (/\$\(|`/.test(node.body.replaceAll('$((', '')))
        report(walk, deny('hidden-code', 'An arithmetic expression holds a command.'));
      return inspectChildren(node, scope, walk);
    case 'Case':
      return walkCase(node, scope, walk);
    case 'Coproc':
      // It reads what others write to it later.
      return walkNode(node.body, innerScope(scope, { stdin: { kind: 'unknown', from: ['coproc'] } }), walk);
  }
}

/** Walks something that may be skipped when the script runs: what stood before it may stand after it. */
function maybe(scope: Scope, go: () => void): void {
  const before = standingOf(scope);
  go();
  orElse(scope, before);
}

/** In `a && b || c` everything but the first may be skipped. */
function walkAndOr(node: AndOr, scope: Scope, walk: Walk): void {
  const [first, ...more] = node.commands;
  if (first) walkNode(first, scope, walk);
  for (const part of more) maybe(scope, () => walkNode(part, scope, walk));
}

function walkIf(node: If, scope: Scope, walk: Walk): void {
  const ends: Standing[] = [];
  const branches = [node, ...node.elif].map((part) => [part.clause, part.then] as const);
  for (const [clause, body] of branches) {
    walkList(clause, scope, walk);
    ends.push(branch(scope, () => walkList(body, scope, walk)));
  }
  if (node.else) walkList(node.else, scope, walk);
  for (const end of ends) orElse(scope, end);
}

/** Walks one of several branches and goes back to before it; answers how things stand at its end. */
function branch(scope: Scope, go: () => void): Standing {
  const before = standingOf(scope);
  go();
  const end = standingOf(scope);
  goBack(scope, before);
  return end;
}

function walkCase(node: Case, scope: Scope, walk: Walk): void {
  inspectWord(node.word, scope, walk);
  const ends = node.items.map((item) => {
    for (const pattern of item.pattern) inspectWord(pattern, scope, walk);
    return branch(scope, () => walkList(item.body, scope, walk));
  });
  for (const end of ends) orElse(scope, end);
}

function walkLoop(node: While, scope: Scope, walk: Walk): void {
  walkList(node.clause, scope, walk);
  const clause = namesIn(node.clause);
  const always = node.kind === 'while' ? ['true', ':'] : ['false'];
  if (clause.length === 1 && always.includes(clause[0] as string) && runsForEver(node))
    report(walk, deny('exhaustion', 'It loops without end and without a pause.'));
  maybe(scope, () => walkList(node.body, scope, walk));
}

function walkFor(node: For | Select, scope: Scope, walk: Walk): void {
  for (const word of node.wordlist ?? []) inspectWord(word, scope, walk);
  const values = (node.wordlist ?? []).flatMap((word) => resolveWord(word, scope)).map((field) => field.text);
  const most = loopValues[walk.loops] ?? 1;
  const tried = values.slice(0, most);
  // A value that is not tried might be any. Loops inside loops inside loops would be too many to try them all.
  if (values.length === 0 || (values.length > most && walk.loops < loopValues.length)) tried.push(opaque);
  walk.loops++;
  maybe(scope, () => {
    for (const value of tried) {
      assign(scope, node.name.value, [value]);
      walkList(node.body, scope, walk);
    }
  });
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
  report(walk, ...judgeWords(['test', ...args], [], scope, walk, false));
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
