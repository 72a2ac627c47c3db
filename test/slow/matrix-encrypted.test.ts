import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createMatrixSurface } from '#chat/matrix/create-matrix-surface.ts';
import type { MatrixSettings } from '#chat/matrix/matrix-settings.ts';
import type { ChatSurface, Heard, Outgoing } from '#chat/surface-port.ts';
import { createKeptMemory, type KeptMemory } from '../chat/matrix/matrix-rig.ts';
import { sampleCard, sampleCards } from '../chat/matrix/sample-cards.ts';
import { type ChiffonProcess, startChiffonProcess, temporaryDirectory } from '../support/chiffon-process.ts';
import { type EncryptedPerson, encryptedPerson, type ReadEvent, until } from '../support/encrypted-person.ts';
import { type Synapse, type SynapseAccount, startSynapse } from '../support/synapse.ts';

/** The first time, a Debian is unpacked for it: about four minutes. */
const preparing = 900_000;

let synapse: Synapse;
let bot: SynapseAccount;
let anna: EncryptedPerson;
let folder: string;
beforeAll(async () => {
  synapse = await startSynapse();
  bot = await synapse.register('chiffon', 'Chiffon');
  const account = await synapse.register('anna', 'Anna');
  anna = await encryptedPerson(synapse.url, account);
  await anna.verifyDevice();
  for (const { userId } of [bot, account]) await synapse.unlimit(userId);
  folder = await mkdtemp(join(tmpdir(), 'chiffon-keys-'));
}, preparing);
let talks: Talk[] = [];
afterEach(async () => {
  for (const talk of talks) await talk.surface.stop();
  talks = [];
});
afterAll(async () => {
  anna?.close();
  await synapse?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
}, 120_000);

interface Talk {
  readonly room: string;
  readonly memory: KeptMemory;
  readonly heard: Heard[];
  readonly warned: string[];
  surface: ChatSurface;
  start(settings?: Partial<MatrixSettings>): Promise<void>;
}

const encryption = {
  type: 'm.room.encryption',
  state_key: '',
  content: { algorithm: 'm.megolm.v1.aes-sha2' },
};

