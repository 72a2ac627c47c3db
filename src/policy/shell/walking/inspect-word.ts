import { forEachChild, type SyntaxNode, type Word } from 'unbash';
import { plainWord } from '../reading/plain-word.ts';
import { innerScope, type Scope } from '../reading/scope.ts';
import { ask, deny } from '../verdict.ts';
import { report, type Walk } from './walk-state.ts';

/** Walks what runs inside a word, and asks about a word that is more than characters and quotes. */
export function inspectWord(word: Word, scope: Scope, walk: Walk): void {
  noteHidden(word, walk);
  if (plainWord(word) !== undefined) return;
  report(
    walk,
    ask('expansion', 'A value in it is only known on the host, or is spelled in a way that hides it.'),
  );
  for (const part of word.parts ?? []) inspectPart(part, scope, walk);
}

/** Walks what runs inside a piece of a word. */
export function inspectPart(node: SyntaxNode, scope: Scope, walk: Walk): void {
  if (node.type === 'Script') {
    walk.into.script(node, innerScope(scope, { stdin: { kind: 'none' } }), walk);
    return;
  }
  // What stands in `>( )` reads whatever is written to it.
  if (node.type === 'ProcessSubstitution' && node.operator === '>' && node.script) {
    walk.into.script(node.script, innerScope(scope, { stdin: { kind: 'unknown', from: ['>()'] } }), walk);
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
  if (node.type === 'BraceExpansion' && isEndless(node.text))
    report(walk, deny('exhaustion', 'It spells out more words than the memory holds.'));
  if (node.type === 'Word') noteHidden(node, walk);
  forEachChild(node, (child) => inspectPart(child, scope, walk));
}

/** Whether a sequence such as `{1..999999999}` has more than a million words. */
function isEndless(text: string): boolean {
  return [...text.matchAll(/(-?[0-9]+)\.\.(-?[0-9]+)/g)].some(
    ([, first, last]) => Math.abs(Number(last) - Number(first)) > 1_000_000,
  );
}

/** Inspects the words of a construct, but not the commands in its body. */
export function inspectChildren(node: SyntaxNode, scope: Scope, walk: Walk): void {
  forEachChild(node, (child) => {
    if (child.type === 'CompoundList') return;
    if (child.type === 'Word') inspectWord(child, scope, walk);
    else inspectPart(child, scope, walk);
  });
}

/** A literal such as `a[$(x)]` is harmless until something evaluates it. */
export function noteHidden(word: Word, walk: Walk): void {
  if (
    /\[[^\]]*(\$\(|`|<\()/s.test(word.value) &&
    !word.parts?.some((part) => part.type === 'CommandExpansion')
  )
    walk.hidden = true;
}
