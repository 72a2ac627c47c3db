import { linkName, moreWords } from '#core/answer-words.ts';
import type { AnswerLine, AnswerLink, RecordAnswer } from '#core/record-answer.ts';
import { outcomeWords, stateSigns } from '#core/state-words.ts';
import { zonedMoment } from '#flow/zoned-moment.ts';
import { type Block, type Piece, text } from './blocks.ts';
import type { Detail } from './card-detail.ts';
import { output } from './card-parts.ts';
import { oneLine, shorten } from './columns.ts';
import { zonedTime } from './zoned-time.ts';

/** An answer about the record: the sentence, a list whose lines lead to the console, and where the rest stands. */
export function recordAnswer(
  answer: RecordAnswer,
  around: { readonly site: string | null; readonly zone: string; readonly asOf: string },
  { lines: mostLines, most }: Detail,
): Block[] {
  const { site, zone, asOf } = around;
  const sentence = answer.sentence.map((piece) =>
    typeof piece === 'string'
      ? piece
      : piece.how === 'day'
        ? zonedMoment(piece.at, 'day', new Date(asOf), zone)
        : zonedTime(piece.at, asOf, zone),
  );
  const blocks: Block[] = [text(shorten(sentence.join(''), most.message))];
  let room = mostLines;
  for (const group of answer.groups) {
    const shown = group.lines.slice(0, Math.max(0, room));
    room -= shown.length;
    if (shown.length === 0) continue;
    if (group.title !== null) blocks.push(text({ strong: shorten(oneLine(group.title), most.line) }));
    blocks.push({ kind: 'lines', items: shown.map((line) => lineOf(line, around, most.line)) });
  }
  const cut = answer.groups.reduce((sum, group) => sum + group.lines.length, 0) - mostLines;
  if (cut > 0) blocks.push(text(`… ${cut} more ${cut === 1 ? 'line' : 'lines'}`));
  const more = moreWords(answer);
  if (more !== null) {
    const place = site === null ? ' on the Audit page.' : '';
    blocks.push(
      text(
        `${more}${place === '' ? ' ' : place}`,
        ...(site === null ? [] : [{ link: 'on the Audit page', address: `${site}${answer.path}` }]),
      ),
    );
  }
  if (answer.output !== null) blocks.push(output(shorten(answer.output, most.message), '| '));
  if (answer.advice !== null) blocks.push(text(shorten(oneLine(answer.advice), most.message)));
  return blocks;
}

function lineOf(
  line: AnswerLine,
  { site, zone, asOf }: { readonly site: string | null; readonly zone: string; readonly asOf: string },
  most: number,
): Piece[] {
  const words = [
    ...(line.who === null ? [] : [line.who]),
    ...(line.outcome === null ? [] : [outcomeText(line.outcome)]),
    ...(line.note === null ? [] : [line.note]),
  ].map((part) => shorten(oneLine(part), most));
  return [
    ...(line.at === null ? [] : [`${zonedTime(line.at, asOf, zone)} · `]),
    { strong: shorten(oneLine(line.what), most) },
    ...words.map((word) => ` · ${word}`),
    ...line.links.flatMap((link) => {
      const piece = linkPiece(link, site);
      return piece === null ? [] : [' · ', piece];
    }),
  ];
}

function outcomeText(outcome: NonNullable<AnswerLine['outcome']>): string {
  const { state, word } = outcomeWords[outcome];
  return `${stateSigns[state].symbol} ${word}`;
}

/** A log is only worth naming where it can be opened. */
function linkPiece(link: AnswerLink, site: string | null): Piece | null {
  const name = linkName(link);
  if (link.path === null || site === null) return link.kind === 'log' ? null : name;
  return { link: name, address: `${site}${link.path}` };
}
