import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type DiscordDouble,
  realLimits,
  startDiscordDouble,
} from '../../support/discord-double/discord-double.ts';

let discord: DiscordDouble;
beforeAll(async () => {
  discord = await startDiscordDouble();
});
afterAll(async () => {
  await discord.stop();
});

async function call(
  method: string,
  path: string,
  body?: unknown,
  token = discord.token,
): Promise<{ status: number; body: any; headers: Headers }> {
  const response = await fetch(`${discord.apiUrl}/v10${path}`, {
    method,
    headers: {
      authorization: `Bot ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text), headers: response.headers };
}
const post = (body: unknown) => call('POST', `/channels/${discord.channel.id}/messages`, body);
const v2 = (...components: unknown[]) => ({ flags: 1 << 15, components });
const text = (length: number) => ({ type: 10, content: 'x'.repeat(length) });
const button = (more: object = {}) => ({ type: 2, style: 2, label: 'b', custom_id: 'b', ...more });
const row = (...components: unknown[]) => ({ type: 1, components });

describe('the double is as strict as Discord', () => {
  test.each([
    ['an empty message', {}, 50_006],
    ['2,001 characters', { content: 'x'.repeat(2_001) }, 50_035],
    ['a nonce of 26 characters', { content: 'x', nonce: 'n'.repeat(26) }, 50_035],
    [
      'users both parsed and listed',
      { content: 'x', allowed_mentions: { parse: ['users'], users: ['1'] } },
      50_035,
    ],
    ['a flag nobody may set', { content: 'x', flags: 64 }, 50_035],
    ['a reply to nothing', { content: 'x', message_reference: { message_id: '1' } }, 50_035],
    ['content besides components v2', { content: 'x', ...v2(text(1)) }, 50_035],
    ['text displays without the flag', { components: [text(1)] }, 50_035],
    ['an empty text display', v2(text(0)), 50_035],
    ['4,001 characters in one', v2(text(4_001)), 50_035],
    ['4,001 characters in all', v2(text(2_000), text(2_001)), 50_035],
    ['41 components', v2(...Array.from({ length: 41 }, () => text(1))), 50_035],
    [
      '41 components, nested',
      v2({ type: 17, components: Array.from({ length: 40 }, () => text(1)) }),
      50_035,
    ],
    [
      'six buttons in a row',
      v2(row(...Array.from({ length: 6 }, (_, index) => button({ custom_id: `b${index}` })))),
      50_035,
    ],
    ['an empty row', v2(row()), 50_035],
    ['a label of 81 characters', v2(row(button({ label: 'x'.repeat(81) }))), 50_035],
    ['a custom id of 101 characters', v2(row(button({ custom_id: 'x'.repeat(101) }))), 50_035],
    ['the same custom id twice', v2(row(button(), button())), 50_035],
    ['a link with a custom id', v2(row(button({ style: 5, url: 'https://a.example' }))), 50_035],
    [
      'a link to a name of one word',
      v2(row(button({ style: 5, custom_id: undefined, url: 'http://n100:3001' }))),
      50_035,
    ],
    [
      'a link that runs something',
      v2(row(button({ style: 5, custom_id: undefined, url: 'javascript:alert(1)' }))),
      50_035,
    ],
    [
      '26 options',
      v2(
        row({
          type: 3,
          custom_id: 's',
          options: Array.from({ length: 26 }, (_, index) => ({ label: 'x', value: `${index}` })),
        }),
      ),
      50_035,
    ],
    ['a file that isn’t there', v2({ type: 13, file: { url: 'attachment://a.txt' } }), 50_035],
    ['an unknown kind of component', v2({ type: 99 }), 50_035],
    ['a button outside a row', v2(button()), 50_035],
  ])('%s is refused', async (_, body, code) => {
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(answer.body.code).toBe(code);
  });

  test('components v2 stay: the flag can’t be taken away and content can’t come back', async () => {
    const { body } = await post(v2(text(4_000)));
    const path = `/channels/${discord.channel.id}/messages/${body.id}`;
    expect((await call('PATCH', path, { flags: 0, content: 'x', components: [] })).status).toBe(400);
    expect((await call('PATCH', path, { content: 'x' })).status).toBe(400);
    expect((await call('PATCH', path, { components: [text(2)] })).status).toBe(200);
  });

  test('a message with words becomes components v2 only when the words go', async () => {
    const { body } = await post({ content: 'words' });
    const path = `/channels/${discord.channel.id}/messages/${body.id}`;
    expect((await call('PATCH', path, v2(text(1)))).status).toBe(400);
    expect((await call('PATCH', path, { ...v2(text(1)), content: null })).status).toBe(200);
  });

  test('an enforced nonce answers the same message for some minutes; a plain one doesn’t', async () => {
    const first = await post({ content: 'once', nonce: 'n1', enforce_nonce: true });
    expect((await post({ content: 'other', nonce: 'n1', enforce_nonce: true })).body).toMatchObject({
      id: first.body.id,
      content: 'once',
    });
    expect((await post({ content: 'other', nonce: 'n1' })).body.id).not.toBe(first.body.id);
    discord.advance(6 * 60_000);
    expect((await post({ content: 'once', nonce: 'n1', enforce_nonce: true })).body.id).not.toBe(
      first.body.id,
    );
  });

  test('limits are told in headers and kept with 429', async () => {
    const other = await startDiscordDouble({ limits: realLimits });
    const there = (body: unknown) =>
      fetch(`${other.apiUrl}/v10/channels/${other.channel.id}/messages`, {
        method: 'POST',
        headers: { authorization: `Bot ${other.token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const statuses: number[] = [];
    for (let index = 0; index < 6; index += 1) {
      const response = await there({ content: `${index}` });
      statuses.push(response.status);
      expect(response.headers.get('x-ratelimit-remaining')).toBe(String(Math.max(0, 4 - index)));
      if (response.status === 429) {
        expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
        expect(await response.json()).toMatchObject({ global: false, retry_after: expect.any(Number) });
      }
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
    await other.stop();
  });

  test('tokens are asked for, and what isn’t there is named', async () => {
    expect(await call('GET', '/users/@me', undefined, 'wrong')).toMatchObject({ status: 401 });
    expect((await call('GET', '/channels/1')).body.code).toBe(10_003);
    expect((await call('GET', `/channels/${discord.channel.id}/messages/1`)).body.code).toBe(10_008);
    expect((await call('POST', '/interactions/1/x/callback', { type: 6 })).body.code).toBe(10_062);
    expect((await call('POST', `/webhooks/${discord.bot.id}/x`, { content: 'x' })).body.code).toBe(10_015);
    expect((await call('GET', '/nowhere')).status).toBe(404);
  });

  test('an interaction is answered in three seconds, once, and followed up for fifteen minutes', async () => {
    const anna = discord.user('Anna');
    const { body } = await post(v2(row(button())));
    const answer = (one: { id: string; token: string }, type: number, data?: unknown) =>
      call('POST', `/interactions/${one.id}/${one.token}/callback`, { type, data });
    const follow = (one: { token: string }) =>
      call('POST', `/webhooks/${discord.bot.id}/${one.token}`, { content: 'x', flags: 64 });
    const pressed = discord.press(anna, discord.message(body.id), 'b');
    expect((await follow(pressed)).body.code).toBe(10_015);
    expect((await answer(pressed, 8, { choices: [] })).body.code).toBe(50_035);
    expect((await answer(pressed, 5, { flags: 4_096 })).body.code).toBe(50_035);
    expect((await answer(pressed, 6)).status).toBe(204);
    expect((await answer(pressed, 6)).body.code).toBe(40_060);
    expect((await follow(pressed)).status).toBe(200);
    discord.advance(16 * 60_000);
    expect((await follow(pressed)).body.code).toBe(50_027);
    const late = discord.press(anna, discord.message(body.id), 'b');
    discord.advance(3_500);
    expect((await answer(late, 6)).body.code).toBe(10_062);
  });

  test('a form is checked too: its title, its fields, and that no form follows a form', async () => {
    const { body } = await post(v2(row(button())));
    const field = { type: 4, custom_id: 'f', label: 'l', style: 1 };
    const show = async (data: unknown) => {
      const pressed = discord.press(discord.user('Anna'), discord.message(body.id), 'b');
      const answer = await call('POST', `/interactions/${pressed.id}/${pressed.token}/callback`, {
        type: 9,
        data,
      });
      return { pressed, status: answer.status };
    };
    expect((await show({ custom_id: 'm', title: 'x'.repeat(46), components: [row(field)] })).status).toBe(
      400,
    );
    expect(
      (await show({ custom_id: 'm', title: 't', components: [row({ ...field, label: 'x'.repeat(46) })] }))
        .status,
    ).toBe(400);
    const good = await show({ custom_id: 'm', title: 't', components: [row(field)] });
    expect(good.status).toBe(204);
    const sent = discord.submit(good.pressed, { f: 'x' });
    const again = await call('POST', `/interactions/${sent.id}/${sent.token}/callback`, {
      type: 9,
      data: { custom_id: 'm', title: 't', components: [row(field)] },
    });
    expect(again.status).toBe(400);
  });

  test.each([
    ['capitals', { name: 'Ask', description: 'x' }],
    ['a name of 33 letters', { name: 'x'.repeat(33), description: 'x' }],
    ['no description', { name: 'ask', description: '' }],
    ['a description of 101', { name: 'ask', description: 'x'.repeat(101) }],
    [
      'what is required after what isn’t',
      {
        name: 'ask',
        description: 'x',
        options: [
          { type: 3, name: 'a', description: 'x' },
          { type: 3, name: 'b', description: 'x', required: true },
        ],
      },
    ],
    [
      '26 options',
      {
        name: 'ask',
        description: 'x',
        options: Array.from({ length: 26 }, (_, index) => ({ type: 3, name: `o${index}`, description: 'x' })),
      },
    ],
  ])('a slash command with %s is refused', async (_, command) => {
    const path = `/applications/${discord.bot.id}/guilds/${discord.guild.id}/commands`;
    expect((await call('PUT', path, [command])).body.code).toBe(50_035);
    expect(discord.slashCommands).toEqual([]);
  });
});
