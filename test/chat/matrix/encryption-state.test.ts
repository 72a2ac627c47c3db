import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadEncryptionLibrary } from '#chat/matrix/encryption-library.ts';
import { startEncryption } from '#chat/matrix/encryption-state.ts';
import { HomeserverAway, HomeserverError } from '#chat/matrix/homeserver-error.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chiffon-encryption-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const quiet = (): void => undefined;
const start = (of: Partial<Parameters<typeof startEncryption>[0]>) =>
  startEncryption({
    userId: '@chiffon:example.org',
    device: 'DEVICE',
    folder,
    load: loadEncryptionLibrary,
    call: () => Promise.resolve({}),
    log: { info: quiet, warn: quiet, error: quiet },
    ...of,
  });

test('a token that belongs to no device, as an administrator makes them, leaves the rest working and says why', async () => {
  expect(await start({ device: null })).toMatchObject({
    why: 'the access token belongs to no device',
    remedy: expect.stringContaining('Log the bot in with its password'),
  });
});

test('published keys that are not ours mean that ours are lost', async () => {
  const call = () =>
    Promise.resolve({
      device_keys: { '@chiffon:example.org': { DEVICE: { keys: { 'ed25519:DEVICE': 'somebody else’s' } } } },
    });
  expect(await start({ call })).toMatchObject({ why: 'the keys of Chiffon’s device DEVICE are lost' });
});

test('a homeserver that knows nothing of encryption is one to chat on in the clear', async () => {
  const refused = new HomeserverError({
    statusCode: 404,
    errcode: 'M_UNRECOGNIZED',
    error: 'Unrecognized request',
    retryAfterMs: null,
  });
  const state = await start({ call: () => Promise.reject(refused) });
  expect(state).toMatchObject({ why: expect.stringContaining('M_UNRECOGNIZED') });
});

test('a homeserver that is away is tried again instead', async () => {
  const away = new HomeserverAway('nothing listens there');
  await expect(start({ call: () => Promise.reject(away) })).rejects.toBe(away);
});

test('a folder that can’t be used is named, with what to look at', async () => {
  const blocked = join(folder, 'file');
  await mkdir(blocked);
  await mkdir(join(blocked, '%40chiffon%3Aexample.org.DEVICE.sqlite'));
  await chmod(blocked, 0o700);
  expect(await start({ folder: blocked })).toMatchObject({
    why: expect.stringMatching(/^its keys can’t be used \(.+\)$/),
    remedy: expect.stringContaining(blocked),
  });
});
