import type { Answer, ChatSurface, Heard, Listener, Offers, SurfaceHealth } from '#chat/surface-port.ts';
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

  watchHealth(deps);
  await surface.start(listenerOf(deps, work.settled), {
    recall: (key) => ledger.recall(surface.name, key),
    remember: (key, value) => ledger.remember(surface.name, key, value),
    posted: async (message) => {
      const post = await ledger.postOf(surface.name, message);
      return post && { request: post.request, kind: post.kind, hash: post.hash };
    },
  });
  const stopFollowing = await followRecord(
    { ledger, log, surface: surface.name, home: deps.home },
    work.touch,
  );
  for (const request of await ledger.openConversations(surface.name)) work.touch(request);

  return async () => {
    await stopFollowing();
    await surface.stop();
    await work.stop();
  };
}

function listenerOf(deps: ConversationDeps, settled: HearDeps['settled']): Listener {
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

/** Writes down when a platform comes and goes, for doctor, the console and the record. */
function watchHealth({ ledger, log, surface }: ConversationDeps): void {
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
      .catch((error: unknown) =>
        log.warn({ surface: surface.name, error }, 'the state of a platform could not be written down'),
      );
  });
}
