import type { Outgoing } from '#chat/surface-port.ts';
import { stateSigns } from '#core/state-words.ts';
import { nameOf } from './card-slots.ts';
import { codeBlock, inertLine, inertMarkdown, lastLines, shorten } from './inert-markdown.ts';

/** Discord's limit for the content of a message. */
const mostContent = 2_000;
/** More people than this are never called at once. */
const mostMentions = 20;

/**
 * What a card says before it is drawn, and what a locked phone shows of it: "@Anna 🔶 P-142 needs you: Update Jellyfin
 * on n100".
 */
export function cardSentence({ card, mentions }: Extract<Outgoing, { kind: 'card' }>): string {
  const { emoji } = stateSigns[card.state];
  const state = card.stateWord.charAt(0).toLowerCase() + card.stateWord.slice(1);
  return `${called(mentions)}${emoji} ${nameOf(card)} ${inertLine(state)}: ${inertLine(shorten(card.title, 200))}`;
}

/** A note: the sentence first, then the last lines a host printed that fit. */
export function noteText({ words, output, mentions }: Extract<Outgoing, { kind: 'note' }>): string {
  const head = `${called(mentions)}${inertMarkdown(shorten(words, 900))}`;
  const content = shorten(head, mostContent);
  if (output === null || output.trim() === '') return content;
  const room = mostContent - content.length - codeBlock('').length - 2;
  return `${content}\n${codeBlock(lastLines(output.trimEnd().split('\n'), room).join('\n'))}`;
}

/** What is said to one person, within the limit of a message. */
export function toldText(words: string): string {
  return shorten(inertMarkdown(shorten(words, 1_500)), mostContent - 40);
}

/** Those who are really called: account ids only, each once. */
export function calledAccounts(mentions: readonly string[]): string[] {
  return [...new Set(mentions)].filter((account) => /^\d{15,20}$/.test(account)).slice(0, mostMentions);
}

function called(mentions: readonly string[]): string {
  return calledAccounts(mentions)
    .map((account) => `<@${account}> `)
    .join('');
}