/** A room with Anna and Chiffon in it. */
async function startTalk(
  of: { readonly encrypted?: boolean; readonly settings?: Partial<MatrixSettings> } = {},
): Promise<Talk> {
  const room = await anna.createRoom({
    name: 'homelab',
    initial_state: of.encrypted === false ? [] : [encryption],
  });
  const memory = createKeptMemory();
  const heard: Heard[] = [];
  const warned: string[] = [];
  const note = (_fields: object, message: string): void => void warned.push(message);
  const talk: Talk = {
    room,
    memory,
    heard,
    warned,
    surface: null as unknown as ChatSurface,
    start: async (settings = {}) => {
      talk.surface = createMatrixSurface({
        homeserver: synapse.url,
        userId: bot.userId,
        token: bot.token,
        rooms: [room],
        ghosts: ['@_*'],
        cryptoFolder: folder,
        zone: 'Europe/Berlin',
        log: { info: () => undefined, warn: note, error: note },
        rate: { perSecond: 1_000, burst: 1_000 },
        ...of.settings,
        ...settings,
        waits: { retryFirst: 200, retryMost: 1_000, ...of.settings?.waits, ...settings.waits },
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
  talks.push(talk);
  await talk.start();
  await anna.invite(room, bot.userId);
  await until('Chiffon is in the room', async () => (await anna.members(room)).includes(bot.userId));
  await until('Chiffon reads on from there', () => (memory.values.get('sync') ?? '').includes(room));
  return talk;
}

async function post(talk: Talk, thread: string | null, message: Outgoing, key: string): Promise<string> {
  const sent = await talk.surface.post({ channel: talk.room, thread }, message, key);
  if (!sent.ok) throw new Error(JSON.stringify(sent));
  const card = message.kind === 'card' ? message.card : null;
  talk.memory.posts.set(sent.value.message, {
    request: card?.request ?? 0,
    kind: message.kind,
    hash: card?.hash ?? null,
  });
  return sent.value.message;
}

const note = (words: string): Outgoing => ({ kind: 'note', words, output: null, mentions: [], loud: false });

/** What Chiffon sent into the room, as it went over the line. */
async function sentByChiffon(room: string, by = anna): Promise<ReadEvent[]> {
  return (await by.read(room)).filter(
    (event) =>
      event.sender === bot.userId && event.type !== 'm.room.member' && event.type !== 'm.room.redaction',
  );
}

/** Everything Chiffon says is encrypted on the line; a reaction never is (Matrix 1.18, aggregations of child events). */
function expectNothingInTheClear(events: readonly ReadEvent[]): void {
  expect(events.length).toBeGreaterThan(0);
  for (const event of events)
    expect(event.type, JSON.stringify(event)).toBe(
      event.clear?.type === 'm.reaction' ? 'm.reaction' : 'm.room.encrypted',
    );
}

test('in an encrypted room a request is asked, proposed, decided and followed, and not a word of it goes over the line', async () => {
  const talk = await startTalk();
  const { room, heard, surface } = talk;
  const asked = await anna.sealAndSay(room, {
    body: 'Chiffon: update jellyfin please',
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
  const card = await post(talk, asked, sampleCard({}, { loud: true, mentions: [anna.userId] }), 'card');
  await until(
    'the reactions are there',
    async () => (await sentByChiffon(room)).filter(({ type }) => type === 'm.reaction').length === 3,
  );
  await anna.react(room, card, '✅');
  await until('it is heard', () => heard.length === 2);
  expect(heard[1]).toMatchObject({
    place: { channel: room, thread: asked },
    act: { kind: 'decide', decision: 'approve', plan: 142, hash: sampleCard().card.hash },
  });
  await anna.sealAndSay(room, {
    body: '!chiffon approve 142 7f3a',
    'm.relates_to': { rel_type: 'm.thread', event_id: asked },
  });
  await until('it is heard', () => heard.length === 3);
  expect(heard[2]).toMatchObject({
    place: { channel: room, thread: asked },
    act: { kind: 'say', text: 'approve 142 7f3a' },
  });
  for (const name of ['running', 'done'] as const) {
    const edited = await surface.edit(
      { channel: room, thread: asked, message: card },
      sampleCards[name] ?? sampleCard(),
    );
    expect(edited).toEqual({ ok: true, value: null });
  }
  const log = 'a line of a log\n'.repeat(10_000);
  const file = await post(
    talk,
    asked,
    { kind: 'file', name: 'run.log', content: log, words: 'The log' },
    'log',
  );

  const sent = await sentByChiffon(room);
  expectNothingInTheClear(sent);
  const shown = sent.find((event) => event.event_id === card);
  expect(shown?.clear?.content['body']).toContain('Needs you');
  // Where it stands has to be readable for the homeserver; what it says must not be.
  expect(shown?.content['m.relates_to']).toMatchObject({ rel_type: 'm.thread', event_id: asked });
  expect(JSON.stringify(shown?.content)).not.toContain('Needs you');
  const edits = sent.filter((event) => event.content['m.relates_to']?.rel_type === 'm.replace');
  expect(edits.map(({ clear }) => clear?.content['m.new_content'].body.split('\n')[0])).toEqual([
    '🔵 Running · P-142',
    '✅ Done · P-142',
  ]);
  expect(edits.every(({ content }) => !('m.new_content' in content))).toBe(true);
  const attached = sent.find((event) => event.event_id === file)?.clear?.content ?? {};
  expect(attached).not.toHaveProperty('url');
  expect(attached['file']).toMatchObject({ v: 'v2', key: { alg: 'A256CTR' } });
  expect(await anna.openFile(attached['file'])).toBe(log);
  expect(await anna.download(attached['file'].url)).not.toContain('a line of a log');
  expect(surface.health()).toMatchObject({ ok: true, remedy: null });
}, 120_000);

test('after a restart Chiffon is the same device, reads what was written meanwhile and is read by everybody', async () => {
  const talk = await startTalk();
  const { room, heard } = talk;
  const before = await post(talk, null, note('before'), 'before');
  await talk.surface.stop();
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sqlite'));
  expect(files).toEqual([`${encodeURIComponent(bot.userId)}.${bot.device}.sqlite`]);
  const said = await anna.sealAndSay(room, { body: '!chiffon status' });
  await talk.start();
  await until('it is heard', () => heard.at(-1)?.id === said);
  // The same key is one message, although the line carries other bytes the second time.
  expect(await post(talk, null, note('before'), 'before')).toBe(before);
  await post(talk, null, note('after'), 'after');
  const sent = await sentByChiffon(room);
  expectNothingInTheClear(sent);
  expect(sent.map(({ clear }) => clear?.content['body'])).toEqual(['before', 'after']);
  expect(new Set(sent.map(({ content }) => content['session_id'])).size).toBe(1);
  expect(await anna.trusts(bot.userId, bot.device)).toBe(true);
}, 120_000);

test('a message whose key comes later is heard when it comes; one whose key never comes is answered, and nothing happens', async () => {
  const talk = await startTalk({ settings: { waits: { key: 1_000, sync: 500 } } });
  const { room, heard } = talk;
  const late = await anna.sayWithoutKey(room, '!chiffon status');
  await until('it waits', () => (talk.memory.values.get('unread') ?? '').includes(late.event));
  await talk.surface.stop();
  await late.handOut();
  await talk.start({ waits: { key: 60_000, sync: 500 } });
  await until('it is heard', () => heard.at(-1)?.id === late.event);
  expect(heard).toHaveLength(1);
  await talk.surface.stop();
  await talk.start({ waits: { key: 500, sync: 500 } });
  await anna.sayWithoutKey(room, '!chiffon restart demo-web');
  await until('the person is told', async () =>
    (await sentByChiffon(room)).some(({ clear }) =>
      String(clear?.content['body']).includes('the key for it did not reach me'),
    ),
  );
  expect(heard).toHaveLength(1);
  expectNothingInTheClear(await sentByChiffon(room));
}, 120_000);

test('what a device says that its owner has not verified is not acted on, and they are told; once it is verified, it is', async () => {
  const talk = await startTalk();
  const { room, heard } = talk;
  const account = await synapse.register('ben', 'Ben');
  const ben = await encryptedPerson(synapse.url, account);
  try {
    await anna.invite(room, ben.userId);
    await ben.join(room);
    await ben.sealAndSay(room, { body: '!chiffon restart demo-web' });
    await until('Ben is told', async () =>
      (await sentByChiffon(room, ben)).some(({ clear }) =>
        String(clear?.content['body']).includes('not verified by you'),
      ),
    );
    expect(heard).toEqual([]);
    await ben.verifyDevice();
    const said = await ben.sealAndSay(room, { body: '!chiffon status' });
    await until('it is heard', () => heard.at(-1)?.id === said);
    expect(heard).toHaveLength(1);
  } finally {
    ben.close();
  }
}, 120_000);

test('a whole Chiffon in an encrypted room: asked, approved by reaction and by code, killed in the middle, done', async () => {
  const directory = await temporaryDirectory();
  const account = await synapse.register('house', 'Chiffon');
  await synapse.unlimit(account.userId);
  const room = await anna.createRoom({ name: 'house', initial_state: [encryption] });
  await writeFile(
    join(directory.path, 'chiffon.yaml'),
    `people:
  - { id: anna, name: Anna, role: owner, accounts: ['matrix:${anna.userId}'] }
matrix: { rooms: ['${room}'], home: '${room}', messagesPerSecond: 50 }
timeZone: Europe/Berlin
`,
  );
  const start = (): Promise<ChiffonProcess> =>
    startChiffonProcess({
      directory: join(directory.path, 'data'),
      args: ['--config', join(directory.path, 'chiffon.yaml')],
      environment: {
        MATRIX_TOKEN: account.token,
        MATRIX_HOMESERVER: synapse.url,
        MATRIX_USER_ID: account.userId,
      },
    });
  let chiffon = await start();
  const sent = async (): Promise<ReadEvent[]> =>
    (await anna.read(room)).filter(
      ({ sender, type }) => sender === account.userId && type !== 'm.room.member',
    );
  /** The newest message below an event that reads like the words, as it looks now. */
  const below = (root: string, words: RegExp): Promise<{ readonly id: string; readonly body: string }> =>
    until(
      `the thread reads ${words}`,
      async () => {
        const all = await sent();
        const relation = ({ content }: ReadEvent) => content['m.relates_to'] ?? {};
        return all
          .filter((event) => relation(event).rel_type === 'm.thread' && relation(event).event_id === root)
          .map((event) => {
            const edit = all.findLast(
              (other) =>
                relation(other).rel_type === 'm.replace' && relation(other).event_id === event.event_id,
            );
            const shown = edit?.clear?.content['m.new_content'] ?? event.clear?.content;
            return { id: event.event_id, body: String(shown?.['body']) };
          })
          .findLast(({ body }) => words.test(body));
      },
      60_000,
    );
  const say = (body: string, root?: string): Promise<string> =>
    anna.sealAndSay(room, {
      body,
      ...(root === undefined ? {} : { 'm.relates_to': { rel_type: 'm.thread', event_id: root } }),
    });
  try {
    await anna.invite(room, account.userId);
    await until('Chiffon is in the room', async () => (await anna.members(room)).includes(account.userId));

    const asked = await say('!chiffon restart demo-web');
    const card = await below(asked, /Needs you[\s\S]*Restart demo-web on sandbox/);
    await chiffon.kill();
    await anna.react(room, card.id, '✅');
    const meanwhile = await say('!chiffon how much disk is free');
    chiffon = await start();
    await below(asked, /Approved by Anna on Matrix/);
    await below(asked, /^Done\. /);
    await below(asked, /Done · P-\d+/);
    await below(meanwhile, /free/i);

    const removing = await say('!chiffon remove demo-web');
    const { body } = await below(removing, /Needs you[\s\S]*Remove demo-web/);
    const [, number, code] = /approve (\d+) ([A-HJ-NP-Z2-9]{6})/.exec(body) ?? [];
    await say(`!chiffon approve ${number} ${code}`, removing);
    await below(removing, /Done · P-\d+/);

    const all = await sent();
    for (const event of all.filter(({ type }) => type !== 'm.room.redaction'))
      expect(['m.room.encrypted', 'm.reaction']).toContain(event.type);
    expect(all.filter(({ sealed, clear }) => sealed && clear === null)).toEqual([]);
    expect(await anna.trusts(account.userId, account.device)).toBe(true);
  } finally {
    await chiffon.stop();
    await directory.remove();
  }
}, 300_000);

test('words in the clear in an encrypted room are not acted on', async () => {
  const talk = await startTalk();
  await anna.say(talk.room, '!chiffon restart demo-web');
  const said = await anna.sealAndSay(talk.room, { body: '!chiffon status' });
  await until('the other is heard', () => talk.heard.at(-1)?.id === said);
  expect(talk.heard).toHaveLength(1);
}, 120_000);

test('from the moment a room becomes encrypted, Chiffon encrypts, and it never goes back', async () => {
  const talk = await startTalk({ encrypted: false });
  const { room } = talk;
  const clear = await post(talk, null, note('in the clear'), 'before');
  await anna.setState(room, 'm.room.encryption', encryption.content);
  const sealed = await post(talk, null, note('for us alone'), 'after');
  const said = await anna.sealAndSay(room, { body: '!chiffon status' });
  await until('it is heard', () => talk.heard.at(-1)?.id === said);
  const sent = await sentByChiffon(room);
  expect(sent.find(({ event_id }) => event_id === clear)).toMatchObject({ sealed: false });
  expect(sent.find(({ event_id }) => event_id === sealed)).toMatchObject({
    sealed: true,
    clear: { content: { body: 'for us alone' } },
  });
}, 120_000);

test('somebody who was put out can’t read what is said next, and somebody who comes in can', async () => {
  const talk = await startTalk();
  const { room } = talk;
  const carl = await encryptedPerson(synapse.url, await synapse.register('carl', 'Carl'));
  try {
    await anna.invite(room, carl.userId);
    await carl.join(room);
    const together = await post(talk, null, note('for all three'), 'together');
    await anna.kick(room, carl.userId);
    const alone = await post(talk, null, note('for two'), 'alone');
    await anna.invite(room, carl.userId);
    await carl.join(room);
    const again = await post(talk, null, note('for three again'), 'again');
    const reads = async (event: string): Promise<unknown> =>
      (await carl.read(room)).find(({ event_id }) => event_id === event)?.clear?.content['body'];
    await until('the last is readable', async () => (await reads(again)) === 'for three again');
    expect(await reads(together)).toBe('for all three');
    // The homeserver may show it; without the key it says nothing.
    expect(await reads(alone)).toBeUndefined();
    expect((await sentByChiffon(room)).map(({ clear }) => clear?.content['body'])).toEqual([
      'for all three',
      'for two',
      'for three again',
    ]);
  } finally {
    carl.close();
  }
}, 120_000);

test('a new login is a new device with keys of its own, for which the account vouches as well', async () => {
  const talk = await startTalk();
  await talk.surface.stop();
  const again = await synapse.login(bot);
  await talk.start({ token: again.token });
  await until('its keys are published', () => talk.surface.health().ok);
  const said = await anna.sealAndSay(talk.room, { body: '!chiffon status' });
  await until('it is heard', () => talk.heard.at(-1)?.id === said);
  await post(talk, null, note('here again'), 'again');
  expectNothingInTheClear(await sentByChiffon(talk.room));
  expect(await anna.trusts(bot.userId, again.device)).toBe(true);
}, 120_000);

test('with its keys lost, Chiffon says so, stays silent in encrypted rooms and goes on in the others', async () => {
  const talk = await startTalk();
  await talk.surface.stop();
  const open = await anna.createRoom({ name: 'open' });
  const empty = await mkdtemp(join(tmpdir(), 'chiffon-keys-'));
  try {
    await talk.start({ cryptoFolder: empty, rooms: [talk.room, open] });
    await anna.invite(open, bot.userId);
    await until('Chiffon is in the other room', async () => (await anna.members(open)).includes(bot.userId));
    await until('the other room can be served', () => talk.surface.health().ok);
    expect(talk.surface.health().detail).toMatch(/keys of Chiffon’s device \w+ are lost/);
    expect(talk.surface.health().remedy).toContain('Log the bot in again');
    expect(await talk.surface.post({ channel: talk.room, thread: null }, note('x'), 'lost')).toMatchObject({
      ok: false,
      why: 'refused',
    });
    expect(await talk.surface.post({ channel: open, thread: null }, note('x'), 'open')).toMatchObject({
      ok: true,
    });
  } finally {
    await talk.surface.stop();
    await rm(empty, { recursive: true, force: true });
  }
}, 120_000);
