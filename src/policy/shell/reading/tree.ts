import { type ArithmeticFor, forEachChild, type SyntaxNode, type While } from 'unbash';

/** Whether a loop has nothing in it that waits or ends it. */
export function runsForEver(node: While | ArithmeticFor): boolean {
  const pauses = new Set(['sleep', 'read', 'wait', 'break', 'exit', 'return', 'inotifywait', 'timeout']);
  return !namesIn(node.body).some((name) => pauses.has(name));
}

/** The plain names of all commands below a node. */
export function namesIn(node: SyntaxNode): string[] {
  const names: string[] = [];
  const visit = (child: SyntaxNode): void => {
    if (child.type === 'Command' && child.name) names.push(child.name.value);
    forEachChild(child, visit);
  };
  visit(node);
  return names;
}
