import { readCommand } from '#chat/read-command.ts';
import type { Act, Answer, Heard, Listener, Place, SurfaceMemory } from '#chat/surface-port.ts';
import type { FlowLog } from '#flow/log-port.ts';
import type { Batch } from './homeserver-client.ts';
import { isFinal } from './homeserver-error.ts';
import { type MatrixEvent, redactedBy } from './matrix-event.ts';
import type { Messenger } from './messenger.ts';
import { isGhost, type OwnName, readMessage, type WrittenMessage } from './read-message.ts';
import { readReaction } from './read-reaction.ts';
import type { Rooms } from './rooms.ts';

export interface HearDeps {
  readonly listener: Pick<Listener, 'heard'>;
  readonly memory: Pick<SurfaceMemory, 'actedOn'>;
  readonly messenger: Pick<Messenger, 'knowsThread' | 'ownMessage' | 'noteLatest'>;
  readonly rooms: Rooms;
  readonly own: OwnName;
  readonly ghosts: readonly string[];
  readonly allowed: readonly string[];
  readonly log: FlowLog;
  /** Says something to the one who acted, later if need be. */
  readonly tell: (heard: Pick<Heard, 'id' | 'account' | 'place'>, words: string) => void;
}

/** Acts on a batch: each room's events one after another, the rooms side by side. */
export async function hearBatch(deps: HearDeps, batch: Pick<Batch, 'events' | 'sealed'>): Promise<void> {
  await Promise.all(
    [...batch.events].map(async ([room, events]) => {
      if (!deps.allowed.includes(room)) return;
      // What was taken back before it was read counts as never done.
      const takenBack = new Set(events.map(redactedBy));
      const given = events.filter((event) => !takenBack.has(event.event_id));
      try {
        for (const event of given) await hearEvent(deps, room, event, batch.sealed);
      } catch (error) {
        // Chiffon was put out of the room meanwhile: there is nobody there to answer any more.
        if (!isFinal(error)) throw error;
        deps.log.warn(
          { room, error: error.message },
          'the rest of what was said in a Matrix room could not be read',
        );
      }
    }),
  );
}

async function hearEvent(
  deps: HearDeps,
  room: string,
  event: MatrixEvent,
  sealed: ReadonlySet<string>,
): Promise<void> {
  const { rooms, own, ghosts } = deps;
  if (event.type === 'm.room.encryption') rooms.noteEncrypted(room);
  if (event.type === 'm.room.member') rooms.noteMembers(room);
  if (event.state_key !== undefined || event.sender === own.userId || isGhost(event.sender, ghosts)) return;
  const reaction = readReaction(event);
  if (reaction !== null) return await hearReaction(deps, room, event, reaction);
  const message = readMessage(event, own);
  if (message === null) return;
  if (message.thread !== null) deps.messenger.noteLatest(message.thread, event.event_id);
  // In an encrypted room, words in the clear may be the homeserver's own.
  if (!sealed.has(event.event_id) && (await rooms.isEncrypted(room))) {
    deps.log.warn(
      { room, sender: event.sender },
      'a message in the clear in an encrypted Matrix room was not read',
    );
    return;
  }
  await hearMessage(deps, room, event, message);
}

async function hearMessage(
  deps: HearDeps,
  room: string,
  event: MatrixEvent,
  message: WrittenMessage,
): Promise<void> {
  const addressed = await addressedAt(deps, room, message);
  if (addressed === null && !mayBeOverheard(message)) return;
  const direct = await deps.rooms.isDirect(room);
  await pass(deps, {
    id: event.event_id,
    account: event.sender,
    place: addressed ?? { channel: room, thread: null },
    direct,
    message: event.event_id,
    act: { kind: 'say', text: message.text === '' ? 'help' : message.text },
    ...(addressed === null ? { overheard: true as const } : {}),
  });
}

/** A client without threads has nowhere else to type what a card asks for. */
function mayBeOverheard({ text, thread, callsOthers }: WrittenMessage): boolean {
  return thread === null && !callsOthers && readCommand(text) !== null;
}

/** Where words that are meant for Chiffon stand; null when they are not. */
async function addressedAt(deps: HearDeps, room: string, message: WrittenMessage): Promise<Place | null> {
  const { messenger, rooms } = deps;
  if (message.thread !== null) {
    const place = { channel: room, thread: message.thread };
    if (message.callsChiffon) return place;
    if (message.callsOthers) return null;
    return (await messenger.knowsThread(message.thread)) || (await rooms.isDirect(room)) ? place : null;
  }
  // A client without threads answers a card by replying to it.
  if (message.repliesTo !== null && !message.callsOthers) {
    const own = await messenger.ownMessage(room, message.repliesTo);
    if (own !== null) return own.place;
  }
  return message.callsChiffon || (await rooms.isDirect(room)) ? { channel: room, thread: null } : null;
}

async function hearReaction(
  deps: HearDeps,
  room: string,
  event: MatrixEvent,
  { on, meaning }: NonNullable<ReturnType<typeof readReaction>>,
): Promise<void> {
  const posted = await deps.memory.actedOn(on);
  if (posted !== null && posted.kind !== 'card') return;
  const own = await deps.messenger.ownMessage(room, on);
  const shown = posted ?? own?.card ?? null;
  if (own === null || shown === null) return;
  const { request, hash } = shown;
  const at = { id: event.event_id, account: event.sender, place: own.place };
  const act = ((): Act | null => {
    switch (meaning.kind) {
      case 'approve':
      case 'reject':
        return hash === null
          ? null
          : { kind: 'decide', decision: meaning.kind, plan: request, hash, comment: null, code: null };
      case 'choice':
        return hash === null ? { kind: 'answer', request, index: meaning.index } : null;
      case 'changes':
        return null;
    }
  })();
  if (act !== null) {
    await pass(deps, { ...at, direct: await deps.rooms.isDirect(room), message: on, act });
  } else if (meaning.kind === 'changes' && hash !== null) {
    deps.tell(
      at,
      `Write “changes ${request}” here, followed by what should be different, for example “changes ${request} run it at 3 in the morning”.`,
    );
  }
}

async function pass(deps: HearDeps, heard: Heard): Promise<void> {
  const answer: Answer = await deps.listener.heard(heard);
  if (answer.kind === 'tell') deps.tell(heard, answer.words);
}
