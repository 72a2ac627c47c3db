import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { loadSdk } from '#chat/matrix/crypto-stand-in.ts';

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

test('the Matrix library loads whether or not its native part is there', () => {
  expect(typeof loadSdk().MatrixClient).toBe('function');
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
