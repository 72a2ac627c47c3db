import type { AnswerLine, AnswerLink, RecordAnswer } from './record-answer.ts';
import { outcomeWords } from './state-words.ts';

/** "… and 12 more"; null when everything is shown. */
export function moreWords({ more }: Pick<RecordAnswer, 'more'>): string | null {
  if (more === null) return null;
  return more.atLeast ? `… and more than ${more.count} more` : `… and ${more.count} more`;
}

/** What a line says besides when it was and where it leads: "Update Jellyfin on n100 · Anna · Failed · step 4: …". */
export function lineWords(line: AnswerLine): readonly string[] {
  return [
    line.what,
    ...(line.who === null ? [] : [line.who]),
    ...(line.outcome === null ? [] : [outcomeWords[line.outcome].word]),
    ...(line.note === null ? [] : [line.note]),
  ];
}

/** "P-142", "commit a1b2c3d4e5f6". */
export function linkName(link: AnswerLink): string {
  return link.kind === 'commit' ? `commit ${link.name}` : link.name;
}
