import { z } from 'zod';
import type { ChatSurface, Listener, Sent, SurfaceHealth, SurfaceMemory } from '#chat/surface-port.ts';
import { Chores } from './chores.ts';
import { loadSdk } from './crypto-stand-in.ts';
import { type HearDeps, hearBatch } from './hear-events.ts';
import { type Batch, createHomeserverClient, type HomeserverClient } from './homeserver-client.ts';
import { isFinal, isTokenRefused } from './homeserver-error.ts';
import { redactedBy, threadOf } from './matrix-event.ts';
import { type Condition, healthOf, isTrouble, Unusable } from './matrix-health.ts';
import { defaultWaits, type MatrixSettings, synapseRate, type Waits } from './matrix-settings.ts';
import { Messenger } from './messenger.ts';
import { Pace } from './pace.ts';
import { isGhost } from './read-message.ts';
import { Rooms, roomPath } from './rooms.ts';
import { Seeds } from './seeds.ts';
import { SilentRooms } from './silent-rooms.ts';
import { runSyncLoop } from './sync-loop.ts';
import { UnreadMessages } from './unread-messages.ts';

const WhoAmI = z.object({ user_id: z.string(), device_id: z.string().nullish() });
const Profile = z.object({ displayname: z.string().nullish() });

const notStarted = {
  ok: false,
  why: 'later',
  afterMs: 1_000,
  detail: 'Chiffon is not connected to Matrix yet.',
} as const satisfies Sent<never>;

/** Everything that lives between `start` and `stop`. */
interface Running {
  readonly messenger: Messenger;
  stop(): Promise<void>;
}

/** Chiffon on Matrix. Does nothing until it is started. */
export function createMatrixSurface(settings: MatrixSettings): ChatSurface {
  let running: Running | null = null;
  let condition: Condition = {
    trouble: null,
    connected: false,
    encryption: { kind: 'not ready' },
    encrypted: false,
    silent: [],
    missing: [],
  };
  let watchers: ((health: SurfaceHealth) => void)[] = [];
  const health = (): SurfaceHealth => healthOf(condition, settings);
  const change = (to: Partial<Condition>): void => {
    const before = JSON.stringify(health());
    condition = { ...condition, ...to };
    const now = health();
    if (JSON.stringify(now) === before) return;
    for (const watcher of watchers) {
      try {
        watcher(now);
      } catch (error) {
        settings.log.error({ error }, 'whoever watches the health of Matrix failed');
      }
    }
  };
  const whenRunning = async <T>(use: (messenger: Messenger) => Promise<Sent<T>>): Promise<Sent<T>> =>
    running === null ? notStarted : await use(running.messenger);

  return {
    name: 'matrix',
    editPaceMs,
    freshForMs: null,
    start: async (listener, memory) => {
      if (running !== null) return;
      running = await startMatrix(settings, listener, memory, change);
    },
    stop: async () => {
      watchers = [];
      await running?.stop();
      running = null;
    },
    health,
    onHealth: (changed) => {
      watchers.push(changed);
    },
    openThread: (where) => whenRunning((messenger) => messenger.openThread(where)),
    post: (place, message, key) => whenRunning((messenger) => messenger.post(place, message, key)),
    edit: (at, message) => whenRunning((messenger) => messenger.edit(at, message)),
    busy: async (place) => {
      await running?.messenger.busy(place);
    },
  };
}

/** Synapse takes one message every five seconds from an account; a long run leaves some of that to others. */
function editPaceMs(ageMs: number): number {
  if (ageMs < 2 * 60_000) return 5_000;
  return ageMs < 15 * 60_000 ? 10_000 : 30_000;
}

