import { createRequire } from 'node:module';
import { installIndexedDb } from './recorded-indexed-db.ts';

/** The Rust library every Element uses, as WebAssembly: nothing to download or build beyond the npm package. */
export type EncryptionLibrary = typeof import('@matrix-org/matrix-sdk-crypto-wasm');

/** How the library comes back when it is missing, for people. */
export const installLibrary =
  'Run “npm ci” in Chiffon’s folder to install everything anew, and start Chiffon again.';

/**
 * The encryption library, loaded when it is first needed: a tenth of a second and 30 MB.
 * @throws when it is not installed or can't be loaded
 */
export async function loadEncryptionLibrary(): Promise<EncryptionLibrary> {
  await installIndexedDb();
  const library = createRequire(import.meta.url)('@matrix-org/matrix-sdk-crypto-wasm') as EncryptionLibrary;
  await library.initAsync();
  return library;
}
