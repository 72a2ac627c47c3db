import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Place } from '#chat/surface-port.ts';
import {
  type DiscordDouble,
  type DiscordDoubleOptions,
  type Interaction,
  type StoredMessage,
  startDiscordDouble,
  type User,
} from '../../support/discord-double/discord-double.ts';
import {
  destructive,
  failed,
  outgoing,
  parked,
  proposal,
  question,
  running,
  unknownOutcome,
} from './cards.ts';
import { type OpenSurface, openSurface, valueOf } from './support.ts';

let discord: DiscordDouble;
let open: OpenSurface;
let anna: User;
let place: Place;

async function begin(options: DiscordDoubleOptions = {}): Promise<void> {
  discord = await startDiscordDouble(options);
  open = await openSurface(discord);
  anna = discord.user('Anna');
  const asked = discord.say(anna, discord.channel, 'update jellyfin please', { mention: true });
  place = valueOf(
    await open.surface.openThread({
      channel: discord.channel.id,
      message: asked.id,
      title: 'Update Jellyfin',
      key: 'thread 142',
    }),
  );
  await discord.until(() => open.ear.all.length === 1, 'the request is heard');
  open.ear.all.length = 0;
}

afterEach(async () => {
  await open.close();
  await discord.stop();
});

/** Posts a card and answers the message people see. */
const shown = async (card: ReturnType<typeof proposal>): Promise<StoredMessage> =>
  discord.message(await open.card(place, outgoing(card), `card ${card.state}`));

const heard = (count = 1) =>
  discord.until(() => open.ear.all.length >= count && open.ear.all.at(-1), 'it is heard');
const answered = (interaction: Interaction) =>
  discord.until(() => interaction.answered !== null, 'Discord is answered');

