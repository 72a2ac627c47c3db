import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Outgoing, Place } from '#chat/surface-port.ts';
import { currentContent } from '../../support/matrix-double/transcript.ts';
import { post, type Rig, startRig } from './matrix-rig.ts';
import { sampleCard, sampleCards, sampleStep } from './sample-cards.ts';

let rig: Rig;
let asked: string;
let place: Place;
beforeEach(async () => {
  rig = await startRig();
  asked = rig.anna.say(rig.room, '!chiffon update jellyfin please');
  place = { channel: rig.room, thread: asked };
  await rig.surface.openThread({ channel: rig.room, message: asked, title: 'x', key: 'k' });
});
afterEach(async () => {
  await rig.stop();
});

const note = (words: string, more: object = {}): Extract<Outgoing, { kind: 'note' }> => ({
  kind: 'note',
  words,
  output: null,
  mentions: [],
  loud: false,
  ...more,
});
const loud = { loud: true, mentions: ['@anna:double.test'] };
const seedsBelow = (card: string): string =>
  [...rig.double.reactions(rig.room, card).keys()].sort().join(' ');
const seeded = (card: string): Promise<unknown> =>
  rig.double.until('the reactions are there', () => seedsBelow(card) === '✅ ❌ 💬');

test('a request on the whole road reads like its transcript', async () => {
  const { double, room, surface } = rig;
  const card = await post(rig, asked, sampleCard({}, loud), 'card');
  await seeded(card);
  rig.anna.react(room, card, '✅');
  await post(rig, asked, note('Approved by Anna on Matrix (revision 1).'), 'decision');
  for (const name of ['running', 'failed'] as const) {
    const drawn = sampleCards[name];
    if (drawn !== undefined)
      expect(await surface.edit({ ...place, message: card }, drawn)).toEqual({ ok: true, value: null });
  }
  await double.until(
    'the reactions are taken back',
    () => [...double.reactions(room, card)].map(([, by]) => by.length).join() === '1',
  );
  await post(
    rig,
    asked,
    note('Failed. Jellyfin did not start: port 8096 is already used by container emby.', {
      ...loud,
      output: 'Error response from daemon\nBind for 0.0.0.0:8096 failed: port is already allocated',
    }),
    'result',
  );
  await post(
    rig,
    asked,
    { kind: 'file', name: 'run-142-2.log', content: 'line\n'.repeat(10_000), words: 'The whole log' },
    'log',
  );
  await expect(double.transcript(room)).toMatchFileSnapshot('transcripts/thread-failed-run.txt');
});

test('a card rings once, for the people it calls; notes, edits and reactions never ring', async () => {
  const { double, room, surface } = rig;
  const card = await post(rig, asked, sampleCard({}, loud), 'card');
  await surface.edit(
    { ...place, message: card },
    sampleCard({ state: 'done', stateWord: 'Done' }, { mentions: loud.mentions }),
  );
  await post(rig, asked, note('Just so you know.', { mentions: loud.mentions }), 'note');
  await post(rig, asked, note('Failed.', loud), 'failed');
  expect(double.transcript(room).match(/rings for/g)).toHaveLength(2);
  const edit = double
    .roomNamed(room)
    .events.find((event) => event.content['m.relates_to']?.rel_type === 'm.replace');
  expect(edit?.content).toMatchObject({ 'm.mentions': {}, 'm.new_content': { 'm.mentions': {} } });
});

test('everything is in the thread of the request, for clients with and without threads', async () => {
  const first = await post(rig, asked, sampleCard(), 'card');
  await post(rig, asked, note('Approved.'), 'note');
  const [, second] = rig.double.messagesOf(rig.room, rig.bot.userId);
  expect(second?.content['m.relates_to']).toEqual({
    rel_type: 'm.thread',
    event_id: asked,
    is_falling_back: true,
    'm.in_reply_to': { event_id: first },
  });
});

test('Chiffon opens a thread of its own below a quiet message, once for a key', async () => {
  const open = { channel: rig.room, message: null, title: 'R-150 nightly update', key: 'own' };
  const first = await rig.surface.openThread(open);
  const second = await rig.surface.openThread(open);
  expect(second).toEqual(first);
  expect(rig.double.messagesOf(rig.room, rig.bot.userId)).toHaveLength(1);
  if (!first.ok || first.value.thread === null) throw new Error('no thread');
  rig.anna.reply(rig.room, first.value.thread, 'not tonight');
  await rig.double.until('it is heard', () =>
    rig.heard.some((heard) => heard.act.kind === 'say' && heard.act.text === 'not tonight'),
  );
});

