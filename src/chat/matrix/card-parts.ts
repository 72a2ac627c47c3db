import { type Block, text } from './blocks.ts';

/** Text of a host. In the plain text every line begins with `indent`, so that it can't be taken for the card's own. */
export function output(lines: string, indent: string, language: 'diff' | null = null): Block {
  return { kind: 'output', text: lines, language, indent };
}

/** A cut says so: "… 31 more lines". */
export function cut(left: number, what: string, after = ''): Block[] {
  return left > 0 ? [text(`… ${count(left, `more ${what}`)}${after}`)] : [];
}

/** "1 step", "3 steps". */
export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
