import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SurfaceHealth } from '#chat/surface-port.ts';
import { type LoadedSdk, loadSdk } from './crypto-stand-in.ts';

/** How to get the native library, for people. */
export const installLibrary =
  'On a machine that reaches github.com, run “npm rebuild @matrix-org/matrix-sdk-crypto-nodejs” in Chiffon’s folder and start it again.';

/** For doctor: whether encrypted rooms can be served. Makes a set of keys in a temporary folder and throws it away. */
export async function testMatrixEncryption(
  load: () => LoadedSdk = loadSdk,
): Promise<SurfaceHealth & { readonly installed: boolean }> {
  let loaded: LoadedSdk;
  try {
    loaded = load();
  } catch (error) {
    return {
      installed: false,
      ok: false,
      detail: `The Matrix library can’t be loaded: ${error instanceof Error ? error.message : String(error)}`,
      remedy: installLibrary,
    };
  }
  if (!loaded.cryptoInstalled) {
    return {
      installed: false,
      ok: false,
      detail:
        'The Matrix encryption library is not installed: unencrypted rooms work, and Chiffon neither reads nor writes in encrypted ones.',
      remedy: installLibrary,
    };
  }
  const folder = await mkdtemp(join(tmpdir(), 'chiffon-matrix-'));
  try {
    const { sdk } = loaded;
    const store = new sdk.RustSdkCryptoStorageProvider(folder, 0);
    await store.setDeviceId('SELFTEST');
    const client = new sdk.MatrixClient('http://127.0.0.1:9', 'none', new sdk.MemoryStorageProvider(), store);
    // Nothing of this leaves the machine: the keys that would be uploaded are accepted right here.
    client.doRequest = () =>
      Promise.resolve({
        user_id: '@self-test:localhost',
        one_time_key_counts: {},
        one_time_keys: {},
        device_keys: {},
        failures: {},
      });
    await client.crypto.prepare([]);
    const signed = await client.crypto.sign({ chiffon: 'self-test' });
    if (Object.keys(signed).length === 0) throw new Error('nothing was signed');
    return {
      installed: true,
      ok: true,
      detail:
        'Encrypted rooms can be served: keys were made and used. Chiffon’s device is not cross-signed, so clients that only trust verified devices won’t share keys with it.',
      remedy: null,
    };
  } catch (error) {
    return {
      installed: true,
      ok: false,
      detail: `The Matrix encryption library is there and does not work: ${error instanceof Error ? error.message : String(error)}`,
      remedy: installLibrary,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
