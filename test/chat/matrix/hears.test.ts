import { afterEach, beforeEach, expect, test } from 'vitest';
import { post, type Rig, startRig } from './matrix-rig.ts';
import { sampleCard, sampleCards } from './sample-cards.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(async () => {
  await rig.stop();
});

const hash = sampleCard().card.hash;

/** Waits until so many acts were heard. */
const hears = (count: number): Promise<unknown> =>
  rig.double.until(`${count} acts heard`, () => rig.heard.length >= count);

/** Says something everybody hears and waits for it: what was said before and is not there by then was not heard. */
async function nothingBut(acts: number): Promise<void> {
  rig.anna.say(rig.room, '!chiffon that was all');
  await hears(acts + 1);
  expect(rig.heard.at(-1)?.act).toEqual({ kind: 'say', text: 'that was all' });
  expect(rig.heard).toHaveLength(acts + 1);
}

test('words with the prefix, the name or a mention in front are heard without it', async () => {
  const mention = { 'm.mentions': { user_ids: [rig.bot.userId] } };
  const html = `<a href="https://matrix.to/#/${rig.bot.userId}">Chiffon</a>: deploy kuma`;
  const ids = [
    rig.anna.say(rig.room, '!chiffon deploy kuma'),
    rig.anna.say(rig.room, '!Chiffon: deploy kuma'),
    rig.anna.say(rig.room, 'Chiffon: deploy kuma'),
    rig.anna.say(rig.room, 'chiffon, deploy kuma'),
    rig.anna.say(rig.room, '@chiffon:double.test deploy kuma', mention),
    rig.anna.say(rig.room, 'Chiffon: deploy kuma', {
      format: 'org.matrix.custom.html',
      formatted_body: html,
    }),
  ];
  await hears(ids.length);
  for (const [index, heard] of rig.heard.entries()) {
    expect(heard).toEqual({
      id: ids[index],
      account: rig.anna.userId,
      place: { channel: rig.room, thread: null },
      direct: false,
      message: ids[index],
      act: { kind: 'say', text: 'deploy kuma' },
    });
  }
});

test('talk among people, notices, edits, ghosts, pictures and Chiffon itself are not heard', async () => {
  const { double, anna, room, bot } = rig;
  const said = anna.say(room, 'did you see that chiffon is slow today?');
  anna.say(room, 'chiffonier: a piece of furniture');
  anna.edit(room, said, '!chiffon delete everything');
  for (const [sender, content] of [
    [anna.userId, { msgtype: 'm.notice', body: '!chiffon deploy kuma' }],
    ['@_discord_1:double.test', { msgtype: 'm.text', body: '!chiffon deploy kuma' }],
    [anna.userId, { msgtype: 'm.image', body: '!chiffon deploy kuma', url: 'mxc://a/b' }],
    [bot.userId, { msgtype: 'm.text', body: '!chiffon deploy kuma' }],
    [anna.userId, { msgtype: 'm.text', body: 12 }],
    [anna.userId, {}],
  ] as const) {
    double.inject(room, { sender, type: 'm.room.message', content });
  }
  await nothingBut(0);
});

test('a command of a card that is typed beside its thread is passed on as overheard', async () => {
  const { anna, double, room } = rig;
  anna.say(room, 'approve 142 7f3a9c02');
  await double.until('it is heard', () => rig.heard.length > 0);
  expect(rig.heard[0]).toMatchObject({
    overheard: true,
    place: { channel: room, thread: null },
    act: { kind: 'say', text: 'approve 142 7f3a9c02' },
  });
});

test('what is said in a thread of Chiffon’s needs no mention, unless it calls somebody else', async () => {
  const { anna, room, surface } = rig;
  const asked = anna.say(room, '!chiffon update jellyfin');
  const opened = await surface.openThread({ channel: room, message: asked, title: 'x', key: 'k' });
  expect(opened).toEqual({ ok: true, value: { channel: room, thread: asked } });
  anna.reply(room, asked, 'at night please');
  anna.reply(room, asked, 'what do you think?', { 'm.mentions': { user_ids: ['@ben:double.test'] } });
  const other = anna.say(room, 'shopping list');
  anna.reply(room, other, 'milk');
  await hears(2);
  expect(rig.heard[1]).toMatchObject({
    place: { channel: room, thread: asked },
    act: { kind: 'say', text: 'at night please' },
  });
  await nothingBut(2);
});

test('a reply to a card from a client without threads belongs to the card’s thread', async () => {
  const { anna, room } = rig;
  const asked = anna.say(room, '!chiffon update jellyfin');
  const card = await post(rig, asked, sampleCard(), 'card');
  anna.say(room, '> <@chiffon:double.test> Needs you\n> more\n\napprove 142', {
    'm.relates_to': { 'm.in_reply_to': { event_id: card } },
  });
  await hears(2);
  expect(rig.heard[1]).toMatchObject({
    place: { channel: room, thread: asked },
    act: { kind: 'say', text: 'approve 142' },
  });
});

test('✅ and ❌ below a card decide exactly the revision it shows, whatever variant of the emoji it is', async () => {
  const { anna, room } = rig;
  const asked = anna.say(room, '!chiffon update jellyfin');
  const card = await post(rig, asked, sampleCard(), 'card');
  for (const key of ['✅', '✅\ufe0f', '✔\ufe0f', '✔', '❌', '✖\ufe0f']) anna.react(room, card, key);
  await hears(7);
  expect(rig.heard.slice(1).map((heard) => heard.act)).toEqual(
    ['approve', 'approve', 'approve', 'approve', 'reject', 'reject'].map((decision) => ({
      kind: 'decide',
      decision,
      plan: 142,
      hash,
      comment: null,
      code: null,
    })),
  );
  expect(rig.heard[1]).toMatchObject({
    account: anna.userId,
    place: { channel: room, thread: asked },
    message: card,
  });
});

