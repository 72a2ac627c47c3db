import { afterAll, beforeAll, expect, test } from 'vitest';
import { post, type Rig, startRig } from './matrix-rig.ts';
import { sampleCard } from './sample-cards.ts';

/** Twenty events that try to look like Anna's decision, or like something said to Chiffon. */
let rig: Rig;
let card: string;
let other: string;
beforeAll(async () => {
  rig = await startRig();
  const asked = rig.anna.say(rig.room, 'hello');
  card = await post(rig, asked, sampleCard(), 'card');
  const note = await post(
    rig,
    asked,
    { kind: 'note', words: 'x', output: null, mentions: [], loud: false },
    'note',
  );
  expect(note).toBeTruthy();
  other = rig.double.room([rig.anna]);
});
afterAll(async () => {
  await rig.stop();
});

const annotation = (event: string, key = '✅'): object => ({
  'm.relates_to': { rel_type: 'm.annotation', event_id: event, key },
});
const approve = { msgtype: 'm.text', body: '!chiffon approve 142' };

test('forged, replayed, edited and misplaced events are not acted on', async () => {
  const { double, anna, bot, room } = rig;
  const forge = (type: string, content: object, sender = anna.userId, state_key?: string): string =>
    double.inject(room, {
      sender,
      type,
      content: content as Record<string, unknown>,
      ...(state_key === undefined ? {} : { state_key }),
    });
  const said = anna.say(room, 'nothing of interest');
  const marked = forge('m.room.message', {
    msgtype: 'm.text',
    body: 'I am a card',
    'chiffon.card': { request: 142, hash: sampleCard().card.hash },
  });
  const tries = [
    forge('m.reaction', annotation(card), bot.userId),
    forge('m.reaction', annotation(card), '@_discord_anna:double.test'),
    forge('m.reaction', annotation('$unknown')),
    forge('m.reaction', annotation(marked)),
    forge('m.reaction', { 'm.relates_to': { rel_type: 'm.reference', event_id: card, key: '✅' } }),
    forge('m.reaction', { 'm.relates_to': { rel_type: 'm.annotation', event_id: [card], key: '✅' } }),
    forge('m.reaction', {
      'm.relates_to': { rel_type: 'm.annotation', event_id: card, key: { toString: '✅' } },
    }),
    forge('m.reaction', { 'm.relates_to': 'm.annotation' }),
    forge('m.reaction', annotation(card), anna.userId, ''),
    forge('m.room.message', annotation(card)),
    forge('m.room.message', { ...approve, msgtype: 'm.notice' }),
    forge('m.room.message', { ...approve, msgtype: 'm.emote' }),
    forge('m.room.message', approve, bot.userId),
    forge('m.room.message', approve, '@_telegram_1:double.test'),
    forge('m.room.message', approve, anna.userId, 'x'),
    forge('m.room.message', {
      ...approve,
      'm.new_content': approve,
      'm.relates_to': { rel_type: 'm.replace', event_id: said },
    }),
    forge('m.room.encrypted', { algorithm: 'm.megolm.v1.aes-sha2', ciphertext: 'x', ...approve }),
    forge('m.room.topic', { topic: '!chiffon approve 142' }, anna.userId, ''),
    forge('m.room.message', {
      msgtype: 'm.text',
      body: ' restart jellyfin',
      formatted_body: `<a href="https://matrix.to/#/${bot.userId}x">`,
    }),
    double.inject(other, {
      sender: anna.userId,
      type: 'm.reaction',
      content: annotation(card) as Record<string, unknown>,
    }),
  ];
  expect(new Set(tries).size).toBe(20);
  anna.say(room, '!chiffon that was all');
  await double.until(
    'the last one is heard',
    () => rig.heard.at(-1)?.act.kind === 'say' && rig.heard.length > 0,
  );
  expect(rig.heard.map((heard) => heard.act)).toEqual([{ kind: 'say', text: 'that was all' }]);
});

test('a name that imitates an approver changes nothing about who acted', async () => {
  const { double, room } = rig;
  const names = Array.from({ length: 20 }, (_, index) => `anna${'\u200b'.repeat(index % 3)}${index}`);
  rig.heard.length = 0;
  for (const name of names) {
    const { userId } = double.account(name, 'Anna');
    double.person(name).join(room);
    double.inject(room, {
      sender: userId,
      type: 'm.reaction',
      content: annotation(card) as Record<string, unknown>,
    });
  }
  await double.until('all are heard', () => rig.heard.length === 20);
  expect(rig.heard.map((heard) => heard.account)).toEqual(names.map((name) => `@${name}:double.test`));
  expect(rig.heard.every((heard) => heard.account !== rig.anna.userId)).toBe(true);
});

test('a reaction below a card that was deleted decides nothing', async () => {
  const { double, anna, room } = rig;
  const gone = await post(rig, null, sampleCard(), 'gone');
  anna.redact(room, gone);
  rig.heard.length = 0;
  double.inject(room, {
    sender: anna.userId,
    type: 'm.reaction',
    content: annotation(gone) as Record<string, unknown>,
  });
  anna.say(room, '!chiffon that was all');
  await double.until('the last one is heard', () => rig.heard.length > 0);
  expect(rig.heard.map((heard) => heard.act)).toEqual([{ kind: 'say', text: 'that was all' }]);
});
