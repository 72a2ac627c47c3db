import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SurfaceHealth } from '#chat/surface-port.ts';
import {
  type DiscordDouble,
  permissionBits,
  startDiscordDouble,
} from '../../support/discord-double/discord-double.ts';
import { type OpenSurface, openSurface, valueOf } from './support.ts';

let discord: DiscordDouble;
let open: OpenSurface | null = null;
const unhandled: unknown[] = [];
const noteUnhandled = (error: unknown): void => {
  unhandled.push(error);
};

beforeEach(async () => {
  discord = await startDiscordDouble({ heartbeatMs: 200 });
  unhandled.length = 0;
  process.on('unhandledRejection', noteUnhandled);
});
afterEach(async () => {
  await open?.close();
  open = null;
  await discord.stop();
  process.off('unhandledRejection', noteUnhandled);
  expect(unhandled).toEqual([]);
});

const start = async (more: Parameters<typeof openSurface>[1] = {}): Promise<OpenSurface> => {
  open = await openSurface(discord, more);
  return open;
};
const health = (
  one: OpenSurface,
  fits: (health: SurfaceHealth) => boolean,
  what: string,
): Promise<SurfaceHealth> => discord.until(() => fits(one.surface.health()) && one.surface.health(), what);
const said = (one: OpenSurface, text: string): Promise<unknown> =>
  discord.until(
    () => one.ear.all.some((heard) => heard.act.kind === 'say' && heard.act.text === text),
    `“${text}” is heard`,
  );
const say = (text: string): unknown =>
  discord.say(discord.user('Anna'), discord.channel, text, { mention: true });

describe('the connection', () => {
  test('tells who it is and where, and beats', async () => {
    const one = await start();
    expect(one.surface.health()).toMatchObject({
      ok: true,
      detail: expect.stringContaining('in 1 server'),
      remedy: null,
    });
    await discord.until(() => discord.gateway.heartbeats >= 2, 'it beats');
    expect(discord.gateway).toMatchObject({ connected: 1, identifies: 1 });
  });

  test('a broken line is taken up again, and what was said meanwhile is heard, once and in order', async () => {
    const one = await start();
    say('one');
    await said(one, 'one');
    discord.dropGateway();
    say('two');
    say('three');
    await said(one, 'three');
    expect(discord.gateway).toMatchObject({ identifies: 1, resumes: 1 });
    expect(one.ear.all.map((heard) => heard.act.kind === 'say' && heard.act.text)).toEqual([
      'one',
      'two',
      'three',
    ]);
    expect(one.surface.health().ok).toBe(true);
  });

  test('Discord may ask to reconnect', async () => {
    const one = await start();
    discord.askToReconnect();
    await discord.until(() => discord.gateway.resumes === 1, 'it is taken up again');
    say('still there');
    await said(one, 'still there');
  });

  test('a session that can’t be taken up again is replaced by a new one', async () => {
    const one = await start();
    discord.forgetSessions();
    await discord.until(() => discord.gateway.identifies === 2, 'there is a new session', 15_000);
    say('hello again');
    await said(one, 'hello again');
  });

  test('an outage is told once it lasts and mended without help; sending goes on in between', async () => {
    const one = await start();
    const told: boolean[] = [];
    one.surface.onHealth(({ ok }) => told.push(ok));
    await discord.goDown();
    const lost = await health(one, ({ ok }) => !ok, 'the loss is told');
    expect(lost.detail).toContain('keeps running');
    await discord.comeBack();
    await health(one, ({ ok }) => ok, 'it is mended');
    say('back');
    await said(one, 'back');
    expect(told).toEqual([false, true]);
  });

  test('Discord being away at the start is told, and waited for', async () => {
    await discord.goDown();
    const one = await start({ ready: false });
    const away = await health(
      one,
      ({ detail }) => detail.includes('reached'),
      'it says that Discord is away',
    );
    expect(away).toMatchObject({ ok: false, remedy: expect.stringContaining('keeps trying') });
    await discord.comeBack();
    await health(one, ({ ok }) => ok, 'it connects');
  });

  test('a gateway that answers 503 while the rest works is waited for too', async () => {
    await discord.goDown('503');
    const one = await start({ ready: false });
    await health(one, ({ detail }) => detail.includes('reached'), 'it says so');
    await discord.comeBack();
    await health(one, ({ ok }) => ok, 'it connects');
  });

  test('a gateway that ends every session at once is not asked for one after another', async () => {
    const one = await start({ waits: { identify: 100 } });
    const before = discord.gateway.identifies;
    const began = performance.now();
    for (let index = 0; index < 3; index += 1) {
      const seen = discord.gateway.identifies;
      discord.closeGateway(4009);
      await discord.until(() => discord.gateway.identifies > seen, 'a new session is asked for', 15_000);
    }
    expect(discord.gateway.identifies - before).toBe(3);
    // 100, 200 and 400 ms; discord.js alone would wait five seconds each time.
    expect(performance.now() - began).toBeGreaterThan(700);
    expect(performance.now() - began).toBeLessThan(12_000);
    await health(one, ({ ok }) => ok, 'it is connected');
  }, 30_000);

  test('stopping closes everything, also while Discord is away, and nothing connects afterwards', async () => {
    const one = await start();
    await discord.goDown();
    await health(one, ({ ok }) => !ok, 'the loss is told');
    await one.close();
    open = null;
    const calls = discord.calls.length;
    await discord.comeBack();
    // Longer than discord.js pauses between two tries.
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(discord.gateway.connected).toBe(0);
    expect(discord.calls.length).toBe(calls);
  });

  test('somebody who fails when told of health does the connection no harm', async () => {
    const one = await start();
    one.surface.onHealth(() => {
      throw new Error('not interested');
    });
    await discord.goDown();
    await health(one, ({ ok }) => !ok, 'the loss is noticed');
    await discord.comeBack();
    await health(one, ({ ok }) => ok, 'it is mended');
    expect(one.log.some((line) => line.fields['error'] === 'not interested')).toBe(true);
  });

  test('stopping twice and stopping what never connected is fine', async () => {
    await discord.goDown();
    const one = await start({ ready: false });
    await one.close();
    await one.close();
    open = null;
    await discord.comeBack();
  });
});

