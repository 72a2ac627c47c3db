import { createMatrixSurface } from '#chat/matrix/create-matrix-surface.ts';
import type { MatrixSettings } from '#chat/matrix/matrix-settings.ts';
import type { Answer, ChatSurface, Heard, Outgoing, SurfaceMemory } from '#chat/surface-port.ts';
import {
  type DoublePerson,
  type MatrixDouble,
  startMatrixDouble,
} from '../../support/matrix-double/start-matrix-double.ts';

/** What a surface keeps, in memory: outlives the surface, as the ledger outlives a process. */
export interface KeptMemory extends SurfaceMemory {
  readonly values: Map<string, string>;
  readonly posts: Map<string, { request: number; kind: Outgoing['kind']; hash: string | null }>;
}

export function createKeptMemory(): KeptMemory {
  const values = new Map<string, string>();
  const posts: KeptMemory['posts'] = new Map();
  return {
    values,
    posts,
    recall: (key) => Promise.resolve(values.get(key) ?? null),
    remember: (key, value) => {
      values.set(key, value);
      return Promise.resolve();
    },
    posted: (message) => Promise.resolve(posts.get(message) ?? null),
    actedOn: (message) => Promise.resolve(posts.get(message) ?? null),
  };
}

/** A Chiffon whose encryption library is not there. */
export const withoutEncryption = (): Promise<never> => Promise.reject(new Error('it is not installed'));

/** One Chiffon on one double, with Anna in its room. */
export interface Rig {
  readonly double: MatrixDouble;
  readonly surface: ChatSurface;
  readonly memory: KeptMemory;
  readonly heard: Heard[];
  readonly logged: { readonly level: string; readonly message: string; readonly fields: object }[];
  readonly bot: { readonly userId: string; readonly token: string };
  readonly anna: DoublePerson;
  readonly room: string;
  /** What the next process is started with. */
  readonly settings: { token: string };
  /** What is answered to whatever is heard from now on. */
  answer: (heard: Heard) => Answer | Promise<Answer>;
  /** Another process on the same memory. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startRig(
  settings: Partial<MatrixSettings> = {},
  of: { readonly direct?: boolean } = {},
): Promise<Rig> {
  const double = await startMatrixDouble();
  const bot = double.account('chiffon', 'Chiffon');
  const anna = double.person('anna');
  const room = double.room([anna]);
  anna.invite(room, bot.userId, of.direct === true);
  const memory = createKeptMemory();
  const heard: Heard[] = [];
  const logged: Rig['logged'] = [];
  const note = (level: string) => (fields: object, message: string) =>
    void logged.push({ level, message, fields });
  const next = { token: bot.token };
  const create = (): ChatSurface =>
    createMatrixSurface({
      homeserver: double.url,
      userId: bot.userId,
      token: next.token,
      rooms: [room],
      ghosts: ['@_*'],
      cryptoFolder: '/nonexistent/chiffon-matrix',
      loadEncryption: withoutEncryption,
      zone: 'Europe/Berlin',
      log: { info: note('info'), warn: note('warn'), error: note('error') },
      rate: { perSecond: 1_000, burst: 1_000 },
      ...settings,
      waits: { retryFirst: 20, retryMost: 100, refused: 100, sync: 5_000, answer: 3_000, ...settings.waits },
    });
  let surface = create();
  const start = async (): Promise<void> => {
    await surface.start(
      {
        heard: async (what) => {
          heard.push(what);
          return await rig.answer(what);
        },
        offers: () => Promise.resolve({ commands: [], values: {}, openPlans: [] }),
      },
      memory,
    );
  };
  const rig: Rig & { surface: ChatSurface } = {
    double,
    get surface() {
      return surface;
    },
    memory,
    heard,
    logged,
    bot,
    anna,
    room,
    settings: next,
    answer: () => ({ kind: 'done' }),
    restart: async () => {
      surface = create();
      await start();
    },
    stop: async () => {
      await surface.stop();
      await double.stop();
    },
  };
  await start();
  await double.until(
    'Chiffon is in the room',
    () => double.roomNamed(room).members.get(bot.userId) === 'join',
  );
  await double.until('Chiffon reads on from there', () => (memory.values.get('sync') ?? '').includes(room));
  return rig;
}

/** Posts as the engine does: writes down what the message belongs to. */
export async function post(rig: Rig, thread: string | null, message: Outgoing, key: string): Promise<string> {
  const sent = await rig.surface.post({ channel: rig.room, thread }, message, key);
  if (!sent.ok) throw new Error(`not posted: ${JSON.stringify(sent)}`);
  const request = message.kind === 'card' ? message.card.request : 142;
  rig.memory.posts.set(sent.value.message, {
    request,
    kind: message.kind,
    hash: message.kind === 'card' ? message.card.hash : null,
  });
  return sent.value.message;
}
