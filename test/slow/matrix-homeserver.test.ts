import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMatrixSurface } from '#chat/matrix/create-matrix-surface.ts';
import type { ChatSurface, Heard, Outgoing } from '#chat/surface-port.ts';
import { createKeptMemory, type KeptMemory, withoutEncryption } from '../chat/matrix/matrix-rig.ts';
import { sampleCard, sampleCards } from '../chat/matrix/sample-cards.ts';
import { type Synapse, startSynapse } from '../support/synapse.ts';
import { type SeenEvent, type SynapsePerson, synapsePerson } from '../support/synapse-person.ts';

/** The first time, a Debian is unpacked for it: about four minutes. */
const preparing = 900_000;

let synapse: Synapse;
let bot: { readonly userId: string; readonly token: string };
let anna: SynapsePerson;
let botEyes: SynapsePerson;
beforeAll(async () => {
  synapse = await startSynapse();
  bot = await synapse.register('chiffon', 'Chiffon');
  const account = await synapse.register('anna', 'Anna');
  anna = synapsePerson(synapse.url, account);
  botEyes = synapsePerson(synapse.url, bot);
  await synapse.unlimit(anna.userId);
}, preparing);
afterAll(async () => {
  await synapse?.stop();
}, 60_000);

interface Talk {
  readonly room: string;
  readonly memory: KeptMemory;
  readonly heard: Heard[];
  surface: ChatSurface;
  start(): Promise<void>;
}

/** A room with Anna and Chiffon in it. */
async function startTalk(): Promise<Talk> {
  const room = await anna.createRoom({ name: 'homelab' });
  const memory = createKeptMemory();
  const heard: Heard[] = [];
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const talk: Talk = {
    room,
    memory,
    heard,
    surface: null as unknown as ChatSurface,
    start: async () => {
      talk.surface = createMatrixSurface({
        homeserver: synapse.url,
        userId: bot.userId,
        token: bot.token,
        rooms: [room],
        ghosts: ['@_*'],
        cryptoFolder: '/nonexistent/chiffon-matrix',
        loadEncryption: withoutEncryption,
        zone: 'Europe/Berlin',
        log,
        waits: { retryFirst: 200, retryMost: 1_000 },
      });
      await talk.surface.start(
        {
          heard: (what) => {
            heard.push(what);
            return Promise.resolve({ kind: 'done' });
          },
          offers: () => Promise.resolve({ commands: [], values: {}, openPlans: [] }),
        },
        memory,
      );
    },
  };
  await talk.start();
  await anna.invite(room, bot.userId);
  await until('Chiffon is in the room', async () => (await anna.members(room)).includes(bot.userId));
  await until('Chiffon reads on from there', async () => (memory.values.get('sync') ?? '').includes(room));
  return talk;
}

async function until<T>(
  what: string,
  look: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  withinMs = 60_000,
): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`it did not happen within ${withinMs} ms: ${what}`);
    await sleep(100);
  }
}

/** Sends as the engine does: again with the same key, when the homeserver wants a pause. */
async function post(talk: Talk, thread: string | null, message: Outgoing, key: string): Promise<string> {
  for (;;) {
    const sent = await talk.surface.post({ channel: talk.room, thread }, message, key);
    if (sent.ok) {
      const card = message.kind === 'card' ? message.card : null;
      talk.memory.posts.set(sent.value.message, {
        request: card?.request ?? 0,
        kind: message.kind,
        hash: card?.hash ?? null,
      });
      return sent.value.message;
    }
    if (sent.why !== 'later') throw new Error(JSON.stringify(sent));
    await sleep(sent.afterMs);
  }
}

async function edit(
  talk: Talk,
  thread: string,
  message: string,
  card: Parameters<ChatSurface['edit']>[1],
): Promise<void> {
  for (;;) {
    const sent = await talk.surface.edit({ channel: talk.room, thread, message }, card);
    if (sent.ok) return;
    if (sent.why !== 'later') throw new Error(JSON.stringify(sent));
    await sleep(sent.afterMs);
  }
}

const isReactionOf =
  (userId: string, on: string) =>
  (event: SeenEvent): boolean =>
    event.type === 'm.reaction' && event.sender === userId && event.content['m.relates_to']?.event_id === on;