test('the same key posts once, also after a restart and after an answer that got lost', async () => {
  rig.double.loseNextAnswer();
  const lost = await rig.surface.post(place, sampleCard(), 'card');
  expect(lost).toMatchObject({ ok: false, why: 'later' });
  const first = await post(rig, asked, sampleCard(), 'card');
  await rig.surface.stop();
  await rig.restart();
  await rig.double.until('it is connected', () => rig.surface.health().ok);
  expect(await post(rig, asked, sampleCard(), 'card')).toBe(first);
  await seeded(first);
  expect(rig.double.messagesOf(rig.room, rig.bot.userId)).toHaveLength(1);
  expect([...rig.double.reactions(rig.room, first).values()].every((by) => by.length === 1)).toBe(true);
});

test.each(['destructive', 'question', 'answer', 'done', 'parked'])(
  'below the card “%s” stands no reaction to press',
  async (name) => {
    const card = await post(rig, asked, sampleCards[name] ?? sampleCard(), 'card');
    const next = await post(rig, asked, sampleCard(), 'next');
    await seeded(next);
    expect(seedsBelow(card)).toBe('');
  },
);

test('edits are always of the original event', async () => {
  const card = await post(rig, asked, sampleCard(), 'card');
  for (const stateWord of ['Needs you', 'Running', 'Done']) {
    expect(await rig.surface.edit({ ...place, message: card }, sampleCard({ stateWord }))).toEqual({
      ok: true,
      value: null,
    });
  }
  const room = rig.double.roomNamed(rig.room);
  const event = room.find(card);
  if (event === undefined) throw new Error('no card');
  expect(currentContent(room, event)['body']).toContain('Done · P-142');
  expect(
    room.events.filter(
      (other) =>
        other.content['m.relates_to']?.event_id === card &&
        other.content['m.relates_to']?.rel_type === 'm.replace',
    ),
  ).toHaveLength(3);
});

test('an edit of a deleted card says that it is gone', async () => {
  const card = await post(rig, asked, sampleCard(), 'card');
  rig.anna.redact(rig.room, card);
  expect(await rig.surface.edit({ ...place, message: card }, sampleCard())).toEqual({
    ok: false,
    why: 'gone',
    what: 'message',
  });
  expect(await rig.surface.edit({ ...place, message: '$never' }, sampleCard())).toEqual({
    ok: false,
    why: 'gone',
    what: 'message',
  });
});

test.each(['header', 'body', 'bare'] as const)(
  'a homeserver that wants a pause (%s) gets it, and nothing is sent meanwhile',
  async (how) => {
    rig.double.limitNext(1, 3_000, how);
    const first = await rig.surface.post(place, note('hello'), 'note');
    expect(first).toMatchObject({ ok: false, why: 'later', afterMs: how === 'bare' ? 5_000 : 3_000 });
    rig.double.clearCalls();
    const second = await rig.surface.post(place, note('hello'), 'note');
    expect(second).toMatchObject({ ok: false, why: 'later' });
    expect(rig.double.calls().filter((call) => call.method === 'PUT')).toEqual([]);
  },
);

test('during an outage everything is due later; afterwards it is there once and in order', async () => {
  for (const how of [503, 'cut'] as const) {
    rig.double.outage(how);
    expect(await rig.surface.post(place, note(`first ${how}`), `a${how}`)).toMatchObject({
      ok: false,
      why: 'later',
    });
    await rig.double.until('it is noticed', () => !rig.surface.health().ok);
    expect(rig.surface.health()).toMatchObject({ ok: false });
    expect(rig.surface.health().detail).toContain(rig.double.url);
    rig.double.outage(null);
    await rig.double.until('it is back', () => rig.surface.health().ok);
    await post(rig, asked, note(`first ${how}`), `a${how}`);
    await post(rig, asked, note(`second ${how}`), `b${how}`);
  }
  expect(rig.double.messagesOf(rig.room, rig.bot.userId).map((event) => event.content['body'])).toEqual([
    'first 503',
    'second 503',
    'first cut',
    'second cut',
  ]);
});

