/**
 * What `require('matrix-bot-sdk')` gets where the native encryption library is missing.
 *
 * The SDK loads `@matrix-org/matrix-sdk-crypto-nodejs` at once, and that package throws while loading when neither its
 * downloaded library nor the platform package (`@matrix-org/matrix-sdk-crypto-nodejs-linux-x64-gnu`, …) is there: its
 * install step downloads from GitHub, which not every machine reaches. Chiffon doesn't use it: it encrypts with the
 * WebAssembly build of the same Rust code (encryption-library.ts), which is newer and comes whole from npm.
 *
 * So, while the SDK is loaded, a module hook answers for the platform package, and only for it, and only after Node
 * itself said that there is none (MODULE_NOT_FOUND). A real library always wins, one that is there and broken still
 * fails with its own error, and no file on disk is touched. Every class throws when it is used.
 */
import { createRequire, registerHooks } from 'node:module';

const platformPackage = /^@matrix-org\/matrix-sdk-crypto-nodejs-[a-z0-9-]+$/;
const standInUrl = 'chiffon-stand-in:matrix-sdk-crypto';

/** A module whose every export is a class that throws on use; `StoreType` is a plain table the SDK reads early. */
const standInSource = `
'use strict';
const complaint = 'The Matrix encryption library is not installed';
const stores = { Sqlite: 0 };
module.exports = new Proxy({}, {
  get(_target, name) {
    if (typeof name === 'symbol') return undefined;
    if (name === 'StoreType') return stores;
    return class Absent {
      constructor() { throw new Error(complaint); }
      static initialize() { throw new Error(complaint); }
      static encrypt() { throw new Error(complaint); }
      static decrypt() { throw new Error(complaint); }
    };
  },
});
`;

export type MatrixSdk = typeof import('matrix-bot-sdk');

let loaded: MatrixSdk | null = null;

/**
 * The SDK, loaded when it is first needed: it takes most of a second and 50 MB.
 * @throws what a native library that is there and broken throws
 */
export function loadSdk(): MatrixSdk {
  if (loaded !== null) return loaded;
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (!platformPackage.test(specifier)) return next(specifier, context);
      try {
        return next(specifier, context);
      } catch (error) {
        if (!isModuleNotFound(error)) throw error;
        return { url: standInUrl, format: 'commonjs', shortCircuit: true };
      }
    },
    load(url, context, next) {
      if (url !== standInUrl) return next(url, context);
      return { format: 'commonjs', source: standInSource, shortCircuit: true };
    },
  });
  // An HTTP library the SDK brings along, and Chiffon doesn't use, makes Node print a deprecation while it loads.
  const { noDeprecation } = process;
  process.noDeprecation = true;
  try {
    loaded = createRequire(import.meta.url)('matrix-bot-sdk') as MatrixSdk;
    return loaded;
  } finally {
    hooks.deregister();
    process.noDeprecation = noDeprecation ?? false;
  }
}

function isModuleNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND';
}