describe('a token Discord refuses', () => {
  test('at the start: it says what to do, nothing crashes, and it connects once the token counts', async () => {
    discord.revokeToken();
    const one = await start({ ready: false });
    const bad = await health(one, ({ detail }) => detail.includes('refuses'), 'it says so');
    expect(bad).toMatchObject({ ok: false, remedy: expect.stringContaining('Reset Token') });
    expect(bad.detail).toContain('keeps running');
    discord.restoreToken();
    await health(one, ({ ok }) => ok, 'it connects');
  });

  test('in the middle: posts wait, calls stay few, and everything goes on when it counts again', async () => {
    const one = await start();
    discord.revokeToken();
    const place = { channel: discord.channel.id, thread: null };
    const note = { kind: 'note', words: 'Done.', output: null, mentions: [], loud: false } as const;
    const sent = await one.surface.post(place, note, 'n');
    expect(sent).toMatchObject({ ok: false, why: 'later' });
    for (let index = 0; index < 20; index += 1) await one.surface.post(place, note, 'n');
    expect(discord.answered(401)).toBeLessThan(10);
    const bad = await health(one, ({ ok }) => !ok, 'it says so');
    expect(bad.detail).toContain('refuses the bot’s token');
    discord.restoreToken();
    await health(one, ({ ok }) => ok, 'it connects');
    valueOf(await one.surface.post(place, note, 'n'));
    say('still here');
    await said(one, 'still here');
  });

  test('no word of the token is in the log or in what is told', async () => {
    discord.revokeToken();
    const one = await start({ ready: false });
    const bad = await health(one, ({ detail }) => detail.includes('refuses'), 'it says so');
    expect(JSON.stringify([one.log, bad])).not.toContain(discord.token);
  });
});

describe('what Discord has to allow', () => {
  test('the Message Content intent: it says where to turn it on, and connects when it is', async () => {
    const one = await start({ messageContent: true, ready: false });
    const bad = await health(one, ({ detail }) => detail.includes('content of messages'), 'it says so');
    expect(bad.remedy).toContain('Message Content Intent');
    expect(bad.remedy).toContain('discord.messageContent: false');
    discord.allowMessageContent();
    await health(one, ({ ok }) => ok, 'it connects');
  });

  test('permissions that are missing in the server are named, and no more once they are given', async () => {
    discord.permit(
      permissionBits.viewChannel | permissionBits.sendMessages | permissionBits.readMessageHistory,
    );
    const one = await start({ ready: false });
    const bad = await health(one, ({ detail }) => detail.includes('lacks'), 'it says so');
    expect(bad.detail).toBe(
      'Chiffon lacks permissions on Discord in the server “Home”: Create Public Threads, Send Messages in Threads, Attach Files.',
    );
    expect(bad.remedy).toContain('https://discord.com/oauth2/authorize?client_id=');
    discord.permit(Object.values(permissionBits).reduce((sum, bit) => sum | bit, 0n));
    await health(one, ({ ok }) => ok, 'nothing is missing');
  });

  test('permissions that are missing in the home channel alone are named', async () => {
    const home = discord.addChannel('alerts');
    discord.deny(home, permissionBits.sendMessagesInThreads);
    const one = await start({ ready: false, homeChannel: home.id });
    const bad = await health(one, ({ detail }) => detail.includes('lacks'), 'it says so');
    expect(bad.detail).toContain('in the home channel #alerts: Send Messages in Threads.');
  });

  test('a home channel that isn’t there is told', async () => {
    const one = await start({ ready: false, homeChannel: '123456789012345678' });
    const bad = await health(one, ({ detail }) => detail.includes('home channel'), 'it says so');
    expect(bad.remedy).toContain('discord.home');
  });

  test('the bot being kicked is told with the way back, and sending is refused', async () => {
    const one = await start();
    discord.kick();
    const bad = await health(one, ({ detail }) => detail.includes('in no server'), 'it says so');
    expect(bad.remedy).toContain('https://discord.com/oauth2/authorize?client_id=');
    const sent = await one.surface.post(
      { channel: discord.channel.id, thread: null },
      { kind: 'note', words: 'x', output: null, mentions: [], loud: false },
      'n',
    );
    expect(sent).toMatchObject({ ok: false, why: 'refused' });
    discord.inviteAgain();
    await health(one, ({ ok }) => ok, 'it is back');
  });
});
