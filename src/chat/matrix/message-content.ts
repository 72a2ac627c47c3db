import { z } from 'zod';
import type { MessageText } from './event-size.ts';
import { attribute, escapeHtml } from './inert-html.ts';

/** Where a message stands in a thread: below its root, or nowhere in particular. */
export interface ThreadPosition {
  readonly root: string;
  /** The newest message of the thread, which clients without threads show as what is replied to. */
  readonly latest: string;
}

/**
 * Which revision of which request a card shows, inside its event: a reaction can come before it is written down which
 * message a card became, when Chiffon was stopped in between.
 */
const CardMark = z.object({ request: z.number().int(), hash: z.string().nullable() });
export type CardMark = z.infer<typeof CardMark>;

const cardMarkKey = 'chiffon.card';

export function cardMark({ request, hash }: CardMark): Record<string, unknown> {
  return { [cardMarkKey]: { request, hash } };
}

/** The mark of an event of Chiffon's own; null when it is no card. */
export function readCardMark(content: Readonly<Record<string, unknown>>): CardMark | null {
  return CardMark.safeParse(content[cardMarkKey]).data ?? null;
}

/** A message as the content of an event. `m.text` makes a sound where it mentions somebody; `m.notice` never does. */
export function messageContent(
  drawn: MessageText,
  of: {
    readonly loud: boolean;
    readonly mentions: readonly string[];
    readonly position: ThreadPosition | null;
  },
): Record<string, unknown> {
  const called = of.loud ? of.mentions : [];
  return {
    ...written(withCalled(drawn, called), of.loud),
    'm.mentions': called.length === 0 ? {} : { user_ids: [...called] },
    ...related(of.position),
  };
}

/**
 * An edit of a card: always of the original event, and silent. What clients show that don't know edits is the plain text
 * alone, so that the card's copies fit into one event.
 */
export function editContent(drawn: MessageText, original: string, plan: boolean): Record<string, unknown> {
  return {
    msgtype: 'm.notice',
    body: `* ${drawn.body}`,
    'm.mentions': {},
    'm.new_content': { ...written(drawn, plan), 'm.mentions': {} },
    'm.relates_to': { rel_type: 'm.replace', event_id: original },
  };
}

/** A file that is uploaded already: its address, or its key and address where it is encrypted. */
export function fileContent(
  file: { readonly name: string; readonly words: string; readonly bytes: number },
  where: { readonly url: string } | { readonly file: object },
  position: ThreadPosition | null,
): Record<string, unknown> {
  return {
    msgtype: 'm.file',
    body: file.words === '' ? file.name : file.words,
    filename: file.name,
    info: { size: file.bytes, mimetype: 'text/plain' },
    ...where,
    'm.mentions': {},
    ...related(position),
  };
}

export function reactionContent(event: string, key: string): Record<string, unknown> {
  return { 'm.relates_to': { rel_type: 'm.annotation', event_id: event, key } };
}

function written({ body, html }: MessageText, loud: boolean): Record<string, unknown> {
  return {
    msgtype: loud ? 'm.text' : 'm.notice',
    body,
    format: 'org.matrix.custom.html',
    formatted_body: html,
  };
}

/** Who is called stands at the end, so that a locked phone shows what it is about first. */
function withCalled({ body, html }: MessageText, called: readonly string[]): MessageText {
  if (called.length === 0) return { body, html };
  const pills = called.map(
    (account) =>
      `<a href="https://matrix.to/#/${attribute(encodeURIComponent(account))}">${escapeHtml(account)}</a>`,
  );
  return { body: `${body}\n\nFor ${called.join(', ')}`, html: `${html}<p>For ${pills.join(', ')}</p>` };
}

function related(position: ThreadPosition | null): Record<string, unknown> {
  if (position === null) return {};
  return {
    'm.relates_to': {
      rel_type: 'm.thread',
      event_id: position.root,
      is_falling_back: true,
      'm.in_reply_to': { event_id: position.latest },
    },
  };
}