test('a reaction that comes before it is written down which message a card became still decides', async () => {
  const { anna, room, memory } = rig;
  const asked = anna.say(room, '!chiffon update jellyfin');
  const card = await post(rig, asked, sampleCard(), 'card');
  memory.posts.clear();
  anna.react(room, card, '✅');
  await hears(2);
  expect(rig.heard[1]?.act).toMatchObject({ kind: 'decide', decision: 'approve', plan: 142, hash });
});

test('other reactions, reactions on notes, on cards without a plan and on foreign messages decide nothing', async () => {
  const { anna, room } = rig;
  const foreign = anna.say(room, 'hello');
  const card = await post(rig, foreign, sampleCard(), 'card');
  const note = await post(
    rig,
    foreign,
    { kind: 'note', words: 'Approved.', output: null, mentions: [], loud: false },
    'note',
  );
  const question = await post(rig, foreign, sampleCards['question'] ?? sampleCard(), 'question');
  for (const key of ['👍', '🎉', 'approve', '', '✅✅']) anna.react(room, card, key);
  anna.react(room, note, '✅');
  anna.react(room, question, '✅');
  anna.react(room, foreign, '✅');
  await nothingBut(0);
});

test('a keycap below a question picks that choice', async () => {
  const { anna, room } = rig;
  const asked = anna.say(room, 'hello');
  const question = await post(rig, asked, sampleCards['question'] ?? sampleCard(), 'question');
  anna.react(room, question, '2\ufe0f\u20e3');
  await hears(1);
  expect(rig.heard[0]?.act).toEqual({ kind: 'answer', request: 144, index: 1 });
});

test('💬 tells how to ask for changes, quietly, in the thread', async () => {
  const { anna, room, double, bot } = rig;
  const asked = anna.say(room, 'hello');
  const card = await post(rig, asked, sampleCard(), 'card');
  anna.react(room, card, '💬');
  const told = await double.until('an answer', () => double.messagesOf(room, bot.userId)[1]);
  expect(told.content).toMatchObject({
    msgtype: 'm.notice',
    'm.mentions': {},
    'm.relates_to': { rel_type: 'm.thread', event_id: asked, is_falling_back: true },
  });
  expect(told.content['body']).toContain('changes 142');
  expect(rig.heard).toEqual([]);
});

test('a reaction taken back before it was read counts as never given', async () => {
  const { anna, room, double } = rig;
  const asked = anna.say(room, 'hello');
  const card = await post(rig, asked, sampleCard(), 'card');
  double.outage(502);
  await double.until('the outage is noticed', () => !rig.surface.health().ok);
  anna.redact(room, anna.react(room, card, '✅'));
  double.outage(null);
  await double.until('it is back', () => rig.surface.health().ok);
  await nothingBut(0);
});

test('the same event delivered twice keeps its id, so that it can be told apart', async () => {
  const { anna, room, double } = rig;
  const said = anna.say(room, '!chiffon deploy kuma');
  await hears(1);
  double.deliverAgain(room, said);
  await hears(2);
  expect(rig.heard.map((heard) => heard.id)).toEqual([said, said]);
});

test('an answer for the one who acted is a quiet reply in the thread that names them', async () => {
  const { anna, room, double, bot } = rig;
  rig.answer = () => ({ kind: 'tell', words: 'Ben can ask; Anna or Carl can approve. <b>@room</b>' });
  const asked = anna.say(room, '!chiffon stop 9');
  const told = await double.until('an answer', () => double.messagesOf(room, bot.userId)[0]);
  expect(told.content).toMatchObject({ msgtype: 'm.notice', 'm.mentions': {} });
  expect(told.content['body']).toContain('@anna:double.test: Ben can ask;');
  expect(told.content['formatted_body']).toContain(
    '<code>@anna:double.test</code>: Ben can ask; Anna or Carl can approve. &lt;b&gt;<code>@room</code>',
  );
  expect(told.content['m.relates_to']).toBeUndefined();
  expect(asked).toBeTruthy();
});

test('a talk with one person needs no mention and has no threads; a third person makes it a room', async () => {
  const direct = await startRig({}, { direct: true });
  try {
    const { anna, room, double, surface, heard } = direct;
    anna.say(room, 'deploy kuma');
    await double.until('it is heard', () => heard.length === 1);
    expect(heard[0]).toMatchObject({
      direct: true,
      place: { thread: null },
      act: { kind: 'say', text: 'deploy kuma' },
    });
    const message = heard[0]?.message ?? null;
    const opened = await surface.openThread({ channel: room, message, title: 'x', key: 'k' });
    expect(opened).toEqual({ ok: true, value: { channel: room, thread: null } });
    const ben = double.person('ben');
    ben.join(room);
    ben.say(room, 'hello Anna');
    anna.say(room, '!chiffon status');
    await double.until('the next is heard', () => heard.length === 2);
    expect(heard[1]).toMatchObject({ direct: false, act: { kind: 'say', text: 'status' } });
  } finally {
    await direct.stop();
  }
});
