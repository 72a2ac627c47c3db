import type { PlanContent } from '#core/plan.ts';
import type { Step } from '#core/step.ts';
import { hidesCharacters } from './shell/hidden-characters.ts';
import { isPadded, type Room } from './shell/is-padded.ts';

/** Something in a plan that a reader of its card would not see. */
export interface Unreadable {
  /** The step it is in; null for the words around the steps. */
  readonly stepId: string | null;
  readonly rule: 'floor.hidden-characters' | 'floor.padding';
  /** One sentence for a person. */
  readonly reason: string;
}

/**
 * The first part of a plan that can't be read as it stands on a card: letters nobody sees or that look like others, and
 * blanks or empty lines that push the rest out of sight. A yes to something unread is no yes, so such a plan is not
 * even shown. Null when everything is plain to read.
 */
export function findUnreadable(content: PlanContent): Unreadable | null {
  for (const step of content.steps) {
    const found = inStep(step);
    if (found !== null) return found;
  }
  const around = [
    content.title,
    content.verification,
    content.undo,
    content.link ?? '',
    ...content.effects.flatMap(({ host, what, change, before = '', after = '' }) => [
      host,
      what,
      change,
      before,
      after,
    ]),
  ];
  return around.some((words) => hidesCharacters(words) || isPadded(words, sentence))
    ? {
        stepId: null,
        rule: 'floor.hidden-characters',
        reason: 'What the plan says about itself holds characters or gaps that a reader would not see.',
      }
    : null;
}

// Commands are one line or a few, files may be laid out in columns and sections.
const sentence: Room = { blanks: 8, indent: 8, emptyLines: 2 };
const command: Room = { blanks: 16, indent: 40, emptyLines: 3 };
const file: Room = { blanks: 80, indent: 120, emptyLines: 12 };

function inStep(step: Step): Unreadable | null {
  const hidden = (what: string, words: string): Unreadable | null =>
    hidesCharacters(words)
      ? {
          stepId: step.id,
          rule: 'floor.hidden-characters',
          reason: `${what} holds characters that cannot be seen or that look like others, so what is shown is not what it is.`,
        }
      : null;
  const padded = (what: string, words: string, room: Room): Unreadable | null =>
    isPadded(words, room) || (room === sentence && /[\n\t]/.test(words))
      ? {
          stepId: step.id,
          rule: 'floor.padding',
          reason: `${what} holds blanks or line breaks that would put what follows them out of sight.`,
        }
      : null;
  const of = (what: string, words: string, room: Room): Unreadable | null =>
    hidden(what, words) ?? padded(what, words, room);
  const told =
    of('Its summary', step.summary, sentence) ??
    of('The host it names', step.target, sentence) ??
    of('The way to undo it', step.undo.how, sentence);
  if (told !== null) return told;
  switch (step.uses) {
    case 'shell':
      return of('The command', step.command, command);
    case 'file':
      // Which characters a path and a content may hold depends on what kind of file it is: `judgeFile` says so.
      return (
        padded('The path it writes', step.path, command) ?? padded('The file it writes', step.content, file)
      );
    case 'http':
      return (
        of('The address', step.url, sentence) ?? of('The text it waits for', step.expectBody ?? '', command)
      );
    case 'wait':
      return null;
  }
}
