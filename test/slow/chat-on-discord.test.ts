import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ChiffonProcess, startChiffonProcess, temporaryDirectory } from '../support/chiffon-process.ts';
import {
  type Channel,
  type DiscordDouble,
  type StoredMessage,
  startDiscordDouble,
  type User,
} from '../support/discord-double/discord-double.ts';
import { freePort } from '../support/free-port.ts';
import { type ProviderDouble, startProviderDouble } from '../support/provider-double.ts';
import { createRestClient } from '../support/rest-client.ts';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let discord: DiscordDouble;
let phone: ProviderDouble;
let chiffon: ChiffonProcess;
let anna: User;
let ben: User;

const start = (): Promise<ChiffonProcess> =>
  startChiffonProcess({
    directory: join(directory.path, 'data'),
    args: ['--config', join(directory.path, 'chiffon.yaml')],
    environment: { DISCORD_TOKEN: discord.token, DISCORD_API_URL: discord.apiUrl },
  });

beforeAll(async () => {
  directory = await temporaryDirectory();
  discord = await startDiscordDouble();
  phone = await startProviderDouble();
  anna = discord.user('anna');
  ben = discord.user('ben');
  await writeFile(
    join(directory.path, 'chiffon.yaml'),
    `people:
  - { id: anna, name: Anna, role: owner, accounts: ['discord:${anna.id}'] }
  - { id: ben, name: Ben, role: operator, accounts: ['discord:${ben.id}'] }
console: { publicUrl: 'https://chiffon.example.org' }
discord: { home: '${discord.channel.id}' }
phones:
  - { name: anna-phone, kind: ntfy, server: '${phone.url}', topic: house }
`,
  );
  chiffon = await start();
}, 120_000);

afterAll(async () => {
  await chiffon?.stop();
  await discord?.stop();
  await phone?.stop();
  await directory?.remove();
}, 60_000);

const patience = 30_000;
const threadOf = (asked: StoredMessage): Promise<Channel> =>
  discord.until(
    () => discord.threads().find((thread) => thread.id === asked.id),
    'a thread is opened',
    patience,
  );
const cardWith = (thread: Channel, button: string): Promise<StoredMessage> =>
  discord.until(
    () => discord.messages(thread).findLast((message) => discord.buttons(message).includes(button)),
    `a card offers “${button}”`,
    patience,
  );
const reads = (thread: Channel, words: RegExp): Promise<true> =>
  discord.until(() => words.test(discord.transcript(thread)) || null, `the thread reads ${words}`, patience);

test('asked in a channel, changed, approved by a button, carried out, and told in the thread', async () => {
  const asked = discord.say(ben, discord.channel, 'restart demo-web please', { mention: true });
  const thread = await threadOf(asked);
  const card = await cardWith(thread, 'Approve and run');
  // What a locked phone shows is a sentence, not an empty body.
  expect(discord.phone(ben).at(-1)?.text).toMatch(/P-\d+.*demo-web/i);
  expect(discord.isV2(card)).toBe(true);

  const pressed = discord.press(ben, card, 'Approve and run');
  await reads(thread, /Approved by Ben on Discord/);
  await reads(thread, /Done\. /);
  expect(discord.told(pressed)).toEqual([]);
  const done = discord.message(card.id);
  expect(discord.buttons(done)).not.toContain('Approve and run');
  expect(discord.seen(done)).toMatch(/Done/);
});

test('asked to be different by the form, the plan comes again, and the earlier card counts no more', async () => {
  const port = await freePort();
  const asked = discord.say(anna, discord.channel, 'deploy kuma', { mention: true });
  const thread = await threadOf(asked);
  const first = await cardWith(thread, 'Approve and run');
  const old = discord.message(first.id);
  const opened = discord.press(anna, first, 'Request changes');
  await discord.until(() => opened.modal, 'a form asks what should be different', patience);
  discord.submit(opened, {
    [opened.modal?.components[0]?.components?.[0]?.custom_id ?? '']: `use port ${port}`,
  });
  await reads(thread, new RegExp(`Changes requested by Anna on Discord.*use port ${port}`));
  const second = await discord.until(
    () =>
      discord
        .messages(thread)
        .findLast(
          (message) => message.id !== first.id && discord.buttons(message).includes('Approve and run'),
        ),
    'a card for revision 2',
    patience,
  );
  expect(discord.seen(second)).toContain(String(port));
  await discord.until(
    () => /Replaced by revision 2/.test(discord.seen(discord.message(first.id))) || null,
    'the first card says that it was replaced',
    patience,
  );
  expect(discord.buttons(discord.message(first.id))).not.toContain('Approve and run');
  // A press that was on its way when the card was replaced.
  const number = /P-(\d+)/.exec(discord.seen(second))?.[1] ?? '';
  const late = discord.pressId(anna, old, `v1:ap:${number}:00000000`);
  await discord.until(() => discord.told(late)[0], 'an answer to the late press', patience);
  expect(discord.told(late).join(' ')).toMatch(/revision 2 is current/);
  discord.press(anna, second, 'Reject');
  await reads(thread, /Rejected by Anna on Discord/);
});