describe('buttons', () => {
  beforeEach(() => begin());

  test('approve and reject are handed on with the plan and the revision that was looked at', async () => {
    const card = await shown(proposal());
    const pressed = discord.press(anna, card, 'Approve and run');
    expect(await heard()).toEqual({
      id: pressed.id,
      account: anna.id,
      place,
      direct: false,
      message: card.id,
      act: { kind: 'decide', decision: 'approve', plan: 142, hash: '7f3a9c02', comment: null, code: null },
    });
    discord.press(discord.user('Ben'), card, 'Reject');
    expect((await heard(2)).act).toMatchObject({ decision: 'reject', plan: 142, hash: '7f3a9c02' });
    await answered(pressed);
    expect(pressed.tries).toEqual([6]);
  });

  test.each([
    ['Stop now', running, { kind: 'stop', plan: 142 }],
    ['It did finish', unknownOutcome, { kind: 'settle', plan: 142, verdict: 'completed' }],
    ['It did not finish', unknownOutcome, { kind: 'settle', plan: 142, verdict: 'failed' }],
    ['Run the step again', unknownOutcome, { kind: 'settle', plan: 142, verdict: 'again' }],
    ['I’m on it', unknownOutcome, { kind: 'acknowledge', request: 142 }],
    ['Plan it again', failed, { kind: 'suggestion', request: 142, index: 0 }],
    ['logs of jellyfin', failed, { kind: 'suggestion', request: 142, index: 1 }],
    ['kuma-2 on n100', question, { kind: 'answer', request: 144, index: 1 }],
    ['Rehearse it anew', parked, { kind: 'decide', decision: 'changes', plan: 142, comment: null }],
  ])('“%s” does what it says', async (label, card, act) => {
    discord.press(anna, await shown(card()), label);
    expect((await heard()).act).toMatchObject(act);
  });

  test('many choices stand in a menu, and the chosen one is handed on', async () => {
    const picked = discord.pick(anna, await shown(question(12)), 'kuma-11 on n100');
    expect((await heard()).act).toEqual({ kind: 'answer', request: 144, index: 10 });
    await answered(picked);
  });

  test('Discord is answered before the act is worked on, also when that takes longer than three seconds', async () => {
    const work = Promise.withResolvers<void>();
    open.ear.answer = async () => {
      await work.promise;
      return { kind: 'tell', words: 'Ben approved this before.' };
    };
    const pressed = discord.press(anna, await shown(proposal()), 'Approve and run');
    await answered(pressed);
    expect(pressed.answered).toBe(6);
    discord.advance(10_000);
    work.resolve();
    await discord.until(() => pressed.told.length === 1, 'Anna is told');
    expect(discord.told(pressed)).toEqual(['Ben approved this before.']);
  });

  test('what concerns one person is told to them alone and rings nobody', async () => {
    open.ear.answer = () => ({
      kind: 'tell',
      words: 'Only an owner may approve this. @everyone **now** <@1>',
    });
    const ben = discord.user('Ben');
    const pressed = discord.press(ben, await shown(proposal()), 'Approve and run');
    await discord.until(() => pressed.told.length === 1, 'Ben is told');
    expect(pressed.told[0]?.onlyFor).toEqual(ben);
    expect(discord.told(pressed)).toEqual(['Only an owner may approve this. @everyone **now** <@1>']);
    expect(discord.phone(anna)).toEqual([]);
    expect(discord.phone(ben)).toEqual([]);
  });

  test('“Request changes” opens a form at once, without asking anybody, and hands its words on', async () => {
    open.memory.posted = () => new Promise(() => {});
    const card = await shown(proposal());
    const pressed = discord.press(anna, card, 'Request changes');
    await answered(pressed);
    expect(pressed.tries).toEqual([9]);
    expect(pressed.modal?.title).toBe('Request changes to P-142');
    expect(open.ear.all).toEqual([]);
    open.memory.posted = async () => ({ request: 142, kind: 'card', hash: null });
    const sent = discord.submit(pressed, { words: 'on nas, please' });
    expect((await heard()).act).toEqual({
      kind: 'decide',
      decision: 'changes',
      plan: 142,
      hash: '7f3a9c02',
      comment: 'on nas, please',
      code: null,
    });
    await answered(sent);
    expect(sent.tries).toEqual([6]);
  });

  test('what deletes something for good asks for the code; one tap approves nothing', async () => {
    const card = await shown(destructive());
    const pressed = discord.press(anna, card, 'Approve and delete');
    await answered(pressed);
    expect(pressed.answered).toBe(9);
    expect(open.ear.all).toEqual([]);
    discord.submit(pressed, { code: ' K7F3QA ' });
    expect((await heard()).act).toMatchObject({
      decision: 'approve',
      plan: 142,
      hash: '7f3a9c02',
      code: 'K7F3QA',
    });
  });

  test.each(['approve', 'v1:ap:142', 'v1:ap:142:7f3a9c02x', 'other-bot:42', 'v1:xx:142:7f3a9c02'])(
    'a foreign button (%s) is answered politely, to the presser alone, and nothing happens',
    async (id) => {
      const pressed = discord.pressId(anna, await shown(proposal()), id);
      await discord.until(() => pressed.told.length === 1, 'Anna is told');
      expect(discord.told(pressed)[0]).toContain('nothing happened');
      expect(pressed.told[0]?.onlyFor).toEqual(anna);
      expect(open.ear.all).toEqual([]);
    },
  );

  test.each([
    ['on a card of another plan', 'v1:ap:143:7f3a9c02'],
    ['for a plan nobody made', 'v1:rj:999999:7f3a9c02'],
    ['for another request’s alarm', 'v1:ak:7:-'],
  ])('a forged button %s does nothing', async (_, id) => {
    const pressed = discord.pressId(anna, await shown(proposal()), id);
    await discord.until(() => pressed.told.length === 1, 'Anna is told');
    expect(discord.told(pressed)[0]).toContain('nothing happened');
    expect(open.ear.all).toEqual([]);
  });

  test('a button on a message Chiffon knows nothing of does nothing', async () => {
    const card = await shown(proposal());
    open.memory.posts.clear();
    const pressed = discord.press(anna, card, 'Approve and run');
    await discord.until(() => pressed.told.length === 1, 'Anna is told');
    expect(open.ear.all).toEqual([]);
  });

  test('the same press delivered twice is handed on once and answered once', async () => {
    const card = await shown(proposal());
    const pressed = discord.press(anna, card, 'Approve and run');
    discord.deliverTwice();
    discord.deliverTwice();
    await answered(pressed);
    discord.press(anna, card, 'Reject');
    await heard(2);
    expect(open.ear.all.map((each) => 'decision' in each.act && each.act.decision)).toEqual([
      'approve',
      'reject',
    ]);
    expect(pressed.tries).toEqual([6]);
  });

  test('two people pressing in the same instant are both handed on', async () => {
    const card = await shown(proposal());
    discord.press(anna, card, 'Approve and run');
    discord.press(discord.user('Ben'), card, 'Reject');
    await heard(2);
    expect(new Set(open.ear.all.map((each) => each.account)).size).toBe(2);
  });

  test('an answer that comes too late for Discord stops nothing: the act is done and the log says so', async () => {
    open.ear.answer = () => ({ kind: 'tell', words: 'This plan was decided before.' });
    const card = await shown(proposal());
    const pressed = discord.press(anna, card, 'Approve and run');
    discord.advance(4_000);
    await heard();
    await discord.until(
      () => open.log.some((line) => line.message.includes('given up waiting')),
      'the log says it',
    );
    expect(pressed.tries).toEqual(['refused 10062']);
    // Nothing can be told to Anna alone any more, so it is said in the thread, ringing nobody.
    await discord.until(
      () => discord.lastOfBot(discord.place(place.thread ?? ''))?.content.includes('decided before'),
      'it is said publicly',
    );
    expect(discord.phone(anna)).toEqual([]);
  });

  test('an answer Discord has already stops nothing either', async () => {
    const card = await shown(proposal());
    const pressed = discord.press(anna, card, 'Approve and run');
    pressed.answered = 6;
    await heard();
    await discord.until(
      () => open.log.some((line) => line.message.includes('had an answer already')),
      'the log says it',
    );
    expect(pressed.tries).toEqual(['refused 40060']);
  });

  test('a surprise is told with a reference that is in the log, and the next press works', async () => {
    open.ear.answer = () => {
      throw new Error('the ledger caught fire');
    };
    const card = await shown(proposal());
    const pressed = discord.press(anna, card, 'Approve and run');
    await discord.until(() => pressed.told.length === 1, 'Anna is told');
    const reference = /E-\w{6}/.exec(discord.told(pressed)[0] ?? '')?.[0];
    expect(open.log.find((line) => line.level === 'error')?.fields).toMatchObject({
      reference,
      error: 'the ledger caught fire',
    });
    expect(discord.told(pressed)[0]).not.toContain('fire');
    open.ear.answer = () => ({ kind: 'done' });
    discord.press(anna, card, 'Reject');
    await heard(2);
  });

  test('in direct messages they work too', async () => {
    const direct = discord.direct(anna);
    place = { channel: direct.id, thread: null };
    discord.press(anna, await shown(proposal()), 'Approve and run');
    expect(await heard()).toMatchObject({ place, direct: true, account: anna.id });
  });

  test('a card from before a restart still works', async () => {
    const card = await shown(proposal());
    await open.close();
    open = await openSurface(discord, { memory: open.memory });
    discord.press(anna, card, 'Approve and run');
    expect((await heard()).act).toMatchObject({ decision: 'approve', plan: 142 });
  });
});

