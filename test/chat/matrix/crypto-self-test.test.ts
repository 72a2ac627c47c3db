import { expect, test } from 'vitest';
import { testMatrixEncryption } from '#chat/matrix/crypto-self-test.ts';
import { loadEncryptionLibrary } from '#chat/matrix/encryption-library.ts';

test('doctor hears that encrypted rooms can be served, after keys were made, kept and used', async () => {
  expect(await testMatrixEncryption()).toEqual({
    ok: true,
    detail: 'Encrypted rooms can be served: keys were made, kept on the disk, and used.',
    remedy: null,
  });
});

test('a library that can’t be loaded is named with its reason, and what still works', async () => {
  const health = await testMatrixEncryption(() => Promise.reject(new Error('Cannot find module')));
  expect(health.ok).toBe(false);
  expect(health.detail).toContain('can’t be loaded: Cannot find module');
  expect(health.detail).toContain('Unencrypted rooms work');
  expect(health.remedy).toContain('npm ci');
});

test('a library that is there and does not work is told apart from one that is missing', async () => {
  const library = await loadEncryptionLibrary();
  const broken = { ...library, OlmMachine: { initialize: () => Promise.reject(new Error('out of memory')) } };
  const health = await testMatrixEncryption(() => Promise.resolve(broken as unknown as typeof library));
  expect(health).toMatchObject({
    ok: false,
    detail: 'The Matrix encryption library is there and does not work: out of memory',
  });
});
