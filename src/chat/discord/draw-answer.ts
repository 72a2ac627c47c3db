import { linkName, moreWords } from '#core/answer-words.ts';
import type { AnswerLine, AnswerLink, RecordAnswer, Wording } from '#core/record-answer.ts';
import { outcomeWords, stateSigns } from '#core/state-words.ts';
import { webAddress } from './draw-actions.ts';
import { codeBlock, firstLines, inertLine, shorten } from './inert-markdown.ts';

const mostWhat = 140;
const mostNote = 160;
const mostOutput = 500;
const mostAdvice = 300;

/** How much of an answer is drawn: every link, only the first of each line, or none. */
type Links = 'all' | 'first' | 'none';

/**
 * An answer about the record as markdown, within so many characters. Times are Discord's own, which every reader sees
 * in a zone and clock of theirs. Only the console's own pages are linked; what people and hosts wrote is inert.
 */
export function drawAnswer(answer: RecordAnswer, site: string | null, most: number): string {
  for (const links of ['all', 'first', 'none'] as const) {
    const text = drawAt(answer, site, links).join('\n');
    if (text.length <= most) return text;
  }
  return firstLines(drawAt(answer, site, 'none'), most).join('\n');
}

function drawAt(answer: RecordAnswer, site: string | null, links: Links): string[] {
  const lines = [wording(answer.sentence)];
  for (const group of answer.groups) {
    if (group.title !== null) lines.push(`**${inertLine(shorten(group.title, 100))}**`);
    lines.push(...group.lines.map((line) => `- ${drawLine(line, site, links)}`));
  }
  const more = moreWords(answer);
  if (more !== null) lines.push(`${more} ${linked('on the Audit page', answer.path, site)}`);
  if (answer.output !== null) lines.push(codeBlock(shorten(answer.output, mostOutput)));
  if (answer.advice !== null) lines.push(inertLine(shorten(answer.advice, mostAdvice)));
  return lines;
}

function drawLine(line: AnswerLine, site: string | null, links: Links): string {
  const named = line.links.filter(({ kind, path }) => kind !== 'log' || (path !== null && site !== null));
  const shown = links === 'all' ? named : named.slice(0, 1);
  return [
    ...(line.at === null ? [] : [moment(line.at, 'f')]),
    `**${inertLine(shorten(line.what, mostWhat))}**`,
    ...(line.who === null ? [] : [inertLine(shorten(line.who, 60))]),
    ...(line.outcome === null ? [] : [outcomeText(line.outcome)]),
    ...(line.note === null ? [] : [inertLine(shorten(line.note, mostNote))]),
    ...shown.map((link) => drawLink(link, links === 'none' ? null : site)),
  ].join(' · ');
}

function outcomeText(outcome: NonNullable<AnswerLine['outcome']>): string {
  const { state, word } = outcomeWords[outcome];
  return `${stateSigns[state].symbol} ${word}`;
}

function drawLink(link: AnswerLink, site: string | null): string {
  return link.path === null ? inertLine(linkName(link)) : linked(linkName(link), link.path, site);
}

/** A page of the console by its name; only the name where no address of the console is known that Discord takes. */
function linked(name: string, path: string, site: string | null): string {
  const address = site === null ? null : `${site}${path}`;
  const pressable = address !== null && webAddress(address) && !/[\s<>()]/.test(address);
  return pressable ? `[${inertLine(name)}](<${address}>)` : inertLine(name);
}

function wording(sentence: Wording): string {
  return sentence
    .map((piece) =>
      typeof piece === 'string'
        ? `${/^\s/.test(piece) ? ' ' : ''}${inertLine(piece)}${/\s$/.test(piece) ? ' ' : ''}`
        : moment(piece.at, piece.how === 'day' ? 'D' : 'f'),
    )
    .join('');
}

function moment(iso: string, style: 'f' | 'D'): string {
  const at = Date.parse(iso);
  return Number.isNaN(at) ? inertLine(iso) : `<t:${Math.floor(at / 1000)}:${style}>`;
}
