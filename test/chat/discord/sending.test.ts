import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Outgoing, Place } from '#chat/surface-port.ts';
import {
  type Channel,
  type DiscordDouble,
  permissionBits,
  readMarkdown,
  realLimits,
  startDiscordDouble,
  type User,
} from '../../support/discord-double/discord-double.ts';
import { done, outgoing, proposal, running, step } from './cards.ts';
import { createMemory, type OpenSurface, openSurface, valueOf } from './support.ts';

let discord: DiscordDouble;
let open: OpenSurface;
let anna: User;

beforeEach(async () => {
  discord = await startDiscordDouble();
  open = await openSurface(discord);
  anna = discord.user('Anna');
});
afterEach(async () => {
  await open.close();
  await discord.stop();
});

const note = (words: string, more: Partial<Extract<Outgoing, { kind: 'note' }>> = {}): Outgoing => ({
  kind: 'note',
  words,
  output: null,
  mentions: [],
  loud: false,
  ...more,
});
const inChannel = (channel: Channel = discord.channel): Place => ({ channel: channel.id, thread: null });

async function openThread(key = 'thread 142'): Promise<{ readonly place: Place; readonly thread: Channel }> {
  const asked = discord.say(anna, discord.channel, 'update jellyfin', { mention: true });
  const place = valueOf(
    await open.surface.openThread({
      channel: discord.channel.id,
      message: asked.id,
      title: 'Update Jellyfin',
      key,
    }),
  );
  return { place, thread: discord.place(place.thread ?? '') };
}

describe('threads', () => {
  test('one hangs below the request, and asking again answers the same', async () => {
    const asked = discord.say(anna, discord.channel, 'update jellyfin', { mention: true });
    const where = { channel: discord.channel.id, message: asked.id, title: 'Update Jellyfin', key: 'k' };
    const first = valueOf(await open.surface.openThread(where));
    expect(valueOf(await open.surface.openThread(where))).toEqual(first);
    expect(first).toEqual({ channel: discord.channel.id, thread: asked.id });
    expect(discord.threads()).toHaveLength(1);
  });

  test('without a message it hangs below one of Chiffon’s own, also after a restart in between', async () => {
    const where = { channel: discord.channel.id, message: null, title: 'Deploy **kuma**', key: 'k' };
    const first = valueOf(await open.surface.openThread(where));
    discord.advance(60 * 60_000);
    const { memory } = open;
    await open.close();
    open = await openSurface(discord, { memory });
    expect(valueOf(await open.surface.openThread(where))).toEqual(first);
    expect(discord.messages().filter((message) => message.author.id === discord.bot.id)).toHaveLength(1);
    expect(discord.threads().map((thread) => thread.name)).toEqual(['Deploy **kuma**']);
  });

  test('killed between posting that message and opening the thread, Chiffon finds it again', async () => {
    const where = { channel: discord.channel.id, message: null, title: 'Deploy kuma', key: 'k' };
    await open.surface.openThread(where);
    for (const thread of discord.threads()) thread.deleted = true;
    discord.advance(60 * 60_000);
    await open.close();
    open = await openSurface(discord, { memory: createMemory() });
    await open.surface.openThread(where);
    expect(discord.messages().filter((message) => message.author.id === discord.bot.id)).toHaveLength(1);
  });

  test('in direct messages there are none: the place itself is answered', async () => {
    const direct = discord.direct(anna);
    const said = discord.say(anna, direct, 'deploy kuma');
    const place = valueOf(
      await open.surface.openThread({ channel: direct.id, message: said.id, title: 'x', key: 'k' }),
    );
    expect(place).toEqual({ channel: direct.id, thread: null });
  });

  test('where none may be opened the channel itself is used and the log says so', async () => {
    discord.deny(discord.channel, permissionBits.createPublicThreads);
    const { place } = await (async () => {
      const asked = discord.say(anna, discord.channel, 'x', { mention: true });
      return {
        place: valueOf(
          await open.surface.openThread({
            channel: discord.channel.id,
            message: asked.id,
            title: 'x',
            key: 'k',
          }),
        ),
      };
    })();
    expect(place).toEqual(inChannel());
    expect(open.log.some((line) => line.message.includes('no thread could be opened'))).toBe(true);
  });

  test('a title of any length and any letters becomes a name Discord takes', async () => {
    for (const title of ['x'.repeat(500), '', '\n\n', '🔶'.repeat(90), 'a\u202eb']) {
      const asked = discord.say(anna, discord.channel, 'x', { mention: true });
      const place = await open.surface.openThread({
        channel: discord.channel.id,
        message: asked.id,
        title,
        key: title,
      });
      expect(place.ok).toBe(true);
    }
    for (const thread of discord.threads()) expect(thread.name).not.toMatch(/[\n\u202e]/);
  });

  test('a request that was deleted is told as gone', async () => {
    const asked = discord.say(anna, discord.channel, 'x', { mention: true });
    discord.deleteMessage(asked);
    const sent = await open.surface.openThread({
      channel: discord.channel.id,
      message: asked.id,
      title: 'x',
      key: 'k',
    });
    expect(sent).toEqual({ ok: false, why: 'gone', what: 'message' });
  });
});

