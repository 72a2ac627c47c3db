import type {
  Answer,
  ChatSurface,
  Heard,
  Listener,
  Offers,
  PostedMessage,
  SurfaceHealth,
} from '#chat/surface-port.ts';
import type { FlowLog } from '#flow/log-port.ts';
import { type DeliverDeps, deliverConversation } from './deliver-conversation.ts';
import { followRecord } from './follow-record.ts';
import { type HearDeps, hear } from './hear.ts';
import { workThrough } from './work-through.ts';

export interface ConversationDeps
  extends Omit<HearDeps, 'surface' | 'settled'>,
    Omit<DeliverDeps, 'surface'> {
  readonly surface: ChatSurface;
  readonly log: FlowLog;
  readonly newReference: () => string;
  readonly offers: () => Promise<Offers>;
}

/** How often the places of lost conversations are tried again besides whenever the platform says that all is well, in milliseconds. */
const lostAgainMs = 5 * 60_000;
/** What was to be said there longer ago is news to nobody, in milliseconds. */
const lostForMs = 24 * 3_600_000;

/**
 * Talks on one platform: hears what people do there and keeps every conversation as the ledger says it should be. A
 * platform that is away stops nothing else. Answers how to stop.
 */
export async function startConversations(deps: ConversationDeps): Promise<() => Promise<void>> {
  const { ledger, log, surface, newReference } = deps;
  const work = workThrough(
    (request) => deliverConversation(deps, request),
    (request, error) =>
      log.error(
        { surface: surface.name, request, reference: newReference(), error },
        'a conversation could not be brought up to date; trying again',
      ),
  );

  // A place that is gone may come back: Chiffon is invited anew, or was asked before it was let in at all.
  const tryLostAgain = async (): Promise<void> => {
    try {
      const since = new Date(deps.clock.now().getTime() - lostForMs);
      for (const request of await ledger.reopenLost(surface.name, since)) work.touch(request);
    } catch (error) {
      log.warn({ surface: surface.name, error }, 'lost conversations could not be tried again; later');
    }
  };
  watchHealth(deps, tryLostAgain);
  const posted = async (message: string): Promise<PostedMessage | null> => {
    const post = await ledger.postOf(surface.name, message);
    return post && { request: post.request, kind: post.kind, hash: post.hash };
  };
  await surface.start(listenerOf(deps, work.settled), {
    recall: (key) => ledger.recall(surface.name, key),
    remember: (key, value) => ledger.remember(surface.name, key, value),
    posted,
    actedOn: async (message) => {
      const known = await posted(message);
      if (known !== null) return known;
      await work.settled();
      return await posted(message);
    },
  });
  const stopFollowing = await followRecord(
    { ledger, log, surface: surface.name, home: deps.home },
    work.touch,
  );
  await tryLostAgain();
  for (const request of await ledger.openConversations(surface.name)) work.touch(request);
  const timer = setInterval(() => void tryLostAgain(), lostAgainMs);

  return async () => {
    clearInterval(timer);
    await stopFollowing();
    await surface.stop();
    await work.stop();
  };
}

function listenerOf(deps: ConversationDeps, settled: () => Promise<void>): Listener {
  const { log, surface, newReference } = deps;
  /** Events being acted on: a platform may deliver one twice within milliseconds. */
  const inHand = new Map<string, Promise<Answer>>();

  const act = async (heard: Heard): Promise<Answer> => {
    try {
      return await hear({ ...deps, surface: surface.name, settled }, heard);
    } catch (error) {
      const reference = newReference();
      log.error(
        { surface: surface.name, reference, act: heard.act.kind, error },
        'an act could not be carried out',
      );
      return {
        kind: 'tell',
        words: `Something went wrong here and this was not done (reference ${reference}). Try it again; if it goes on, the log of Chiffon says more under that reference.`,
      };
    }
  };

  return {
    heard: async (heard) => {
      const already = inHand.get(heard.id);
      if (already !== undefined) {
        await already;
        return { kind: 'done' };
      }
      const acting = act(heard).finally(() => inHand.delete(heard.id));
      inHand.set(heard.id, acting);
      return await acting;
    },
    offers: deps.offers,
  };
}

/** Writes down when a platform comes and goes, for doctor, the console and the record; `back` is called when all is well. */
function watchHealth({ ledger, log, surface }: ConversationDeps, back: () => Promise<void>): void {
  let last: boolean | null = null;
  let writing: Promise<void> = Promise.resolve();
  const write = async (health: SurfaceHealth): Promise<void> => {
    await ledger.saveChannelState({ name: surface.name, ...health });
    if (last === health.ok || (last === null && health.ok)) {
      last = health.ok;
      return;
    }
    last = health.ok;
    await ledger.transact((tx) =>
      tx.append({
        stream: 'system',
        kind: health.ok ? 'channel.back' : 'channel.lost',
        actor: 'chiffon',
        summary: health.detail,
        data: { channel: surface.name, remedy: health.remedy },
      }),
    );
  };
  surface.onHealth((health) => {
    writing = writing
      .then(() => write(health))
      .then(() => (health.ok ? back() : undefined))
      .catch((error: unknown) =>
        log.warn({ surface: surface.name, error }, 'the state of a platform could not be written down'),
      );
  });
}
