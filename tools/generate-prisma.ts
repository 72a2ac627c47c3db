import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';

/**
 * Writes the Prisma client into src/ledger/prisma-client. Runs after `npm install`; silent when all went well.
 *
 * `prisma generate` downloads Prisma's schema engine first, although generating doesn't use it. Any existing
 * executable in its place keeps Prisma from reaching for the network, so an install works where only the npm
 * registry can be reached.
 */
const root = resolve(import.meta.dirname, '..');
const require = createRequire(import.meta.url);
const prisma = resolve(dirname(require.resolve('prisma/package.json')), 'build/index.js');

const result = spawnSync(process.execPath, [prisma, 'generate'], {
  cwd: root,
  encoding: 'utf8',
  env: {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  },
});

if (result.status !== 0) {
  process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  process.stderr.write('The Prisma client could not be generated; the lines above say why.\n');
  process.exitCode = 1;
}
