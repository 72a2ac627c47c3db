import { createDiscordSurface } from '#chat/discord/create-discord-surface.ts';
import type { Waits } from '#chat/discord/discord-settings.ts';
import type {
  Answer,
  ChatSurface,
  Heard,
  Listener,
  Offers,
  Outgoing,
  Place,
  Sent,
  SurfaceMemory,
} from '#chat/surface-port.ts';
import type { DiscordDouble } from '../../support/discord-double/discord-double.ts';

/** A log line as it was written. */
export interface Logged {
  readonly level: 'info' | 'warn' | 'error';
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** Whoever listens to the surface in these tests: it writes down what is heard and answers as told. */
export interface Ear extends Listener {
  readonly all: Heard[];
  /** What is answered from now on. */
  answer: (heard: Heard) => Promise<Answer> | Answer;
  offer: Offers;
}

export function createEar(): Ear {
  const ear: Ear = {
    all: [],
    answer: () => ({ kind: 'done' }),
    offer: offers,
    heard: async (heard) => {
      ear.all.push(heard);
      return ear.answer(heard);
    },
    offers: async () => ear.offer,
  };
  return ear;
}

const inWords = (template: string) => (inputs: Readonly<Record<string, string>>) =>
  `${template.replace(/\{(\w+)\}/g, (_, name: string) => inputs[name] ?? '')}${inputs['host'] === undefined ? '' : ` on ${inputs['host']}`}`.trim();

export const offers: Offers = {
  commands: [
    {
      command: 'deploy',
      about: 'Set up a service from the catalog on a host.',
      inputs: [
        { name: 'service', about: 'Which service should be deployed?', required: true },
        { name: 'host', about: 'On which host?', required: false },
      ],
      words: inWords('deploy {service}'),
    },
    {
      command: 'stage.run',
      about: 'Run a stage of the homelab.',
      inputs: [{ name: 'stage', about: 'Which stage should be run?', required: true }],
      words: inWords('run stage {stage}'),
    },
    {
      command: 'stop',
      about: 'Stop a service; its data stays.',
      inputs: [{ name: 'service', about: 'Which service should be stopped?', required: true }],
      words: inWords('stop {service}'),
    },
  ],
  values: { service: ['kuma', 'jellyfin', 'immich', 'komga'], host: ['n100', 'nas'], stage: ['vms', 'apps'] },
  openPlans: [
    { plan: 142, title: 'Update Jellyfin to 10.11.2 on n100' },
    { plan: 150, title: 'Deploy Uptime Kuma on nas' },
  ],
};

/** What a surface keeps between its starts. */
export interface Memory extends SurfaceMemory {
  readonly notes: Map<string, string>;
  readonly posts: Map<
    string,
    { readonly request: number; readonly kind: Outgoing['kind']; readonly hash: string | null }
  >;
}

export function createMemory(): Memory {
  const notes = new Map<string, string>();
  const posts: Memory['posts'] = new Map();
  return {
    notes,
    posts,
    recall: async (key) => notes.get(key) ?? null,
    remember: async (key, value) => {
      notes.set(key, value);
    },
    posted: async (message) => posts.get(message) ?? null,
    actedOn: async (message) => posts.get(message) ?? null,
  };
}

export interface OpenSurface {
  readonly surface: ChatSurface;
  readonly ear: Ear;
  readonly memory: Memory;
  readonly log: Logged[];
  /** Posts a card as Chiffon does: the sentence, written down, then drawn. Answers the message's id. */
  card(place: Place, message: Extract<Outgoing, { kind: 'card' }>, key?: string): Promise<string>;
  close(): Promise<void>;
}

/** Short enough for tests; the identify pause stays above zero so that its growth can be seen. */
export const quick: Waits = {
  retryFirst: 20,
  retryMost: 100,
  refused: 150,
  identify: 10,
  rateLimit: 1_500,
  answer: 5_000,
  grace: 50,
};

/** Starts a surface on a double. `ready` waits until it is connected; false for surfaces that can't be. */
export async function openSurface(
  double: DiscordDouble,
  more: {
    readonly token?: string;
    readonly homeChannel?: string | null;
    readonly messageContent?: boolean;
    readonly memory?: Memory;
    readonly ear?: Ear;
    readonly waits?: Partial<Waits>;
    readonly ready?: boolean;
  } = {},
): Promise<OpenSurface> {
  const log: Logged[] = [];
  const write = (level: Logged['level']) => (fields: Logged['fields'], message: string) => {
    log.push({ level, fields, message });
  };
  const surface = createDiscordSurface({
    token: more.token ?? double.token,
    apiUrl: double.apiUrl,
    homeChannel: more.homeChannel ?? null,
    messageContent: more.messageContent ?? false,
    log: { info: write('info'), warn: write('warn'), error: write('error') },
    waits: { ...quick, ...more.waits },
  });
  const ear = more.ear ?? createEar();
  const memory = more.memory ?? createMemory();
  await surface.start(ear, memory);
  if (more.ready !== false)
    await double.until(
      () => surface.health().ok && double.slashCommands.length > 0,
      'the surface is connected',
    );
  return {
    surface,
    ear,
    memory,
    log,
    card: async (place, message, key = `card ${message.card.request}`) => {
      const { message: id, complete } = valueOf(await surface.post(place, message, key));
      memory.posts.set(id, { request: message.card.request, kind: 'card', hash: message.card.hash });
      if (!complete) valueOf(await surface.edit({ ...place, message: id }, message));
      return id;
    },
    close: () => surface.stop(),
  };
}

/** The value of something that was sent; throws when it wasn't. */
export function valueOf<T>(sent: Sent<T>): T {
  if (!sent.ok) throw new Error(`was not sent: ${JSON.stringify(sent)}`);
  return sent.value;
}
