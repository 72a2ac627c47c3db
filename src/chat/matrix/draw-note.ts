import type { Outgoing } from '#chat/surface-port.ts';
import { type Block, gap, html, type Piece, plainText, text } from './blocks.ts';
import { oneLine, shorten } from './columns.ts';
import { fitsIntoEvent, type MessageText } from './event-size.ts';

const mostWords = 3_000;

/**
 * A note with what a host printed below it, as code. Of output that is too long the end is shown, and a line says what
 * is missing. Pure.
 */
export function drawNote(note: Extract<Outgoing, { kind: 'note' }>): MessageText {
  const words = text(shorten(oneLine(note.words), mostWords));
  const lines = note.output === null ? [] : note.output.trimEnd().split('\n');
  for (let shown = Math.min(lines.length, 200); ; shown = Math.floor(shown / 2)) {
    const kept = lines.slice(lines.length - shown).map((line) => shorten(line, 1_000));
    const left = lines.length - kept.length;
    const blocks: Block[] = [
      words,
      ...(left > 0 ? [text(`… ${left} ${left === 1 ? 'line' : 'lines'} before`)] : []),
      ...(kept.length > 0
        ? [gap, { kind: 'output', text: kept.join('\n'), language: null, indent: '| ' } as const]
        : []),
    ];
    const drawn = { body: plainText(blocks, Number.POSITIVE_INFINITY), html: html(blocks) };
    if (shown === 0 || fitsIntoEvent(drawn)) return drawn;
  }
}

/** An answer for one person, in a room where everybody sees it: their account in front. */
export function drawAnswer(account: string, words: string): MessageText {
  const pieces: Piece[] = [{ code: account }, `: ${shorten(oneLine(words), mostWords)}`];
  const blocks = [text(...pieces)];
  return { body: plainText(blocks, Number.POSITIVE_INFINITY), html: html(blocks) };
}
