import { createDiscordSurface } from '#chat/discord/create-discord-surface.ts';
import { createMatrixSurface } from '#chat/matrix/create-matrix-surface.ts';
import type { Outgoing } from '#chat/surface-port.ts';
import { surfaceContract } from '../contracts/surface-contract.ts';
import { type StoredMessage, startDiscordDouble } from '../support/discord-double/discord-double.ts';
import { startMatrixDouble } from '../support/matrix-double/start-matrix-double.ts';
import { proposal } from './discord/cards.ts';
import { quick } from './discord/support.ts';
import { withoutEncryption } from './matrix/matrix-rig.ts';

type OutgoingCard = Extract<Outgoing, { kind: 'card' }>;

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const card = (more: Parameters<typeof proposal>[0] = {}): OutgoingCard => ({
  kind: 'card',
  card: proposal(more),
  lastLine: null,
  page: null,
  mentions: [],
  loud: false,
});
const cards = {
  proposal: card(),
  done: card({ state: 'done', stateWord: 'Done', actions: [], message: 'Jellyfin is 10.11.2 on n100.' }),
};

surfaceContract('Discord, by its real client library', async () => {
  const discord = await startDiscordDouble();
  const anna = discord.user('anna');
  return {
    ...cards,
    create: () =>
      createDiscordSurface({
        token: discord.token,
        apiUrl: discord.apiUrl,
        homeChannel: null,
        messageContent: false,
        log: quiet,
        waits: quick,
      }),
    ready: async (surface) => {
      await discord.until(() => surface.health().ok && discord.slashCommands.length > 0, 'it is connected');
    },
    channel: discord.channel.id,
    person: anna.id,
    say: (text) => discord.say(anna, discord.channel, text, { mention: true }).id,
    approve: async ({ message }) => void discord.press(anna, discord.message(message), 'Approve and run'),
    deliverAgain: () => discord.deliverTwice(),
    goAway: () => discord.goDown(),
    comeBack: () => discord.comeBack(),
    refuseNext: () => discord.exhaust('POST /channels/:id/messages', discord.channel, 300),
    read: ({ message }) => discord.seen(discord.message(message)),
    count: ({ channel, thread }) =>
      discord
        .messages(discord.place(thread ?? channel))
        .filter((one: StoredMessage) => one.author.id === discord.bot.id).length,
    called: (message) => discord.message(message).called,
    file: (message) => discord.message(message).files[0]?.content.toString('utf8') ?? null,
    stop: () => discord.stop(),
  };
});

surfaceContract('Matrix, by its real client library', async () => {
  const matrix = await startMatrixDouble();
  const bot = matrix.account('chiffon', 'Chiffon');
  const anna = matrix.person('anna');
  const room = matrix.room([anna]);
  anna.invite(room, bot.userId);
  let last = '';
  const event = (id: string) => matrix.roomNamed(room).events.find((one) => one.event_id === id);
  return {
    ...cards,
    create: () =>
      createMatrixSurface({
        homeserver: matrix.url,
        userId: bot.userId,
        token: bot.token,
        rooms: [room],
        ghosts: [],
        cryptoFolder: '/nonexistent/chiffon-matrix',
        loadEncryption: withoutEncryption,
        zone: 'Europe/Berlin',
        log: quiet,
        rate: { perSecond: 1_000, burst: 1_000 },
        waits: { retryFirst: 20, retryMost: 100, refused: 100, sync: 5_000, answer: 3_000 },
      }),
    ready: async (surface) => {
      await matrix.until('it is connected', () => surface.health().ok);
      await matrix.until(
        'it is in the room',
        () => matrix.roomNamed(room).members.get(bot.userId) === 'join',
      );
    },
    channel: room,
    person: anna.userId,
    say: (text) => {
      last = anna.say(room, `!chiffon ${text}`);
      return last;
    },
    approve: async ({ message }) => {
      await matrix.until('the card offers it', () => matrix.reactions(room, message).has('✅'));
      last = anna.react(room, message, '✅');
    },
    deliverAgain: () => matrix.deliverAgain(room, last),
    goAway: () => matrix.outage('cut'),
    comeBack: () => matrix.outage(null),
    refuseNext: () => matrix.limitNext(1, 300),
    read: ({ message }) => {
      const found = event(message);
      if (found === undefined) return null;
      const edit = matrix
        .roomNamed(room)
        .events.findLast(
          (one) =>
            (one.content['m.relates_to'] as { rel_type?: string; event_id?: string } | undefined)
              ?.rel_type === 'm.replace' &&
            (one.content['m.relates_to'] as { event_id?: string }).event_id === message,
        );
      const shown = (edit?.content['m.new_content'] ?? found.content) as { body?: string };
      // The text of a card is set in narrow columns; here only what it says counts.
      return (shown.body ?? '').replace(/\s+/g, ' ');
    },
    count: () => matrix.messagesOf(room, bot.userId).length,
    called: (message) =>
      (event(message)?.content['m.mentions'] as { user_ids?: string[] } | undefined)?.user_ids ?? [],
    file: (message) => matrix.upload(String(event(message)?.content['url'] ?? ''))?.toString('utf8') ?? null,
    stop: () => matrix.stop(),
  };
});