test('somebody without the right is told so alone, and nothing runs', async () => {
  const asked = discord.say(ben, discord.channel, 'remove demo-web', { mention: true });
  const thread = await threadOf(asked);
  const card = await cardWith(thread, 'Approve and delete');
  const opened = discord.press(ben, card, 'Approve and delete');
  await discord.until(() => opened.modal, 'a form asks for the code', patience);
  const code = /\b[A-HJ-NP-Z2-9]{6}\b/.exec(discord.seen(discord.message(card.id)))?.[0] ?? '';
  const sent = discord.submit(opened, {
    [opened.modal?.components[0]?.components?.[0]?.custom_id ?? '']: code,
  });
  await discord.until(() => discord.told(sent)[0], 'an answer for Ben alone', patience);
  expect(discord.told(sent).join(' ')).toMatch(/only the owner/);
  expect(discord.transcript(thread)).not.toMatch(/Approved/);

  const refused = discord.press(anna, card, 'Reject');
  await reads(thread, /Rejected by Anna on Discord/);
  expect(discord.told(refused)).toEqual([]);
});

test('a plan asked for over the API is shown in the home channel, approved on Discord, and followed there', async () => {
  const owner = createRestClient(chiffon.url, chiffon.token);
  const answer = await owner.ask('restart demo-web');
  const number = Number((answer.planId ?? '').replace('P-', ''));
  const thread = await discord.until(
    () => discord.threads().find((one) => one.name.includes(`R-${number}`)),
    'a thread for it',
    patience,
  );
  const card = await cardWith(thread, 'Approve and run');
  discord.press(anna, card, 'Approve and run');
  await reads(thread, /Approved by Anna on Discord/);
  const plan = await owner.call<{ runId: string }>('GET', `/api/v1/plans/P-${number}`);
  await owner.run(plan.body.runId, ['completed']);
  await reads(thread, /Done\. /);
});

test('killed in the middle, the thread goes on after the restart and says nothing twice', async () => {
  const asked = discord.say(anna, discord.channel, 'restart demo-web', { mention: true });
  const thread = await threadOf(asked);
  const card = await cardWith(thread, 'Approve and run');
  await chiffon.kill();
  discord.press(anna, card, 'Approve and run');
  discord.say(anna, discord.channel, 'how much disk is free', { mention: true });
  chiffon = await start();
  // The press found nobody; the card still counts and its buttons work.
  discord.press(anna, discord.message(card.id), 'Approve and run');
  await reads(thread, /Done\. /);
  const said = discord.messages(thread).map((message) => discord.seen(message));
  expect(
    said.filter((words) => !words.includes('Restart demo-web') && words.includes('Approved by Anna')),
  ).toHaveLength(1);
  expect(discord.messages(thread).filter((message) => discord.isV2(message))).toHaveLength(1);
}, 120_000);

test('what fails is told in the thread with its reason, and the phone rings once', async () => {
  const services = join(directory.path, 'data/sandbox/home/services/broken-thing');
  await mkdir(services, { recursive: true });
  await writeFile(join(services, 'service.conf'), 'name=broken-thing\ntitle=broken-thing\n');
  await writeFile(
    join(services, 'service.sh'),
    '#!/bin/sh\necho "@everyone **bind** for 0.0.0.0:8096 failed"\nexit 7\n',
    { mode: 0o755 },
  );
  const owner = createRestClient(chiffon.url, chiffon.token);
  await owner.call('POST', '/api/v1/machines/sandbox/probe');
  const asked = discord.say(ben, discord.channel, 'restart broken-thing', { mention: true });
  const thread = await threadOf(asked);
  discord.press(ben, await cardWith(thread, 'Approve and run'), 'Approve and run');
  await reads(thread, /Step 1 failed: ended with exit code 7/);
  await discord.until(() => phone.taken.length > 0, 'the phone rings', patience);
  expect(JSON.parse(phone.taken[0]?.body ?? '')).toMatchObject({
    title: expect.stringContaining('Chiffon gave up'),
    click: expect.stringMatching(/^https:\/\/chiffon\.example\.org\/r\/\d+$/),
  });
  expect(discord.phone(anna).some((push) => push.text.includes('@everyone'))).toBe(false);
  const card = await cardWith(thread, 'I’m on it');
  discord.press(anna, card, 'I’m on it');
  await reads(thread, /Anna is on it\./);
  expect(phone.taken).toHaveLength(1);
});

test('doctor says how the platform is', async () => {
  const owner = createRestClient(chiffon.url, chiffon.token);
  const { body } = await owner.call<{ checks: { name: string; ok: boolean }[] }>('GET', '/api/v1/doctor');
  expect(body.checks).toContainEqual(expect.objectContaining({ name: 'discord', ok: true }));
  expect(body.checks).toContainEqual(expect.objectContaining({ name: 'phone anna-phone', ok: true }));
  expect(await readFile(join(directory.path, 'chiffon.yaml'), 'utf8')).not.toContain(discord.token);
});

test('a token that is revoked stops nothing else', async () => {
  const owner = createRestClient(chiffon.url, chiffon.token);
  discord.revokeToken();
  const { planId } = await owner.ask('restart demo-web');
  const plan = await owner.drafted(planId ?? '');
  const decided = await owner.decide(plan, 'approve');
  expect(decided.status).toBe(200);
  await owner.run(decided.body.runId ?? '', ['completed']);
  await expect
    .poll(
      async () =>
        (
          await owner.call<{ checks: { name: string; ok: boolean; remedy: string | null }[] }>(
            'GET',
            '/api/v1/doctor',
          )
        ).body.checks.find((check) => check.name === 'discord'),
      { timeout: patience },
    )
    .toMatchObject({ ok: false, remedy: expect.stringContaining('token') });
});