describe('servers that speak only part of the language', () => {
  beforeEach(() => begin({ partial: true }));

  test('interactions without `channel` are understood by their message', async () => {
    discord.withoutFollowUps();
    const pressed = discord.press(anna, await shown(proposal()), 'Approve and run');
    expect((await heard()).place).toEqual(place);
    await answered(pressed);
    expect(pressed.tries).toEqual([6]);
  });

  test('where nothing can be told to one person alone, it is said shortly in the thread, ringing nobody', async () => {
    discord.withoutFollowUps();
    open.ear.answer = () => ({ kind: 'tell', words: 'Only an owner may approve this.' });
    const card = await shown(proposal());
    discord.press(discord.user('Ben'), card, 'Approve and run');
    const thread = discord.place(place.thread ?? '');
    const said = await discord.until(
      () => discord.messages(thread).find((each) => each.repliesTo === card.id),
      'it is said',
    );
    expect(discord.seen(said)).toContain('@Ben Only an owner may approve this.');
    expect(said.called).toEqual([]);
    expect(discord.phone(discord.user('Ben'))).toEqual([]);
  });

  test('slash commands are understood too', async () => {
    discord.withoutFollowUps();
    open.ear.answer = () => ({ kind: 'tell', words: 'There is no plan 7.' });
    discord.slash(anna, discord.channel, 'approve', { plan: 7 });
    expect((await heard()).act).toMatchObject({ kind: 'decide', plan: 7 });
    await discord.until(() => discord.lastOfBot()?.content.includes('no plan 7'), 'it is said');
  });
});

