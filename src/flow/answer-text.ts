import { lineWords, linkName, moreWords } from '#core/answer-words.ts';
import type { AnswerLine, RecordAnswer, Wording } from '#core/record-answer.ts';
import { zonedMoment } from './zoned-moment.ts';

/** How somebody reads an answer: which day is today, in which zone, and how a path becomes an address. */
export interface AnswerReader {
  readonly now: Date;
  /** An IANA name. */
  readonly zone: string;
  /** The address of a path of the console; null where none is known that the reader can open. */
  readonly address: (path: string) => string | null;
}

/** An answer about the record as plain text, as programs and terminals read it. */
export function answerText(answer: RecordAnswer, reader: AnswerReader): string {
  const lines = [wordingText(answer.sentence, reader)];
  for (const group of answer.groups) {
    if (group.title !== null) lines.push('', group.title);
    for (const line of group.lines) lines.push(`• ${lineText(line, reader)}`);
  }
  const more = moreWords(answer);
  if (more !== null) {
    const address = reader.address(answer.path);
    lines.push(address === null ? `${more} on the Audit page.` : `${more}: ${address}`);
  }
  if (answer.output !== null) lines.push('', ...answer.output.split('\n').map((line) => `  │ ${line}`));
  if (answer.advice !== null) lines.push('', answer.advice);
  return lines.join('\n');
}

/** A sentence in the reader's zone. */
export function wordingText(wording: Wording, { now, zone }: Pick<AnswerReader, 'now' | 'zone'>): string {
  return wording
    .map((piece) => (typeof piece === 'string' ? piece : zonedMoment(piece.at, piece.how, now, zone)))
    .join('');
}

function lineText(line: AnswerLine, reader: AnswerReader): string {
  const when = line.at === null ? [] : [zonedMoment(line.at, 'moment', reader.now, reader.zone)];
  // The plan's name leads a person to everything else; a log is only worth naming with its address.
  const links = line.links.flatMap((link): string[] => {
    if (link.kind !== 'log') return [linkName(link)];
    const address = link.path === null ? null : reader.address(link.path);
    return address === null ? [] : [`${link.name} ${address}`];
  });
  return [...when, ...lineWords(line), ...links].join(' · ');
}