describe('posts', () => {
  test('a card rings the phone of who is called with a plain sentence, then becomes the card without ringing again', async () => {
    const { place, thread } = await openThread();
    const message = outgoing(proposal(), { mentions: [anna.id], loud: true });
    const posted = valueOf(await open.surface.post(place, message, 'card:1'));
    expect(posted.complete).toBe(false);
    const sentence = discord.message(posted.message);
    expect(discord.isV2(sentence)).toBe(false);
    expect(sentence.allowedMentions).toEqual({ parse: [], users: [anna.id] });
    valueOf(await open.surface.edit({ ...place, message: posted.message }, message));
    expect(discord.isV2(discord.message(posted.message))).toBe(true);
    expect(discord.buttons(discord.message(posted.message))).toEqual([
      'Approve and run',
      'Request changes',
      'Reject',
    ]);
    expect(discord.phone(anna).map((push) => push.text)).toEqual([
      '@Anna 🔶 P-142 needs you: Update Jellyfin to 10.11.2 on n100',
    ]);
    for (const card of [running(), done()])
      valueOf(await open.surface.edit({ ...place, message: posted.message }, outgoing(card)));
    expect(discord.phone(anna)).toHaveLength(1);
    expect(discord.messages(thread)).toHaveLength(1);
  });

  test('only who is meant is called, whatever the words say', async () => {
    const ben = discord.user('Ben');
    const words = `@everyone <@${ben.id}> failed`;
    const { message } = valueOf(
      await open.surface.post(inChannel(), note(words, { mentions: [anna.id], loud: true }), 'n'),
    );
    expect(discord.message(message).called).toEqual([anna.id]);
    expect(discord.phone(ben)).toEqual([]);
  });

  test('every post there is forbids Discord to find people to call in its words', async () => {
    const { place } = await openThread();
    await open.card(place, outgoing(proposal(), { mentions: [anna.id], loud: true }));
    await open.surface.post(place, note('x'), 'n');
    await open.surface.post(place, { kind: 'file', name: 'run-142.log', content: 'x', words: 'x' }, 'f');
    await open.surface.openThread({ channel: discord.channel.id, message: null, title: 'x', key: 'k' });
    open.ear.answer = () => ({ kind: 'tell', words: 'x' });
    discord.say(anna, discord.channel, 'x', { mention: true });
    await discord.until(() => discord.messages().some((message) => message.type === 19), 'it is answered');
    const sends = discord.calls.filter(
      (call) => /messages$|messages\/:id$/.test(call.route) && call.method !== 'GET',
    );
    expect(sends.length).toBeGreaterThanOrEqual(6);
    for (const call of sends) expect(call.body).toMatchObject({ allowed_mentions: { parse: [] } });
  });

  test('progress and answers make no sound; what wants somebody does', async () => {
    await open.surface.post(inChannel(), note('Approved by Ben.', { mentions: [anna.id] }), 'a');
    expect(discord.phone(anna)).toEqual([]);
    await open.surface.post(inChannel(), note('Failed.', { mentions: [anna.id], loud: true }), 'b');
    expect(discord.phone(anna)).toHaveLength(1);
  });

  test('what a host printed stands in a block nothing leaves', async () => {
    const output = 'ok\n``` @everyone [x](https://evil.example)\n# big';
    const { message } = valueOf(await open.surface.post(inChannel(), note('It printed:', { output }), 'n'));
    expect(readMarkdown(discord.message(message).content).effects).toEqual(['code block']);
  });

  test('a log of 10,000 lines is a file', async () => {
    const content = Array.from({ length: 10_000 }, (_, index) => `line ${index + 1}`).join('\n');
    const { message, complete } = valueOf(
      await open.surface.post(
        inChannel(),
        { kind: 'file', name: 'run-142-1.log', content, words: 'The whole log' },
        'f',
      ),
    );
    expect(complete).toBe(true);
    const [file] = discord.message(message).files;
    expect(file?.filename).toBe('run-142-1.log');
    expect(file?.content.toString('utf8')).toBe(content);
  });

  test('of a log that is too large for Discord the end is sent, and it says what is missing', async () => {
    const content = `${'x'.repeat(99)}\n`.repeat(130_000);
    const { message } = valueOf(
      await open.surface.post(
        inChannel(),
        { kind: 'file', name: 'run.log', content: `${content}the end`, words: 'log' },
        'f',
      ),
    );
    const text = discord.message(message).files[0]?.content.toString('utf8') ?? '';
    expect(text).toMatch(/^… \d+ bytes before this are left out; the console has all of it\.\nx{99}\n/);
    expect(text.endsWith('the end')).toBe(true);
  });

  test('an edit carries the steps as a file as long as the card needs it', async () => {
    const long = proposal({ steps: [step(1, 'Long', `echo ${'x'.repeat(5_000)}`)] });
    const id = await open.card(inChannel(), outgoing(long));
    expect(discord.message(id).files.map((file) => file.filename)).toEqual(['steps-142-1.txt']);
    valueOf(await open.surface.edit({ ...inChannel(), message: id }, outgoing(long)));
    expect(discord.message(id).files).toHaveLength(1);
    valueOf(
      await open.surface.edit({ ...inChannel(), message: id }, outgoing({ ...long, state: 'running' })),
    );
    expect(discord.message(id).files).toEqual([]);
  });

  test('showing that Chiffon is at it works, and never fails', async () => {
    await open.surface.busy(inChannel());
    expect(discord.typing).toBe(1);
    discord.deleteChannel(discord.channel);
    await open.surface.busy(inChannel());
  });
});

