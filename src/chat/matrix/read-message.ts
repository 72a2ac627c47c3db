import { inertText } from '#platform/untrusted-text.ts';
import { type MatrixEvent, relationOf, threadOf } from './matrix-event.ts';

/** How Chiffon is called. */
export interface OwnName {
  readonly userId: string;
  /** The display name; null while it is not known. */
  readonly displayName: string | null;
}

/** A message somebody wrote, as far as Chiffon cares. */
export interface WrittenMessage {
  /** The words without what only called Chiffon: prefix, name, the quoted message. */
  readonly text: string;
  /** Whether the words call Chiffon by prefix, mention or name. */
  readonly callsChiffon: boolean;
  /** Whether they call somebody else and not Chiffon. */
  readonly callsOthers: boolean;
  /** The root of the thread it stands in. */
  readonly thread: string | null;
  /** The message it replies to, when a person chose to reply; null for what clients add to keep threads together. */
  readonly repliesTo: string | null;
}

/** Words of a message longer than this are no request anybody typed. */
const mostText = 20_000;

/**
 * Reads a message that a person may have meant for Chiffon. Null for everything that never is: notices (other bots),
 * edits of what was said before, pictures and files. Pure.
 */
export function readMessage(event: MatrixEvent, own: OwnName): WrittenMessage | null {
  if (event.type !== 'm.room.message') return null;
  const { msgtype, body } = event.content;
  if (msgtype !== 'm.text' || typeof body !== 'string') return null;
  const relation = relationOf(event);
  if (relation.rel_type === 'm.replace') return null;
  const replied = relation['m.in_reply_to']?.event_id ?? null;
  const fallback = relation.rel_type === 'm.thread' && relation.is_falling_back === true;
  const repliesTo = fallback ? null : replied;
  const words = (repliesTo === null ? body : withoutQuote(body)).trim();
  const prefixed = afterPrefix(words);
  const named = prefixed === null ? afterName(words, own) : null;
  const mentioned = mentionsOf(event);
  const callsChiffon =
    prefixed !== null || named !== null || mentioned.has(own.userId) || hasPill(event, own.userId);
  const text = inertText(prefixed ?? named ?? words).trim();
  if (text.length > mostText) return null;
  return {
    text,
    callsChiffon,
    callsOthers: !callsChiffon && mentioned.size > 0,
    thread: threadOf(event),
    repliesTo,
  };
}

/** What stands behind `!chiffon`; null when it doesn't begin with it. */
function afterPrefix(words: string): string | null {
  const match = /^!chiffon(?:\s*[:,])?(?:\s+([\s\S]*))?$/i.exec(words);
  return match === null ? null : (match[1] ?? '').trim();
}

/** What stands behind "Chiffon: ", "@chiffon:example.org, " or the like; null when it begins otherwise. */
function afterName(words: string, { userId, displayName }: OwnName): string | null {
  const local = userId.slice(1).split(':')[0] ?? userId;
  const names = [userId, displayName ?? '', `@${local}`, local].filter((name) => name !== '');
  for (const name of names.sort((one, other) => other.length - one.length)) {
    if (words.slice(0, name.length).toLowerCase() !== name.toLowerCase()) continue;
    const rest = words.slice(name.length);
    // "chiffonier" is another word, and "chiffon is broken" is talk about Chiffon unless a mark or an @ says otherwise.
    const called =
      /^\s*[:,]\s*([\s\S]*)$/.exec(rest) ?? (name.startsWith('@') ? /^(?:\s+([\s\S]*)|)$/.exec(rest) : null);
    if (called !== null) return (called[1] ?? '').trim();
  }
  return null;
}

/** Rich replies used to repeat what they reply to as lines with `> ` in front. */
function withoutQuote(body: string): string {
  return body.startsWith('> ') ? body.replace(/^(?:>[^\n]*\n)+\n?/, '') : body;
}

function mentionsOf(event: MatrixEvent): ReadonlySet<string> {
  const mentions = event.content['m.mentions'];
  const ids =
    typeof mentions === 'object' && mentions !== null && 'user_ids' in mentions ? mentions.user_ids : [];
  return new Set(Array.isArray(ids) ? ids.filter((id): id is string => typeof id === 'string') : []);
}

/** A link to the account in the formatted text: how clients wrote mentions before there was a field for them. */
function hasPill(event: MatrixEvent, userId: string): boolean {
  const html = event.content['formatted_body'];
  if (typeof html !== 'string') return false;
  const quoteless = html.replace(/<mx-reply>[\s\S]*?<\/mx-reply>/gi, '');
  return [userId, encodeURIComponent(userId)].some((id) =>
    new RegExp(`href=["']https://matrix\\.to/#/${escapeRegExp(id)}["'?/]`, 'i').test(quoteless),
  );
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Whether an id is one a bridge makes up: `@_discord_123:example.org` for the pattern `@_*`. */
export function isGhost(userId: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) =>
    new RegExp(`^${pattern.split('*').map(escapeRegExp).join('.*')}$`, 'is').test(userId),
  );
}
