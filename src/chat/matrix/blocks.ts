import { inertText } from '#platform/untrusted-text.ts';
import { columns, oneLine, widthOf, wrap } from './columns.ts';
import { attribute, escapeHtml, inertHtml, pressable } from './inert-html.ts';

/**
 * A message as a list of blocks, from which the plain text and the HTML are drawn, so that both say the same. All text
 * in them may come from people or hosts; nothing in it is formatted, linked or hidden.
 */
export type Block =
  | { readonly kind: 'text'; readonly pieces: readonly Piece[] }
  /** Somebody's own words. */
  | { readonly kind: 'quote'; readonly who: string; readonly words: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  /** A list whose lines have links and strong words in them. */
  | { readonly kind: 'lines'; readonly items: readonly (readonly Piece[])[] }
  /** A line with a mark in front, and the command it stands for below. */
  | { readonly kind: 'steps'; readonly items: readonly StepLine[] }
  /** Text of a host, to the letter: what is hidden in it becomes visible, nothing else changes. */
  | {
      readonly kind: 'output';
      readonly text: string;
      readonly language: 'diff' | null;
      readonly indent: string;
    }
  /** An empty line in the plain text; blocks of HTML stand apart by themselves. */
  | { readonly kind: 'gap' };

export interface StepLine {
  readonly mark: string;
  readonly words: string;
  readonly after: string;
  /** Null where the command isn't shown. */
  readonly command: string | null;
}

export type Piece =
  | string
  | { readonly strong: string }
  /** What somebody may type, or a name: shown as code. */
  | { readonly code: string }
  | { readonly link: string; readonly address: string };

export const gap: Block = { kind: 'gap' };

export function text(...pieces: readonly Piece[]): Block {
  return { kind: 'text', pieces };
}

/**
 * The plain text. A card's prose is set in so many columns, so that its slots line up; sentences that stand alone are
 * left to the client to break.
 */
export function plainText(blocks: readonly Block[], width: number = columns): string {
  return blocks
    .flatMap((block) => plainLines(block, width))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function plainLines(block: Block, width: number): string[] {
  switch (block.kind) {
    case 'text':
      return wrap(block.pieces.map(plainPiece).join(''), '', '', width).map((line) =>
        line.replaceAll(kept, ' '),
      );
    case 'quote':
      return wrap(plain(`${block.who}: “${block.words}”`));
    case 'list':
      return block.items.flatMap((item) => wrap(plain(item), '• ', '  '));
    case 'lines':
      return block.items.flatMap((pieces) =>
        wrap(pieces.map(plainPiece).join(''), '• ', '  ').map((line) => line.replaceAll(kept, ' ')),
      );
    case 'steps':
      return block.items.flatMap(plainStep);
    case 'output':
      return inertText(block.text)
        .split('\n')
        .map((line) => `${block.indent}${line}`.trimEnd());
    case 'gap':
      return [''];
  }
}

function plainStep({ mark, words, after, command }: StepLine): string[] {
  const indent = ' '.repeat(widthOf(mark) + 1);
  const time = after.replace(beforeUnit, kept);
  const head = wrap(plain(words) + time, `${mark} `, indent).map((line) => line.replaceAll(kept, ' '));
  if (command === null) return head;
  const [first = '', ...rest] = inertText(command).split('\n');
  return [...head, `${indent}$ ${first}`, ...rest.map((line) => `${indent}| ${line}`)];
}

/** A space that no line is broken at: what somebody types stays in one piece. Never in a text that was made inert. */
const kept = '\ue000';

/** The space in "12 s" and "4 min". */
const beforeUnit = /(?<=\d) (?=s|min|h)/g;

function plainPiece(piece: Piece): string {
  if (typeof piece === 'string') return plain(piece, false);
  if ('strong' in piece) return plain(piece.strong);
  if ('code' in piece) return plain(piece.code).replaceAll(' ', kept);
  return piece.link === piece.address ? plain(piece.address) : plain(`${piece.link}: ${piece.address}`);
}

function plain(words: string, trimmed = true): string {
  const inert = inertText(words);
  return trimmed ? oneLine(inert) : inert.replace(/\s+/g, ' ');
}

/** The HTML, of the few elements every client draws: b, br, ul, li, pre, code, a, blockquote, p. */
export function html(blocks: readonly Block[]): string {
  let drawn = '';
  let open = false;
  for (const block of blocks) {
    if (block.kind === 'text') {
      drawn += `${open ? '<br>' : '<p>'}${block.pieces.map(htmlPiece).join('')}`;
      open = true;
      continue;
    }
    if (open) drawn += '</p>';
    open = false;
    drawn += htmlBlock(block);
  }
  return open ? `${drawn}</p>` : drawn;
}

function htmlBlock(block: Exclude<Block, { kind: 'text' }>): string {
  switch (block.kind) {
    case 'quote':
      return `<blockquote>${inertHtml(oneLine(inertText(`${block.who}: ${block.words}`)))}</blockquote>`;
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${inertHtml(oneLine(inertText(item)))}</li>`).join('')}</ul>`;
    case 'lines':
      return `<ul>${block.items.map((pieces) => `<li>${pieces.map(htmlPiece).join('')}</li>`).join('')}</ul>`;
    case 'steps':
      return htmlSteps(block.items);
    case 'output': {
      if (block.language === null && isOneSentence(block.text))
        return `<p><code>${escapeHtml(block.text)}</code></p>`;
      const language = block.language === null ? '' : ` class="language-${block.language}"`;
      return `<pre><code${language}>${escapeHtml(block.text)}\n</code></pre>`;
    }
    case 'gap':
      return '';
  }
}

/** Not `ol`: its numbers are the client's, and a step is called by the number it has in the plan. */
function htmlSteps(items: readonly StepLine[]): string {
  const bare = items.every(({ command }) => command === null);
  return bare ? `<p>${items.map(htmlStepLine).join('<br>')}</p>` : items.map(htmlStep).join('');
}

function htmlStepLine({ mark, words, after }: StepLine): string {
  const time = after.replace(beforeUnit, '\u00a0');
  return `${escapeHtml(mark)} ${inertHtml(oneLine(inertText(words)))}${escapeHtml(time)}`;
}

/**
 * Clients cut the lines of `pre` at the edge of a phone and hide the rest behind a scroll nobody sees; `code` in a
 * sentence is broken instead, so that a command is read whole before it is approved. Only a command with line feeds or
 * runs of spaces, which a sentence would lose, stands in `pre`.
 */
function htmlStep(step: StepLine): string {
  const line = htmlStepLine(step);
  if (step.command === null) return `<p>${line}</p>`;
  const command = inertText(step.command);
  return isOneSentence(command)
    ? `<p>${line}<br><code>${escapeHtml(command)}</code></p>`
    : `<p>${line}</p><pre><code>${escapeHtml(command)}\n</code></pre>`;
}

/** Whether a text loses nothing where spaces and line feeds count as one space. */
function isOneSentence(words: string): boolean {
  return oneLine(words) === words;
}

function htmlPiece(piece: Piece): string {
  if (typeof piece === 'string') return inertHtml(inertText(piece).replace(/\s+/g, ' '));
  if ('strong' in piece) return `<b>${inertHtml(oneLine(inertText(piece.strong)))}</b>`;
  // What somebody types stays in one piece here, too: a code that a phone breaks in two is read as two.
  if ('code' in piece) return `<code>${escapeHtml(oneLine(piece.code)).replaceAll(' ', '\u00a0')}</code>`;
  const address = pressable(piece.address);
  return address === null
    ? inertHtml(plainPiece(piece))
    : `<a href="${attribute(address)}">${escapeHtml(oneLine(piece.link))}</a>`;
}
