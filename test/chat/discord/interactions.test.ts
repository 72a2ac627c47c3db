import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DiscordDouble, startDiscordDouble } from '../../support/discord-double/discord-double.ts';
import { outgoing, proposal } from './cards.ts';
import { type OpenSurface, openSurface } from './support.ts';

let discord: DiscordDouble;
let open: OpenSurface;

beforeEach(async () => {
  discord = await startDiscordDouble();
  open = await openSurface(discord);
});
afterEach(async () => {
  await open.close();
  await discord.stop();
});

test('smoke', async () => {
  const anna = discord.user('Anna');
  const asked = discord.say(anna, discord.channel, 'update jellyfin please', { mention: true });
  await discord.until(() => open.ear.all.length === 1, 'heard');
  expect(open.ear.all[0]).toMatchObject({ account: anna.id, act: { kind: 'say', text: 'update jellyfin please' }, direct: false });
  const thread = await open.surface.openThread({ channel: discord.channel.id, message: asked.id, title: 'Update Jellyfin', key: 't' });
  if (!thread.ok) throw new Error(JSON.stringify(thread));
  const id = await open.card(thread.value, outgoing(proposal(), { mentions: [anna.id], loud: true }));
  console.log(discord.transcript(discord.place(thread.value.thread!)), discord.phone(anna));
  const pressed = discord.press(anna, discord.message(id), 'Approve and run');
  await discord.until(() => open.ear.all.length === 2, 'pressed');
  console.log(open.ear.all[1], pressed.tries, open.log);
});