describe('once, however often', () => {
  test('the same key posts once', async () => {
    const { place, thread } = await openThread();
    const first = valueOf(await open.surface.post(place, note('Done.'), 'result:142-1'));
    expect(valueOf(await open.surface.post(place, note('Done.'), 'result:142-1'))).toEqual(first);
    await open.surface.post(place, note('Done.'), 'result:142-2');
    expect(discord.messages(thread)).toHaveLength(2);
  });

  test('at the same moment too', async () => {
    const sent = await Promise.all(
      Array.from({ length: 5 }, () => open.surface.post(inChannel(), note('x'), 'one')),
    );
    expect(new Set(sent.map((each) => valueOf(each).message)).size).toBe(1);
    expect(discord.messages()).toHaveLength(1);
  });

  test.each([
    ['a note', note('Approved by Anna on Discord (revision 1).')],
    ['a card', outgoing(proposal(), { mentions: [], loud: true })],
    ['a card whose state went on', outgoing(proposal())],
    ['a file', { kind: 'file', name: 'run-142-1.log', content: 'x', words: 'The log' } as const],
  ])('%s posted right before a crash is found again an hour later', async (what, message) => {
    const { place, thread } = await openThread();
    const { message: id } = valueOf(await open.surface.post(place, message, 'key'));
    const { memory } = open;
    await open.close();
    discord.advance(60 * 60_000);
    open = await openSurface(discord, { memory });
    const again = what.endsWith('went on') ? outgoing(running()) : message;
    expect(valueOf(await open.surface.post(place, again, 'key')).message).toBe(id);
    expect(discord.messages(thread)).toHaveLength(1);
    // The same words under another key are another post.
    const other = valueOf(await open.surface.post(place, again, 'another key'));
    expect(other.message).not.toBe(id);
  });

  test('what the ledger knows is never taken for a lost post', async () => {
    const { place, thread } = await openThread();
    const { message } = valueOf(await open.surface.post(place, note('Done.'), 'one'));
    open.memory.posts.set(message, { request: 142, kind: 'note', hash: null });
    const { memory } = open;
    await open.close();
    open = await openSurface(discord, { memory });
    expect(valueOf(await open.surface.post(place, note('Done.'), 'two')).message).not.toBe(message);
    expect(discord.messages(thread)).toHaveLength(2);
  });

  test('a post whose answer got lost is found when it is sent again, also long after', async () => {
    const { place, thread } = await openThread();
    await open.surface.post(place, note('first'), 'first');
    discord.loseAnswers(2);
    const lost = await open.surface.post(place, note('second'), 'second');
    expect(lost).toMatchObject({ ok: false, why: 'later' });
    discord.advance(60 * 60_000);
    valueOf(await open.surface.post(place, note('second'), 'second'));
    expect(discord.messages(thread).map((message) => message.content)).toEqual(['first', 'second']);
  });
});