async function startMatrix(
  settings: MatrixSettings,
  listener: Listener,
  memory: SurfaceMemory,
  change: (to: Partial<Condition>) => void,
): Promise<Running> {
  const { userId, log, rooms: allowed, ghosts, zone } = settings;
  const waits: Waits = { ...defaultWaits, ...settings.waits };
  const client = createHomeserverClient(loadSdk(), settings, waits.answer);
  const rooms = new Rooms(client, userId);
  const pace = new Pace(settings.rate ?? synapseRate, () => performance.now());
  const chores = new Chores(log);
  const seeds = new Seeds({ client, pace, chores, memory, userId });
  const silent: SilentRooms = new SilentRooms(() => change({ silent: silent.list() }));
  // Whether the homeserver is there is the sync's to say; that the token is refused shows wherever it is used.
  const onTrouble = (error: unknown): void => {
    if (isTrouble(error) && isTokenRefused(error)) change({ trouble: error });
  };
  const messenger = new Messenger({
    client,
    rooms,
    pace,
    seeds,
    silent,
    memory,
    userId,
    allowed,
    zone,
    onTrouble,
  });
  await seeds.resume();

  let displayName: string | null = null;
  const tell: HearDeps['tell'] = ({ id, account, place }, words) =>
    chores.add({
      what: 'an answer',
      name: null,
      ready: () => pace.closedFor(),
      perform: () => messenger.tell(place, account, words, `tell:${id}`),
    });
  const hear = async (batch: Pick<Batch, 'events' | 'sealed'>): Promise<void> => {
    const own = { userId, displayName };
    await hearBatch({ listener, memory, messenger, rooms, own, ghosts, allowed, log, tell }, batch);
  };
  const unread = new UnreadMessages({
    memory,
    open: client.open,
    hear: (room, event) => hear({ events: new Map([[room, [event]]]), sealed: new Set([event.event_id]) }),
    tell: ({ room, event }, words) =>
      tell(
        { id: event.event_id, account: event.sender, place: { channel: room, thread: threadOf(event) } },
        words,
      ),
    waitMs: waits.key,
    now: Date.now,
    log,
  });
  const perform = async (batch: Batch): Promise<void> => {
    await followInvitations(batch, client, rooms, settings);
    if (batch.left.length > 0 || batch.invitations.length > 0) await lookAround();
    const ofPeople = batch.unread.filter(
      ({ room, event }) => allowed.includes(room) && !isGhost(event.sender, ghosts),
    );
    if (client.encryption().kind === 'off') for (const { room } of ofPeople) silent.add(room);
    if (ofPeople.length > 0) change({ encrypted: true });
    const takenBack = [...batch.events.values()].flat().map(redactedBy);
    await unread.retry(new Set(takenBack.filter((id) => id !== null)));
    await hear(batch);
    if (client.encryption().kind === 'on') await unread.add(ofPeople);
  };

  /** Which of the rooms Chiffon may be in it is in, and which of them it can't speak in. */
  const lookAround = async (): Promise<void> => {
    const joined = await rooms.joined();
    change({ missing: allowed.filter((room) => !joined.includes(room)) });
    for (const room of allowed) {
      if (!joined.includes(room) || !(await rooms.isEncrypted(room))) continue;
      change({ encrypted: true });
      if (client.encryption().kind === 'off') silent.add(room);
    }
  };

  const prepare = async (): Promise<void> => {
    const me = WhoAmI.parse(await client.call({ method: 'GET', path: '/_matrix/client/v3/account/whoami' }));
    if (me.user_id !== userId) {
      throw new Unusable(
        `The access token belongs to ${me.user_id}, and matrix.userId is ${userId}.`,
        `Set matrix.userId to ${me.user_id}, or use the access token of ${userId}.`,
      );
    }
    await client.prepareEncryption(me.device_id ?? null);
    change({ encryption: client.encryption() });
    displayName = await ownDisplayName(client, userId);
    await lookAround();
  };

  const stopping = new AbortController();
  const loop = runSyncLoop(
    {
      client,
      memory,
      userId,
      waits,
      log,
      isWanted: (room) => allowed.includes(room),
      prepare,
      perform,
      onConnected: () => change({ connected: true, trouble: null }),
      onTrouble: (error) => {
        if (stopping.signal.aborted) return;
        if (!isTrouble(error)) {
          log.error({ error }, 'what happened on Matrix could not be acted on; trying again');
          return;
        }
        log.warn({ error: error.message }, 'Matrix has trouble; trying again');
        change({ trouble: error });
      },
    },
    stopping.signal,
  );

  return {
    messenger,
    stop: async () => {
      stopping.abort();
      client.close();
      await loop;
      await chores.stop();
      await client.closeEncryption();
    },
  };
}

/** Comes to rooms it may be in and turns down all others, without a word. */
async function followInvitations(
  { invitations }: Batch,
  client: HomeserverClient,
  rooms: Rooms,
  { rooms: allowed, log }: MatrixSettings,
): Promise<void> {
  for (const { room, direct } of invitations) {
    const welcome = allowed.includes(room);
    try {
      await client.call({ method: 'POST', path: roomPath(room, welcome ? 'join' : 'leave'), body: {} });
      if (welcome && direct) await rooms.noteDirect(room);
    } catch (error) {
      if (!isFinal(error)) throw error;
      log.warn({ room, error: error.message }, 'an invitation to a Matrix room could not be answered');
    }
  }
}

async function ownDisplayName(client: HomeserverClient, userId: string): Promise<string | null> {
  try {
    const path = `/_matrix/client/v3/profile/${encodeURIComponent(userId)}/displayname`;
    return Profile.parse(await client.call({ method: 'GET', path })).displayname ?? null;
  } catch (error) {
    if (isFinal(error)) return null;
    throw error;
  }
}
