import type { Phrase, PhrasePart } from '../catalog/phrase.ts';

/** A state of a phrase's network, by its place in the list; each names the states that may follow. */
export type Node =
  | { readonly kind: 'slot'; readonly name: string; readonly next: number }
  | { readonly kind: 'word'; readonly text: string; readonly next: number }
  | {
      readonly kind: 'split';
      readonly words: ReadonlyMap<string, readonly number[]>;
      readonly others: readonly number[];
    }
  | { readonly kind: 'end' };

/** A phrase as a network that is walked word by word, built from its end; alternatives share what follows them. */
export function network(phrase: Phrase): { readonly nodes: readonly Node[]; readonly start: number } {
  const nodes: Node[] = [{ kind: 'end' }];
  const build = (parts: Phrase, next: number): number => {
    let follow = next;
    for (const part of [...parts].reverse()) follow = buildPart(part, follow);
    return follow;
  };
  const buildPart = (part: PhrasePart, next: number): number => {
    if (part.kind !== 'group') return nodes.push({ ...part, next }) - 1;
    const words = new Map<string, number[]>();
    const others: number[] = [];
    for (const option of part.options) {
      const entry = build(option, next);
      const node = nodes[entry] as Node;
      if (node.kind === 'word') {
        const list = words.get(node.text);
        if (list === undefined) words.set(node.text, [node.next]);
        else list.push(node.next);
      } else others.push(entry);
    }
    if (part.optional) others.push(next);
    return nodes.push({ kind: 'split', words, others }) - 1;
  };
  return { start: build(phrase, 0), nodes };
}
