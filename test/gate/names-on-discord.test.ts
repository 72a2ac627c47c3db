import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Place } from '#chat/surface-port.ts';
import { outgoing, proposal } from '../chat/discord/cards.ts';
import { type OpenSurface, openSurface, valueOf } from '../chat/discord/support.ts';
import { type DiscordDouble, startDiscordDouble } from '../support/discord-double/discord-double.ts';
import { breakOuts, spoofs } from './tricks.ts';

let discord: DiscordDouble;
let open: OpenSurface;
let place: Place;
let card: string;
let anna: string;

beforeAll(async () => {
  discord = await startDiscordDouble();
  open = await openSurface(discord);
  const person = discord.user('Anna');
  anna = person.id;
  const asked = discord.say(person, discord.channel, 'update jellyfin please', { mention: true });
  await discord.until(() => open.ear.all.length === 1, 'the request is heard');
  place = valueOf(
    await open.surface.openThread({
      channel: discord.channel.id,
      message: asked.id,
      title: 'Update',
      key: 't',
    }),
  );
  card = await open.card(place, outgoing(proposal()), 'card');
  open.ear.all.length = 0;
});
afterAll(async () => {
  await open?.close();
  await discord?.stop();
});

test('whoever is called like an approver is heard as the account they are, never as Anna', async () => {
  const names = spoofs.map((name) => name.replace('\u0000', '')).filter((name) => name !== 'Anna');
  const users = [...new Set(names)].map((name) => discord.user(name));
  for (const user of users) discord.press(user, discord.message(card), 'Approve and run');
  await discord.until(() => open.ear.all.length === users.length, 'all are heard');
  expect(new Set(open.ear.all.map(({ account }) => account))).toEqual(new Set(users.map(({ id }) => id)));
  expect(open.ear.all.some(({ account }) => account === anna)).toBe(false);
});

test('a bot that presses is not heard', async () => {
  open.ear.all.length = 0;
  const pressed = discord.press(discord.bot, discord.message(card), 'Approve and run');
  await discord.until(() => pressed.answered !== null, 'it is answered');
  expect(open.ear.all).toEqual([]);
});

test('a text of a host calls nobody, in a note as in a card', async () => {
  const before = discord.calls.length;
  const all = breakOuts.join('\n');
  valueOf(
    await open.surface.post(
      place,
      { kind: 'note', words: all, output: all, mentions: [], loud: true },
      'note',
    ),
  );
  const sent = discord.calls.slice(before).filter(({ method }) => method === 'POST' || method === 'PATCH');
  expect(sent.length).toBeGreaterThan(0);
  for (const { body } of sent) expect(body).toMatchObject({ allowed_mentions: { parse: [] } });
  for (const message of discord.messages(discord.place(place.thread ?? '')))
    expect(message.called).toEqual([]);
});