describe('slash commands', () => {
  beforeEach(() => begin());

  test.each([
    ['ask', { words: 'how full is the disk' }, { kind: 'say', text: 'how full is the disk' }],
    ['deploy', { service: 'kuma', host: 'n100' }, { kind: 'say', text: 'deploy kuma on n100' }],
    ['stage-run', { stage: 'vms' }, { kind: 'say', text: 'run stage vms' }],
    ['stop-service', { service: 'kuma' }, { kind: 'say', text: 'stop kuma' }],
    [
      'approve',
      { plan: 142 },
      { kind: 'decide', decision: 'approve', plan: 142, hash: null, comment: null, code: null },
    ],
    [
      'approve',
      { plan: 142, code: 'K7F3QA' },
      { kind: 'decide', decision: 'approve', plan: 142, code: 'K7F3QA' },
    ],
    [
      'reject',
      { plan: 142, why: 'not today' },
      { kind: 'decide', decision: 'reject', plan: 142, comment: 'not today' },
    ],
    [
      'changes',
      { plan: 142, words: 'on nas' },
      { kind: 'decide', decision: 'changes', plan: 142, comment: 'on nas' },
    ],
    ['stop', { plan: 142 }, { kind: 'stop', plan: 142 }],
    ['answer', { request: 144, choice: 2 }, { kind: 'answer', request: 144, index: 1 }],
    ['settle', { plan: 142, verdict: 'again' }, { kind: 'settle', plan: 142, verdict: 'again' }],
    ['acknowledge', { request: 142 }, { kind: 'acknowledge', request: 142 }],
  ] as const)('/%s %j', async (name, options, act) => {
    const run = discord.slash(anna, discord.channel, name, options);
    const one = await heard();
    expect(one.act).toMatchObject(act);
    expect(one).toMatchObject({
      id: run.id,
      account: anna.id,
      message: null,
      place: { channel: discord.channel.id, thread: null },
    });
    // "Thinking…" is taken away again when there is nothing to say to Anna alone.
    await discord.until(
      () => run.original !== null && !discord.messages().includes(run.original),
      'it is tidied up',
    );
    expect(run.tries).toEqual([5]);
  });

  test('an answer for the person fills what only they see', async () => {
    open.ear.answer = () => ({ kind: 'tell', words: 'P-142 is decided already: approved by Ben.' });
    const run = discord.slash(anna, discord.channel, 'approve', { plan: 142 });
    await discord.until(() => discord.told(run).length === 1, 'Anna is told');
    expect(discord.told(run)).toEqual(['P-142 is decided already: approved by Ben.']);
    expect(run.told[0]?.onlyFor).toEqual(anna);
  });

  test('in a thread they know the thread', async () => {
    discord.slash(anna, discord.place(place.thread ?? ''), 'stop', { plan: 142 });
    expect((await heard()).place).toEqual(place);
  });

  test('while somebody types, what fits is offered: services, hosts, plans that wait', async () => {
    const offered = async (name: string, option: string, typed: string): Promise<unknown> => {
      const typing = discord.complete(anna, discord.channel, name, option, typed);
      await answered(typing);
      return typing.choices?.map((choice) => choice.value);
    };
    expect(await offered('deploy', 'service', 'K')).toEqual(['kuma', 'komga']);
    expect(await offered('deploy', 'service', 'mm')).toEqual(['immich']);
    expect(await offered('deploy', 'host', '')).toEqual(['n100', 'nas']);
    expect(await offered('approve', 'plan', '')).toEqual([142, 150]);
    expect(await offered('approve', 'plan', 'uptime')).toEqual([150]);
    expect(await offered('deploy', 'service', 'zzz')).toEqual([]);
  });

  test('offers that are slow to come leave Discord an answer in time', async () => {
    const typing = discord.complete(anna, discord.channel, 'deploy', 'service', 'k');
    await answered(typing);
    open.ear.offers = () => new Promise(() => {});
    const slow = discord.complete(anna, discord.channel, 'deploy', 'service', 'j');
    await answered(slow);
    expect(slow.choices?.map((choice) => choice.value)).toEqual(['jellyfin']);
    expect(slow.answeredAfterMs).toBeLessThan(3_000);
  });

  test('they are registered for the server once, and again only when something differs', async () => {
    expect(discord.commandWrites).toBe(1);
    const { memory } = open;
    await open.close();
    open = await openSurface(discord, { memory });
    await discord.until(
      () => discord.callCount('GET /applications/:id/guilds/:id/commands') >= 2,
      'it looked',
    );
    expect(discord.commandWrites).toBe(1);
    await open.close();
    discord.setSlashCommands(discord.slashCommands.slice(1).map((command) => ({ ...command })));
    open = await openSurface(discord, { memory });
    await discord.until(() => discord.commandWrites === 2, 'they are mended');
    expect(discord.slashCommands.map((command) => command.name)).toContain('ask');
  });
});