describe('what can go wrong', () => {
  test('an archived thread is woken for an edit; a locked one refuses', async () => {
    const { place, thread } = await openThread();
    const id = await open.card(place, outgoing(proposal()));
    discord.archive(thread);
    expect(await open.surface.edit({ ...place, message: id }, outgoing(running()))).toEqual({
      ok: true,
      value: null,
    });
    expect(thread.archived).toBe(false);
    discord.archive(thread);
    expect((await open.surface.post(place, note('Done.'), 'n')).ok).toBe(true);
    discord.archive(thread, true);
    expect(await open.surface.post(place, note('Done.'), 'n2')).toMatchObject({ ok: false, why: 'refused' });
    expect(await open.surface.edit({ ...place, message: id }, outgoing(done()))).toMatchObject({
      ok: false,
      why: 'refused',
    });
  });

  test('a deleted message, thread and channel are told apart', async () => {
    const { place, thread } = await openThread();
    const id = await open.card(place, outgoing(proposal()));
    discord.deleteMessage(discord.message(id));
    expect(await open.surface.edit({ ...place, message: id }, outgoing(done()))).toEqual({
      ok: false,
      why: 'gone',
      what: 'message',
    });
    discord.deleteChannel(thread);
    expect(await open.surface.post(place, note('x'), 'a')).toEqual({
      ok: false,
      why: 'gone',
      what: 'thread',
    });
    discord.deleteChannel(discord.channel);
    expect(await open.surface.post(place, note('x'), 'b')).toEqual({
      ok: false,
      why: 'gone',
      what: 'channel',
    });
    expect(await open.surface.post(inChannel(), note('x'), 'c')).toEqual({
      ok: false,
      why: 'gone',
      what: 'channel',
    });
  });

  test('missing rights refuse, with Discord’s words', async () => {
    discord.deny(discord.channel, permissionBits.sendMessages);
    const sent = await open.surface.post(inChannel(), note('x'), 'a');
    expect(sent).toMatchObject({ ok: false, why: 'refused' });
    expect(JSON.stringify(sent)).toContain('Missing Permissions');
    expect(JSON.stringify(sent)).not.toContain(discord.token);
  });

  test('a short rate limit is waited for; a long one is told, with how long', async () => {
    discord.exhaust('POST /channels/:id/messages', discord.channel, 300);
    expect((await open.surface.post(inChannel(), note('x'), 'a')).ok).toBe(true);
    discord.exhaust('POST /channels/:id/messages', discord.channel, 30_000);
    const sent = await open.surface.post(inChannel(), note('y'), 'b');
    expect(sent).toMatchObject({ ok: false, why: 'later' });
    if (!sent.ok && sent.why === 'later') {
      expect(sent.afterMs).toBeGreaterThan(25_000);
      expect(sent.afterMs).toBeLessThan(31_000);
    }
  });

  test('at Discord’s own limits a burst of posts and edits never meets a 429', async () => {
    discord.setLimits({ ...realLimits, messages: { limit: 5, windowMs: 400 } });
    const id = await open.card(inChannel(), outgoing(proposal()));
    const before = discord.answered(429);
    await Promise.all(
      Array.from({ length: 14 }, (_, index) =>
        index % 2 === 0
          ? open.surface.post(inChannel(), note(`n ${index}`), `k${index}`)
          : open.surface.edit(
              { ...inChannel(), message: id },
              outgoing(running(), { lastLine: `line ${index}` }),
            ),
      ),
    );
    expect(discord.answered(429) - before).toBeLessThanOrEqual(1);
    expect(discord.messages()).toHaveLength(8);
  });

  test('Discord away, refusing or answering 503, means later; then it goes through once', async () => {
    await discord.goDown('503');
    expect(await open.surface.post(inChannel(), note('x'), 'a')).toMatchObject({ ok: false, why: 'later' });
    await discord.goDown('refusing');
    expect(await open.surface.post(inChannel(), note('x'), 'a')).toMatchObject({ ok: false, why: 'later' });
    expect(
      await open.surface.openThread({ channel: discord.channel.id, message: '1', title: 'x', key: 'k' }),
    ).toMatchObject({ ok: false, why: 'later' });
    await discord.comeBack();
    valueOf(await open.surface.post(inChannel(), note('x'), 'a'));
    expect(discord.messages()).toHaveLength(1);
  });

  test('many edits of a message older than an hour are put off', async () => {
    const id = await open.card(inChannel(), outgoing(proposal()));
    discord.advance(61 * 60_000);
    const sent = [];
    for (let index = 0; index < 5; index += 1)
      sent.push(
        await open.surface.edit(
          { ...inChannel(), message: id },
          outgoing(running(), { lastLine: `line ${index}` }),
        ),
      );
    expect(sent.at(-1)).toMatchObject({ ok: false, why: 'later' });
    expect(open.surface.freshForMs).toBeLessThan(60 * 60_000);
    expect(open.surface.freshForMs).toBeGreaterThan(50 * 60_000);
  });

  test('edits are paced by two seconds at first and more slowly later', () => {
    expect(open.surface.editPaceMs(0)).toBe(2_000);
    expect(open.surface.editPaceMs(5 * 60_000)).toBe(5_000);
    expect(open.surface.editPaceMs(60 * 60_000)).toBe(15_000);
  });
});
