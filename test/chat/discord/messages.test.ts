import { afterEach, describe, expect, test } from 'vitest';
import type { Place } from '#chat/surface-port.ts';
import {
  type DiscordDouble,
  type DiscordDoubleOptions,
  startDiscordDouble,
} from '../../support/discord-double/discord-double.ts';
import { type OpenSurface, openSurface, valueOf } from './support.ts';

let discord: DiscordDouble;
let open: OpenSurface;

async function begin(options: DiscordDoubleOptions = {}, messageContent = false): Promise<void> {
  discord = await startDiscordDouble(options);
  open = await openSurface(discord, { messageContent });
}
afterEach(async () => {
  await open.close();
  await discord.stop();
});

/** Says something that is surely heard, and answers everything that was heard before it. */
async function heardSoFar(): Promise<string[]> {
  discord.say(discord.user('Zoe'), discord.channel, 'that was all', { mention: true });
  await discord.until(
    () => open.ear.all.some((one) => one.act.kind === 'say' && one.act.text === 'that was all'),
    'the last word is heard',
  );
  return open.ear.all.flatMap((one) =>
    one.act.kind === 'say' && one.act.text !== 'that was all' ? [one.act.text] : [],
  );
}

const thread = async (): Promise<Place> => {
  const asked = discord.say(discord.user('Anna'), discord.channel, 'deploy kuma', { mention: true });
  return valueOf(
    await open.surface.openThread({
      channel: discord.channel.id,
      message: asked.id,
      title: 'Deploy kuma',
      key: 't',
    }),
  );
};