test('a token that is revoked shows in health with what to do, and everything goes on when it works again', async () => {
  const seen: boolean[] = [];
  rig.surface.onHealth((health) => seen.push(health.ok));
  rig.double.revoke(rig.bot.token);
  expect(await rig.surface.post(place, note('hello'), 'note')).toMatchObject({ ok: false, why: 'later' });
  const health = await rig.double.until('it is noticed', () =>
    rig.surface.health().ok ? null : rig.surface.health(),
  );
  expect(health.detail).toContain('does not take the access token');
  expect(health.remedy).toContain('matrix.tokenFile');
  rig.anna.say(rig.room, '!chiffon are you there?');
  rig.double.allow(rig.bot.token);
  await rig.double.until('it is back', () => rig.surface.health().ok);
  await post(rig, asked, note('hello'), 'note');
  await rig.double.until(
    'what was said meanwhile is heard',
    () => rig.heard.at(-1)?.act.kind === 'say' && rig.heard.length === 2,
  );
  expect(seen).toEqual([false, true]);
});

test('a token of another account is refused with the name of the right setting', async () => {
  await rig.surface.stop();
  rig.settings.token = rig.double.account('someone').token;
  await rig.restart();
  const health = await rig.double.until('it is noticed', () =>
    rig.surface.health().remedy === null ? null : rig.surface.health(),
  );
  expect(health.ok).toBe(false);
  expect(health.detail).toBe(
    'The access token belongs to @someone:double.test, and matrix.userId is @chiffon:double.test.',
  );
  expect(health.remedy).toContain('Set matrix.userId to @someone:double.test');
});

test('a room Chiffon was put out of is gone, and says so in health; a new invitation brings it back', async () => {
  const { double, room, anna, bot } = rig;
  anna.kick(room, bot.userId);
  expect(await rig.surface.post(place, note('hello'), 'note')).toEqual({
    ok: false,
    why: 'gone',
    what: 'channel',
  });
  const health = await double.until('it is noticed', () =>
    rig.surface.health().ok ? null : rig.surface.health(),
  );
  expect(health.detail).toContain(`Chiffon is not in ${room}`);
  expect(health.remedy).toContain(`Invite ${bot.userId}`);
  anna.invite(room, bot.userId);
  await double.until('it is back', () => rig.surface.health().ok);
  await post(rig, asked, note('hello'), 'note');
});

test('in a room without rights a message is refused, not gone', async () => {
  const { double, room } = rig;
  double.forbid(room);
  expect(await rig.surface.post(place, note('hello'), 'note')).toMatchObject({ ok: false, why: 'refused' });
});

test('nothing is ever said in the clear in an encrypted room, from the moment it is encrypted', async () => {
  const { double, room, surface } = rig;
  const card = await post(rig, asked, sampleCard(), 'card');
  double.encrypt(room);
  const before = double.roomNamed(room).events.length;
  for (const sent of [
    await surface.post(place, note('hello'), 'note'),
    await surface.post(place, { kind: 'file', name: 'a.log', content: 'secret', words: '' }, 'file'),
    await surface.edit({ ...place, message: card }, sampleCard()),
    await surface.openThread({ channel: room, message: null, title: 'x', key: 'new' }),
  ]) {
    expect(sent).toMatchObject({ ok: false, why: 'refused' });
    if (!sent.ok && sent.why === 'refused')
      expect(sent.detail).toContain(
        'is encrypted and the encryption library can’t be loaded (it is not installed), so Chiffon says nothing there',
      );
  }
  expect(
    double
      .roomNamed(room)
      .events.slice(before)
      .filter((event) => event.type === 'm.room.message'),
  ).toEqual([]);
  expect(double.calls().filter((call) => call.path.includes('/upload'))).toEqual([]);
  expect(surface.health()).toMatchObject({ ok: false });
  expect(surface.health().detail).toContain(room);
  expect(surface.health().remedy).toContain('npm ci');
});

test('invitations to other rooms are turned down without a word', async () => {
  const { double, anna, bot } = rig;
  const other = double.room([anna]);
  anna.invite(other, bot.userId);
  await double.until('it is turned down', () => double.roomNamed(other).members.get(bot.userId) === 'leave');
  expect(double.messagesOf(other, bot.userId)).toEqual([]);
  expect(await rig.surface.post({ channel: other, thread: null }, note('hello'), 'x')).toMatchObject({
    ok: false,
    why: 'refused',
  });
});

