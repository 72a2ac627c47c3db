import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { alertMessage } from '#notify/alert-message.ts';
import { createGotify } from '#notify/gotify.ts';
import { startHeartbeat } from '#notify/heartbeat.ts';
import { createNtfy } from '#notify/ntfy.ts';
import type { Phone, PhoneMessage } from '#notify/phone.ts';
import { createPushover } from '#notify/pushover.ts';
import { createWebhook } from '#notify/webhook.ts';
import { type ProviderDouble, startProviderDouble } from '../support/provider-double.ts';

let provider: ProviderDouble;
beforeAll(async () => {
  provider = await startProviderDouble();
});
beforeEach(() => {
  provider.taken.length = 0;
  provider.behave(200);
});
afterAll(() => provider.stop());

const alert = {
  id: 3,
  request: 142,
  run: '142-1',
  kind: 'gave_up',
  headline: 'Chiffon gave up: “Update Jellyfin on n100” failed at step 4 of 5.',
  need: 'Port 8096 is already used by emby.',
  token: 'a-token-of-the-alert',
  rings: 1,
  nextRingAt: null,
  acknowledgedBy: null,
  acknowledgedAt: null,
  at: '2026-11-21T14:31:00.000Z',
} as const;
const message: PhoneMessage = alertMessage(alert, 'https://chiffon.example.org/');

const phones = (): readonly (readonly [string, Phone])[] => [
  ['ntfy', createNtfy({ name: 'p', server: provider.url, topic: 'house', token: 'secret-token' })],
  [
    'pushover',
    createPushover({ name: 'p', server: provider.url, token: 'secret-token', user: 'secret-user' }),
  ],
  ['gotify', createGotify({ name: 'p', server: provider.url, token: 'secret-token' })],
  ['webhook', createWebhook({ name: 'p', url: `${provider.url}/hook/secret-token` })],
];

test('every provider gets the headline, the need and a link that opens exactly that card', async () => {
  for (const [kind, phone] of phones()) {
    expect(await phone.ring(message), kind).toEqual({ ok: true });
    const said = decodeURIComponent((provider.taken.at(-1)?.body ?? '').replaceAll('+', ' '));
    expect(said, kind).toContain('failed at step 4 of 5');
    expect(said, kind).toContain('Port 8096 is already used by emby.');
    expect(said, kind).toContain('https://chiffon.example.org/r/142');
  }
});

test('on ntfy three lines arrive, one button opens the card and one only says that somebody is on it', async () => {
  await createNtfy({ name: 'anna', server: provider.url, topic: 'house', token: null }).ring(message);
  const [taken] = provider.taken;
  expect(taken?.path).toBe('/');
  expect(JSON.parse(taken?.body ?? '')).toEqual({
    topic: 'house',
    title: alert.headline,
    message: 'Port 8096 is already used by emby.\nOpen P-142',
    priority: 5,
    click: 'https://chiffon.example.org/r/142',
    actions: [
      { action: 'view', label: 'Open P-142', url: 'https://chiffon.example.org/r/142', clear: false },
      {
        action: 'http',
        label: 'I’m on it',
        method: 'POST',
        url: 'https://chiffon.example.org/api/v1/alerts/3/acknowledge',
        headers: { 'content-type': 'application/json' },
        body: '{"token":"a-token-of-the-alert","from":"anna"}',
        clear: true,
      },
    ],
  });
});

test('without an address that others reach there is nothing to tap, and the text says which card it is', async () => {
  await createNtfy({ name: 'anna', server: provider.url, topic: 'house', token: null }).ring(
    alertMessage(alert, null),
  );
  const body = JSON.parse(provider.taken[0]?.body ?? '') as object;
  expect(body).not.toHaveProperty('actions');
  expect(body).not.toHaveProperty('click');
  expect(body).toMatchObject({ message: expect.stringContaining('P-142') });
});

test('a provider that is away, refuses or wants fewer messages is told in a sentence without any secret', async () => {
  for (const [kind, phone] of phones()) {
    for (const behaviour of ['away', 401, 429, 500] as const) {
      provider.behave(behaviour);
      const handed = await phone.ring(message);
      expect(handed, kind).toMatchObject({ ok: false, reason: expect.stringMatching(/\.$/) });
      expect(JSON.stringify(handed)).not.toMatch(/secret|127\.0\.0\.1/);
    }
  }
});

test('a headline that spans lines or is endless becomes one line', () => {
  const long = alertMessage({ ...alert, need: `one\ntwo ${'x'.repeat(500)}` }, null).need;
  expect(long).toMatch(/^one two x+…$/);
  expect(long.length).toBe(160);
});

test('the sign of life is given while everything works, and held back when something does not', async () => {
  let works = true;
  const warnings: unknown[] = [];
  const stop = startHeartbeat(
    {
      log: { info: () => {}, error: () => {}, warn: (...said) => warnings.push(said) },
      healthy: async () => works,
    },
    { url: `${provider.url}/api/push/secret-key?status=up&msg=OK`, everySeconds: 0.05 },
  );
  await expect.poll(() => provider.taken.length).toBeGreaterThan(2);
  expect(provider.taken[0]).toMatchObject({ method: 'GET', path: '/api/push/secret-key?status=up&msg=OK' });
  works = false;
  await new Promise((resolve) => setTimeout(resolve, 150));
  const before = provider.taken.length;
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(provider.taken.length).toBe(before);
  works = true;
  provider.behave('away');
  await expect.poll(() => warnings.length).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(warnings).toHaveLength(1);
  expect(JSON.stringify(warnings)).not.toContain('secret');
  await stop();
});
