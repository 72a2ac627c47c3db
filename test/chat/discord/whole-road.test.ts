import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type DiscordDouble,
  realLimits,
  startDiscordDouble,
} from '../../support/discord-double/discord-double.ts';
import { done, hash, outgoing, proposal, running, step } from './cards.ts';
import { type OpenSurface, openSurface, valueOf } from './support.ts';

let discord: DiscordDouble;
let open: OpenSurface;
beforeEach(async () => {
  discord = await startDiscordDouble({ limits: { ...realLimits, messages: { limit: 5, windowMs: 300 } } });
  open = await openSurface(discord);
});
afterEach(async () => {
  await open.close();
  await discord.stop();
});

test('ask, card, changes, new card, approve, progress, result: one thread, one sound for each call, few calls', async () => {
  const { surface, ear } = open;
  const anna = discord.user('Anna');
  const ben = discord.user('Ben');
  const heard = (count: number) =>
    discord.until(() => ear.all.length === count && ear.all[count - 1], 'it is heard');
  const before = discord.calls.length;

  const asked = discord.say(anna, discord.channel, 'update jellyfin please', { mention: true });
  await heard(1);
  const place = valueOf(
    await surface.openThread({
      channel: discord.channel.id,
      message: asked.id,
      title: 'Update Jellyfin',
      key: '142',
    }),
  );
  const thread = discord.place(place.thread ?? '');
  await surface.busy(place);
  const first = await open.card(place, outgoing(proposal(), { mentions: [anna.id], loud: true }), 'card:1');

  const form = discord.press(anna, discord.message(first), 'Request changes');
  await discord.until(() => form.modal !== null, 'the form opens');
  discord.submit(form, { words: 'at three in the night' });
  expect((await heard(2)).act).toMatchObject({ decision: 'changes', comment: 'at three in the night' });
  const say = (words: string, key: string, loud = false) =>
    surface.post(place, { kind: 'note', words, output: null, mentions: loud ? [anna.id] : [], loud }, key);
  valueOf(
    await say('Changes requested by Anna on Discord (revision 1): at three in the night', 'decision:1'),
  );
  const replaced = proposal({
    state: 'replaced',
    stateWord: 'Replaced by revision 2',
    steps: [],
    effects: [],
    rehearsal: null,
    actions: [],
    answerBy: null,
  });
  valueOf(await surface.edit({ ...place, message: first }, outgoing(replaced)));
  const secondHash = `b${hash.slice(1)}`;
  const second = proposal({
    revision: 2,
    hash: secondHash,
    delta: ['new step 1: Wait until 03:00'],
    steps: [
      step(1, 'Wait until 03:00', 'wait 46800 s'),
      ...proposal().steps.map((each) => ({ ...each, position: each.position + 1 })),
    ],
  });
  const card = await open.card(place, outgoing(second, { mentions: [anna.id], loud: true }), 'card:2');

  ear.answer = ({ account }) =>
    account === ben.id ? { kind: 'tell', words: 'Ben may look, but Anna approves.' } : { kind: 'done' };
  const refused = discord.press(ben, discord.message(card), 'Approve and run');
  await discord.until(() => refused.told.length === 1, 'Ben is told');
  discord.press(anna, discord.message(card), 'Approve and run');
  expect((await heard(4)).act).toMatchObject({
    decision: 'approve',
    plan: 142,
    hash: secondHash.slice(0, 8),
  });
  valueOf(await say('Approved by Anna on Discord (revision 2).', 'decision:2'));
  for (let line = 1; line <= 5; line += 1)
    valueOf(
      await surface.edit(
        { ...place, message: card },
        outgoing({ ...running(), revision: 2, hash: secondHash }, { lastLine: `line ${line}` }),
      ),
    );
  valueOf(
    await surface.edit({ ...place, message: card }, outgoing({ ...done(), revision: 2, hash: secondHash })),
  );
  valueOf(await say('Done. Jellyfin is 10.11.2 on n100.', 'result:142-1', true));

  await expect(discord.transcript() + discord.transcript(thread)).toMatchFileSnapshot(
    'transcripts/whole-road.txt',
  );
  expect(discord.phone(anna).map((push) => push.text)).toEqual([
    '@Anna 🔶 P-142 needs you: Update Jellyfin to 10.11.2 on n100',
    '@Anna 🔶 P-142 rev 2 needs you: Update Jellyfin to 10.11.2 on n100',
    '@Anna Done. Jellyfin is 10.11.2 on n100.',
  ]);
  expect(discord.phone(ben)).toEqual([]);
  expect(discord.answered(429)).toBe(0);
  // Posts 6, edits 9, answers to presses 4, and thread, sign of work, what Ben is told, what kind of channel it is, and one look for lost posts.
  expect(discord.calls.length - before).toBeLessThanOrEqual(23);
});
