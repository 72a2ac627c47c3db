import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testMatrixEncryption } from '#chat/matrix/crypto-self-test.ts';
import { loadSdk } from '#chat/matrix/crypto-stand-in.ts';
import { deviceMismatch } from '#chat/matrix/crypto-store.ts';

/** Whether this machine has the native library: then the stand-in must keep out of its way. */
const installed = ((): boolean => {
  try {
    createRequire(createRequire(import.meta.url).resolve('matrix-bot-sdk'))(
      '@matrix-org/matrix-sdk-crypto-nodejs',
    );
    return true;
  } catch {
    return false;
  }
})();

test('the Matrix library loads whether or not its native part is there, and says which', () => {
  const { sdk, cryptoInstalled } = loadSdk();
  expect(typeof sdk.MatrixClient).toBe('function');
  expect(cryptoInstalled).toBe(installed);
});

test('only the missing platform package is answered for: every other missing module still fails', () => {
  loadSdk();
  const require = createRequire(import.meta.url);
  for (const name of [
    '@matrix-org/matrix-sdk-crypto-nodejs-linux-x64-gnu',
    '@matrix-org/never',
    'never-there',
  ]) {
    if (installed && name.includes('linux')) continue;
    expect(() => require(name)).toThrow(/Cannot find/);
  }
});

test.skipIf(installed)(
  'whoever uses the encryption without the library is told what is missing',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chiffon-stand-in-'));
    try {
      const { sdk } = loadSdk();
      const store = new sdk.RustSdkCryptoStorageProvider(folder, 0);
      await store.setDeviceId('X');
      const client = new sdk.MatrixClient('http://127.0.0.1:9', 't', new sdk.MemoryStorageProvider(), store);
      client.doRequest = () => Promise.resolve({ user_id: '@a:b' });
      await expect(client.crypto.prepare([])).rejects.toThrow(
        'The Matrix encryption library is not installed',
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);

test('doctor hears whether encrypted rooms can be served, and what to do when not', async () => {
  const health = await testMatrixEncryption();
  expect(health.ok).toBe(installed);
  if (installed) return;
  expect(health.detail).toContain('encryption library is not installed');
  expect(health.detail).toContain('unencrypted rooms work');
  expect(health.remedy).toContain('npm rebuild @matrix-org/matrix-sdk-crypto-nodejs');
});

test('a library that is there and broken is told apart from one that is missing', async () => {
  const health = await testMatrixEncryption(() => {
    throw new Error('GLIBC_2.39 not found');
  });
  expect(health).toMatchObject({
    ok: false,
    detail: 'The Matrix library can’t be loaded: GLIBC_2.39 not found',
  });
});

test('keys of another device are never mixed with this token’s', () => {
  expect(deviceMismatch(null, 'NEW', '/keys')).toBeNull();
  expect(deviceMismatch('SAME', 'SAME', '/keys')).toBeNull();
  expect(deviceMismatch('OLD', null, '/keys')?.detail).toContain('does not say which device');
  const mismatch = deviceMismatch('OLD', 'NEW', '/keys');
  expect(mismatch?.detail).toContain('device OLD');
  expect(mismatch?.remedy).toContain('move the folder /keys away');
});

test.skipIf(installed)('without the library no folder for keys is made', async () => {
  await expect(stat('/nonexistent/chiffon-matrix')).rejects.toThrow('ENOENT');
});