test('a request is asked, proposed, decided by a reaction, followed and answered on a real homeserver, within its default limits', async () => {
  const talk = await startTalk();
  try {
    const { room, heard, surface } = talk;
    const asked = await anna.say(room, 'Chiffon: update jellyfin please', {
      'm.mentions': { user_ids: [bot.userId] },
    });
    await until('it is heard', () => heard.length === 1);
    expect(heard[0]).toMatchObject({
      id: asked,
      account: anna.userId,
      place: { channel: room, thread: null },
      act: { kind: 'say', text: 'update jellyfin please' },
    });
    const opened = await surface.openThread({ channel: room, message: asked, title: 'x', key: 'thread' });
    expect(opened).toEqual({ ok: true, value: { channel: room, thread: asked } });

    await surface.busy({ channel: room, thread: asked });
    const card = await post(talk, asked, sampleCard({}, { loud: true, mentions: [anna.userId] }), 'card');
    await until(
      'the reactions are there',
      async () => (await anna.events(room)).filter(isReactionOf(bot.userId, card)).length === 3,
    );

    const pressed = await anna.react(room, card, '✅');
    await until('it is heard', () => heard.length === 2);
    expect(heard[1]).toMatchObject({
      id: pressed,
      place: { channel: room, thread: asked },
      message: card,
      act: { kind: 'decide', decision: 'approve', plan: 142, hash: sampleCard().card.hash },
    });

    for (const name of ['running', 'done'] as const)
      await edit(talk, asked, card, sampleCards[name] ?? sampleCard());
    const shown = (await anna.events(room)).find((event) => event.event_id === card);
    expect(shown?.content['m.relates_to']).toMatchObject({ rel_type: 'm.thread', event_id: asked });
    const edits = (await anna.events(room)).filter(
      (event) => event.content['m.relates_to']?.rel_type === 'm.replace',
    );
    expect(edits.map((event) => event.content['m.new_content'].body.split('\n')[0])).toEqual([
      '🔵 Running · P-142',
      '✅ Done · P-142',
    ]);

    const log = await post(
      talk,
      asked,
      { kind: 'file', name: 'run-142-2.log', content: 'line\n'.repeat(10_000), words: 'The whole log' },
      'log',
    );
    const file = (await anna.events(room)).find((event) => event.event_id === log);
    expect(await anna.download(file?.content['url'])).toBe('line\n'.repeat(10_000));
    const quiet = await post(
      talk,
      asked,
      { kind: 'note', words: 'Done.', output: null, mentions: [anna.userId], loud: false },
      'note',
    );
    const rang = await anna.notified();
    expect(rang).toContain(card);
    expect(rang).not.toContain(quiet);
    for (const event of edits) expect(rang).not.toContain(event.event_id);
    // Sooner or later Chiffon's own reactions are taken back; Anna's stays.
    await until(
      'the reactions are taken back',
      async () => {
        const left = (await anna.events(room)).filter(
          (event) => event.type === 'm.reaction' && event.content['m.relates_to'] !== undefined,
        );
        return left.length === 1 && left[0]?.sender === anna.userId;
      },
      120_000,
    );
  } finally {
    await talk.surface.stop();
  }
});

test('what happened while Chiffon was away is heard in order; what was taken back meanwhile is not', async () => {
  const talk = await startTalk();
  try {
    const { room, heard } = talk;
    await anna.say(room, '!chiffon status');
    await until('it is heard', () => heard.length === 1);
    const card = await post(talk, null, sampleCard(), 'card');
    await talk.surface.stop();
    const said: string[] = [];
    for (let index = 0; index < 130; index += 1) said.push(await anna.say(room, `!chiffon status ${index}`));
    const regretted = await anna.react(room, card, '✅');
    await anna.redact(room, regretted);
    said.push(await anna.react(room, card, '❌'));
    await talk.start();
    await until('all is heard', () => heard.length >= 132);
    expect(heard.slice(1).map((one) => one.id)).toEqual(said);
    expect(heard.at(-1)?.act).toMatchObject({ kind: 'decide', decision: 'reject' });
    await sleep(500);
    expect(heard).toHaveLength(132);
  } finally {
    await talk.surface.stop();
  }
});

test('the same key is one message, also for another process', async () => {
  const talk = await startTalk();
  try {
    const note: Outgoing = { kind: 'note', words: 'once', output: null, mentions: [], loud: false };
    const first = await post(talk, null, note, 'once');
    await talk.surface.stop();
    await talk.start();
    expect(await post(talk, null, note, 'once')).toBe(first);
  } finally {
    await talk.surface.stop();
  }
});

test('with a homeserver that restarts, everything goes on by itself', async () => {
  const talk = await startTalk();
  try {
    await synapse.restart();
    await until('it is back', () => talk.surface.health().ok);
    const said = await anna.say(talk.room, '!chiffon status');
    await until('it is heard', () => talk.heard.at(-1)?.id === said);
  } finally {
    await talk.surface.stop();
  }
});

test('where encryption is not to be had, nothing more is said in a room that becomes encrypted, and health says why', async () => {
  const talk = await startTalk();
  try {
    const note: Outgoing = { kind: 'note', words: 'in the clear', output: null, mentions: [], loud: false };
    await post(talk, null, note, 'before');
    await anna.setState(talk.room, 'm.room.encryption', { algorithm: 'm.megolm.v1.aes-sha2' });
    expect(await talk.surface.post({ channel: talk.room, thread: null }, note, 'after')).toMatchObject({
      ok: false,
      why: 'refused',
    });
    expect(talk.surface.health()).toMatchObject({ ok: false });
    expect(talk.surface.health().detail).toContain('is encrypted');
  } finally {
    await talk.surface.stop();
  }
});

test('put out of a room, Chiffon says where it is missing and comes back when it is invited', async () => {
  const talk = await startTalk();
  try {
    await anna.kick(talk.room, bot.userId);
    await until('it is noticed', () => !talk.surface.health().ok);
    const note: Outgoing = { kind: 'note', words: 'hello', output: null, mentions: [], loud: false };
    expect(await talk.surface.post({ channel: talk.room, thread: null }, note, 'out')).toEqual({
      ok: false,
      why: 'gone',
      what: 'channel',
    });
    await anna.invite(talk.room, bot.userId);
    await until('it is back', () => talk.surface.health().ok);
    await post(talk, null, note, 'in');
    expect(
      (await botEyes.events(talk.room)).filter((event) => event.content['body'] === 'hello'),
    ).toHaveLength(1);
  } finally {
    await talk.surface.stop();
  }
});