describe('what people write, without the Message Content intent', () => {
  test('a mention in a channel is heard without the mention, with who and where', async () => {
    await begin();
    const anna = discord.user('Anna');
    const said = discord.say(anna, discord.channel, 'deploy kuma on n100', { mention: true });
    await discord.until(() => open.ear.all.length === 1, 'it is heard');
    expect(open.ear.all).toEqual([
      {
        id: said.id,
        account: anna.id,
        place: { channel: discord.channel.id, thread: null },
        direct: false,
        message: said.id,
        act: { kind: 'say', text: 'deploy kuma on n100' },
      },
    ]);
  });

  test('a direct message is heard whole', async () => {
    await begin();
    const anna = discord.user('Anna');
    const direct = discord.direct(anna);
    discord.say(anna, direct, 'what failed this week');
    await discord.until(() => open.ear.all.length === 1, 'it is heard');
    expect(open.ear.all[0]).toMatchObject({
      direct: true,
      place: { channel: direct.id, thread: null },
      act: { text: 'what failed this week' },
    });
  });

  test('a mention in a thread knows the thread and its channel', async () => {
    await begin();
    const place = await thread();
    discord.say(discord.user('Ben'), discord.place(place.thread ?? ''), 'approve 142', { mention: true });
    await discord.until(() => open.ear.all.length === 2, 'it is heard');
    expect(open.ear.all[1]).toMatchObject({ place, act: { text: 'approve 142' } });
  });

  test('a reply to Chiffon counts as calling it', async () => {
    await begin();
    const place = { channel: discord.channel.id, thread: null };
    const { message } = valueOf(
      await open.surface.post(
        place,
        { kind: 'note', words: 'Done.', output: null, mentions: [], loud: false },
        'n',
      ),
    );
    discord.say(discord.user('Anna'), discord.channel, 'and now update it', {
      replyTo: discord.message(message),
    });
    expect(await heardSoFar()).toEqual(['and now update it']);
  });

  test.each([
    ['the call at the end', 'deploy kuma <@BOT>', 'deploy kuma'],
    ['the call twice', '<@BOT> <@!BOT>, deploy kuma', 'deploy kuma'],
    ['the call with a colon', '<@BOT>: deploy kuma', 'deploy kuma'],
    ['the call within', 'could <@BOT> deploy kuma', 'could Chiffon deploy kuma'],
    ['nothing but the call', '<@BOT>', 'help'],
    ['several lines', '<@BOT> deploy kuma\nand jellyfin', 'deploy kuma\nand jellyfin'],
  ])('%s', async (_, words, text) => {
    await begin();
    discord.say(discord.user('Anna'), discord.channel, words.replaceAll('BOT', discord.bot.id));
    expect(await heardSoFar()).toEqual([text]);
  });

  test('what nobody says to Chiffon is not heard', async () => {
    await begin();
    const anna = discord.user('Anna');
    const place = await thread();
    const mention = { mention: true } as const;
    discord.say(anna, discord.channel, 'deploy everything');
    discord.say(anna, discord.place(place.thread ?? ''), 'looks good to me');
    discord.say(discord.otherBot('Chiffon'), discord.channel, 'approve 142', mention);
    discord.say(anna, discord.channel, 'approve 142', { ...mention, webhook: true });
    discord.say(discord.bot, discord.channel, 'approve 142', mention);
    discord.say(anna, discord.channel, 'joined', { ...mention, type: 7 });
    discord.say(anna, discord.channel, '@Chiffon approve 142');
    discord.say(anna, discord.channel, '@everyone approve 142');
    expect(await heardSoFar()).toEqual(['deploy kuma']);
  });

  test('a message that is changed afterwards stays what it was', async () => {
    await begin();
    const said = discord.say(discord.user('Anna'), discord.channel, 'restart kuma', { mention: true });
    discord.editSaid(said, `<@${discord.bot.id}> remove kuma`);
    expect(await heardSoFar()).toEqual(['restart kuma']);
  });

  test('the same message delivered twice is heard once', async () => {
    await begin();
    discord.say(discord.user('Anna'), discord.channel, 'restart kuma', { mention: true });
    discord.deliverTwice();
    discord.deliverTwice();
    expect(await heardSoFar()).toEqual(['restart kuma']);
  });

  test('twenty names that imitate an approver are twenty other accounts', async () => {
    await begin();
    const anna = discord.user('Anna');
    const spoofs = [
      'anna',
      'Anna ',
      'Аnna',
      'Ann\u200ba',
      'ANNA',
      'Anna\u202e',
      'Anna (owner)',
      '@Anna',
      'Annа',
      'Anпa',
      'Anna#0001',
      'Anna.',
      'Anna\u00a0',
      'A nna',
      'Änna',
      'Anna✔',
      'Anna\u2060',
      'Anna​',
      'Anna (bot)',
      'Chiffon',
    ];
    expect(spoofs.length).toBe(20);
    for (const name of spoofs)
      discord.say(discord.user(name), discord.channel, 'approve 142', { mention: true });
    await heardSoFar();
    expect(open.ear.all.length).toBe(21);
    expect(open.ear.all.some((one) => one.account === anna.id)).toBe(false);
    expect(JSON.stringify(open.ear.all)).not.toMatch(/Anna|anna/);
  });

  test('an event nobody can read is written down and does no harm', async () => {
    await begin();
    discord.dispatch('MESSAGE_CREATE', { id: 5 });
    discord.dispatch('INTERACTION_CREATE', null);
    discord.dispatch('INTERACTION_CREATE', { id: '1', type: 3 });
    discord.dispatch('THREAD_UPDATE', { nonsense: true });
    discord.dispatch('GUILD_MEMBER_UPDATE', null);
    discord.say(discord.user('Anna'), discord.channel, 'restart kuma', { mention: true });
    expect(await heardSoFar()).toEqual(['restart kuma']);
    expect(
      open.log.filter((line) => line.message.includes('could not be read')).length,
    ).toBeGreaterThanOrEqual(3);
  });

  test('an answer to what was said is a quiet reply that rings nobody', async () => {
    await begin();
    open.ear.answer = () => ({ kind: 'tell', words: 'I don’t know <@1> **@everyone**.' });
    const said = discord.say(discord.user('Anna'), discord.channel, 'do the thing', { mention: true });
    const reply = await discord.until(
      () => discord.messages().find((each) => each.repliesTo === said.id),
      'it is answered',
    );
    expect(discord.seen(reply)).toContain('I don’t know <@1> **@everyone**.');
    expect(reply.called).toEqual([]);
    expect(reply.allowedMentions).toEqual({ parse: [], replied_user: false });
    expect(discord.phone(discord.user('Anna'))).toEqual([]);
  });
});

