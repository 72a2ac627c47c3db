import { type ArithmeticFor, forEachChild, type SyntaxNode, type While } from 'unbash';

/** Whether a loop has nothing in it that waits or ends it. */
export function runsForEver(node: While | ArithmeticFor): boolean {
  const pauses = new Set(['sleep', 'read', 'wait', 'break', 'exit', 'return', 'inotifywait', 'timeout']);
  // What waits in the background holds nothing up.
  return !namesIn(node.body, (child) => child.type === 'Statement' && child.background === true).some(
    (name) => pauses.has(name),
  );
}

/** The plain names of all commands below a node, but not below what is skipped. */
export function namesIn(node: SyntaxNode, skips: (node: SyntaxNode) => boolean = () => false): string[] {
  const names: string[] = [];
  const visit = (child: SyntaxNode): void => {
    if (skips(child)) return;
    if (child.type === 'Command' && child.name) names.push(child.name.value);
    forEachChild(child, visit);
  };
  visit(node);
  return names;
}
