import { MessageType } from 'discord.js';
import type { Answer, Heard, Listener } from '#chat/surface-port.ts';
import type { FlowLog } from '#flow/log-port.ts';
import { newReference } from '#platform/reference.ts';
import { type ChannelKind, type Channels, placeOf } from './channels.ts';
import { toldText } from './draw-texts.ts';
import type { Messenger } from './messenger.ts';
import type { RawMessage } from './raw-events.ts';

export interface MessageDeps {
  readonly listener: Listener;
  readonly messenger: Pick<Messenger, 'reply'>;
  readonly channels: Channels;
  readonly log: FlowLog;
}

/** Written by people: ordinary messages and replies. What Discord itself writes into a channel is nobody's words. */
const spoken: readonly number[] = [MessageType.Default, MessageType.Reply];

/**
 * What people write to Chiffon: in direct messages everything, elsewhere what mentions it, and in the threads it opened
 * also what doesn't, as far as Discord shows it (only with the Message Content intent). Bots and webhooks are not people.
 * Answers whether it was meant for Chiffon. Never rejects.
 */
export async function hearMessage(deps: MessageDeps, own: string, message: RawMessage): Promise<boolean> {
  if (message.author.bot === true || message.webhook_id != null || message.author.id === own) return false;
  if (!spoken.includes(message.type)) return false;
  const mentioned = message.mentions.some((mention) => mention.id === own);
  // Most of what is said in a server is neither meant for Chiffon nor shown to it.
  if (message.guild_id != null && !mentioned && message.content === '') return false;
  const kind = await kindOf(deps, message);
  const { direct } = kind;
  const ownThread = kind.parent !== null && kind.owner === own;
  if (!direct && !mentioned && !ownThread) return false;
  const text = withoutMention(message.content, own);
  // Calling Chiffon without a word asks what it can do; a picture alone asks nothing.
  if (text === '' && !mentioned) return false;
  const place = placeOf(message.channel_id, kind);
  const answer = await ask(deps, message, { place, direct }, text === '' ? 'help' : text);
  if (answer.kind === 'done') return true;
  const sent = await deps.messenger.reply(place, message.id, toldText(answer.words), `answer ${message.id}`);
  if (!sent.ok)
    deps.log.warn({ message: message.id, why: sent.why }, 'an answer could not be given on Discord');
  return true;
}

async function ask(
  deps: MessageDeps,
  message: RawMessage,
  where: Pick<Heard, 'place' | 'direct'>,
  text: string,
): Promise<Answer> {
  try {
    return await deps.listener.heard({
      id: message.id,
      account: message.author.id,
      ...where,
      message: message.id,
      act: { kind: 'say', text },
    });
  } catch (error) {
    const reference = newReference();
    deps.log.error(
      { reference, message: message.id, error: messageOf(error) },
      'something nobody foresaw went wrong with what was said on Discord',
    );
    return {
      kind: 'tell',
      words: `Something went wrong that nobody foresaw (reference ${reference}). Please try again; the console shows whether anything was started.`,
    };
  }
}

async function kindOf(deps: MessageDeps, message: RawMessage): Promise<ChannelKind> {
  const channel = message.channel_id;
  try {
    return await deps.channels.kind(channel);
  } catch (error) {
    deps.log.warn({ channel, error: messageOf(error) }, 'Discord did not say what kind of channel this is');
    return { direct: message.guild_id == null, parent: null, owner: null };
  }
}

/** The words without the call at the start or end; in the middle of a sentence the call stays a name. */
function withoutMention(content: string, own: string): string {
  const call = `<@!?${own}>`;
  return content
    .replace(new RegExp(`^(?:\\s*${call}[\\s,:]*)+`), '')
    .replace(new RegExp(`(?:\\s*${call})+\\s*$`), '')
    .replace(new RegExp(call, 'g'), 'Chiffon')
    .trim();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