describe('with the Message Content intent', () => {
  test('in the threads Chiffon opened people talk without calling it; elsewhere they still have to', async () => {
    await begin({ messageContentAllowed: true }, true);
    const place = await thread();
    discord.say(discord.user('Anna'), discord.place(place.thread ?? ''), 'use port 3100');
    discord.say(discord.user('Anna'), discord.channel, 'remove everything');
    expect(await heardSoFar()).toEqual(['deploy kuma', 'use port 3100']);
  });
});

describe('what was said while nobody listened', () => {
  /** Restarts Chiffon; in between, `meanwhile` happens. */
  async function restart(meanwhile: () => void): Promise<void> {
    const { memory, ear } = open;
    await open.close();
    meanwhile();
    ear.all.length = 0;
    open = await openSurface(discord, { memory, ear });
  }
  const anna = () => discord.user('Anna');

  test('is heard after a restart where Chiffon was spoken to before, in order, and nothing else is', async () => {
    await begin();
    const direct = discord.direct(anna());
    discord.say(anna(), discord.channel, 'one', { mention: true });
    discord.say(anna(), direct, 'two');
    await discord.until(() => open.ear.all.length === 2, 'both are heard');
    const elsewhere = discord.addChannel('elsewhere');
    await restart(() => {
      discord.say(anna(), discord.channel, 'nothing for a bot');
      discord.say(anna(), discord.channel, 'three', { mention: true });
      discord.say(discord.otherBot('Chiffon'), discord.channel, 'no', { mention: true });
      discord.say(anna(), discord.channel, 'four', { mention: true });
      discord.say(anna(), direct, 'five');
      discord.say(anna(), elsewhere, 'where nobody ever called', { mention: true });
    });
    expect(await heardSoFar()).toEqual(['three', 'four', 'five']);
    expect(open.ear.all.find((one) => one.place.channel === direct.id)?.direct).toBe(true);
  });

  test('is heard in the threads Chiffon opened', async () => {
    await begin();
    const place = await thread();
    await discord.until(() => open.ear.all.length === 1, 'the request is heard');
    await restart(() => {
      discord.say(anna(), discord.place(place.thread ?? ''), 'approve 142', { mention: true });
    });
    expect(await heardSoFar()).toEqual(['approve 142']);
    expect(open.ear.all[0]?.place).toEqual(place);
  });

  test('is heard when Discord had forgotten the session', async () => {
    await begin();
    discord.say(anna(), discord.channel, 'one', { mention: true });
    await discord.until(() => open.ear.all.length === 1, 'it is heard');
    discord.forgetSessions();
    discord.say(anna(), discord.channel, 'two', { mention: true });
    await discord.until(() => open.ear.all.length === 2, 'it is heard', 15_000);
    expect(await heardSoFar()).toEqual(['one', 'two']);
  });

  test('is left alone when it is older than a day', async () => {
    await begin();
    discord.say(anna(), discord.channel, 'one', { mention: true });
    await discord.until(() => open.ear.all.length === 1, 'it is heard');
    await restart(() => {
      discord.advance(-25 * 60 * 60_000);
      const old = discord.say(anna(), discord.channel, 'restart everything', { mention: true });
      discord.advance(25 * 60 * 60_000);
      open.memory.notes.set(
        'places and the last message heard there',
        JSON.stringify([[discord.channel.id, `${BigInt(old.id) - 1n}`]]),
      );
      discord.say(anna(), discord.channel, 'two', { mention: true });
    });
    expect(await heardSoFar()).not.toContain('restart everything');
    expect(open.ear.all.map((one) => one.act.kind === 'say' && one.act.text)).toContain('two');
  });

  test('a place that is gone meanwhile is no trouble', async () => {
    await begin();
    const other = discord.addChannel('other');
    discord.say(anna(), other, 'one', { mention: true });
    discord.say(anna(), discord.channel, 'one', { mention: true });
    await discord.until(() => open.ear.all.length === 2, 'both are heard');
    await restart(() => {
      discord.deleteChannel(other);
      discord.say(anna(), discord.channel, 'two', { mention: true });
    });
    expect(await heardSoFar()).toEqual(['two']);
  });
});