test('a command too long for a card stands in a file above it, and the card says so', async () => {
  const exact = `echo ${'y'.repeat(30_000)}`;
  const card = await post(rig, asked, sampleCard({ steps: [sampleStep(1, { exact })] }), 'card');
  const [file, shown] = rig.double.messagesOf(rig.room, rig.bot.userId);
  expect(file?.content['msgtype']).toBe('m.file');
  // Clients that show captions show nothing else, so the name the card calls it by is part of it.
  expect(file?.content['body']).toContain('steps-142-1.txt');
  expect(rig.double.upload(file?.content['url'])?.toString()).toContain(exact);
  expect(shown?.event_id).toBe(card);
  expect(shown?.content['body']).toContain('steps-142-1.txt');
});

test('a log that is larger than the homeserver takes keeps its end and says what is missing', async () => {
  rig.double.maxUpload = 10_000;
  await rig.surface.stop();
  await rig.restart();
  await rig.double.until('it is connected', () => rig.surface.health().ok);
  const content = Array.from({ length: 5_000 }, (_, line) => `line ${line}`).join('\n');
  await post(rig, asked, { kind: 'file', name: 'run.log', content, words: '' }, 'log');
  const [file] = rig.double.messagesOf(rig.room, rig.bot.userId);
  const text = rig.double.upload(file?.content['url'])?.toString() ?? '';
  expect(text.length).toBeLessThanOrEqual(10_000);
  expect(text).toMatch(/^… the first \d+ bytes are left out/);
  expect(text.endsWith('line 4999')).toBe(true);
});

test('Chiffon shows that it is at it', async () => {
  await rig.surface.busy(place);
  expect(rig.double.typing(rig.room)).toEqual([rig.bot.userId]);
});

test('what was heard while Chiffon was away comes in order and whole, however much it was', async () => {
  const { double, room, anna } = rig;
  await double.until('the first is heard', () => rig.heard.length === 1);
  await rig.surface.stop();
  double.roomNamed(room).syncLimit = 5;
  const said = Array.from({ length: 230 }, (_, index) => anna.say(room, `!chiffon status ${index}`));
  await rig.restart();
  await double.until('all is heard', () => rig.heard.length >= 231);
  expect(rig.heard.slice(1).map((heard) => heard.id)).toEqual(said);
});

test('an act that could not be finished before a crash comes again', async () => {
  await rig.double.until('the first is heard', () => rig.heard.length === 1);
  let crash = true;
  rig.answer = () => {
    if (!crash) return { kind: 'done' };
    throw new Error('the ledger is away');
  };
  const said = rig.anna.say(rig.room, '!chiffon stop 3');
  await rig.double.until('it came twice', () => rig.heard.filter((heard) => heard.id === said).length >= 2);
  // Matrix itself is well: what is broken is elsewhere, and said there.
  expect(rig.surface.health().ok).toBe(true);
  expect(rig.logged.some(({ level }) => level === 'error')).toBe(true);
  await rig.surface.stop();
  crash = false;
  await rig.restart();
  const before = rig.heard.length;
  await rig.double.until('it came again', () => rig.heard.length > before);
  expect(rig.heard.at(-1)?.id).toBe(said);
});

test('what was said before Chiffon came into the room is not heard', async () => {
  const { double, anna, bot, room } = rig;
  await double.until('the first is heard', () => rig.heard.length === 1);
  anna.kick(room, bot.userId);
  anna.say(room, '!chiffon while you were out');
  anna.invite(room, bot.userId);
  await double.until('it is back', () => double.roomNamed(room).members.get(bot.userId) === 'join');
  anna.say(room, '!chiffon now');
  await double.until('it is heard', () => rig.heard.length > 1);
  expect(rig.heard.slice(1).map((heard) => heard.act)).toEqual([{ kind: 'say', text: 'now' }]);
});

test('within Synapse’s limit for one account, a card, its reactions and a long run are never refused', async () => {
  const limited = await startRig({ rate: { perSecond: 20, burst: 10 } });
  try {
    const { double, room, surface } = limited;
    double.limit({ perSecond: 20, burst: 10 });
    const sent = await surface.post({ channel: room, thread: null }, sampleCard(), 'card');
    if (!sent.ok) throw new Error('not posted');
    double.clearCalls();
    let edits = 0;
    for (let round = 0; round < 40; round += 1) {
      const edited = await surface.edit(
        { channel: room, thread: null, message: sent.value.message },
        sampleCard({ state: 'running', stateWord: `Running ${round}` }),
      );
      if (edited.ok) edits += 1;
      else if (edited.why === 'later') await new Promise((resolve) => setTimeout(resolve, edited.afterMs));
    }
    expect(edits).toBeGreaterThan(15);
    expect(double.calls().filter((call) => call.status === 429)).toEqual([]);
  } finally {
    await limited.stop();
  }
});
