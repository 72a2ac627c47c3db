import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Client } from 'pg';

/** Thrown when the database's migrations and this version's don't fit together. The message says what to do. */
export class MigrationRefused extends Error {
  override readonly name = 'MigrationRefused';
  readonly code = 'migration_refused';
}

interface Migration {
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file's bytes in hexadecimal, as Prisma computes it. */
  readonly checksum: string;
}

interface Recorded {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished_at: Date | null;
}

const folder = resolve(import.meta.dirname, '../../prisma/migrations');

/** The advisory lock that `prisma migrate` takes too, so that the two never migrate at the same time. */
const prismaMigrateLock = 72_707_369;

/**
 * Brings the database up to this version and answers the names of the migrations that were applied now. Each is one
 * transaction together with its row in `_prisma_migrations`, which is written as Prisma writes it, so that
 * `prisma migrate` agrees. The client must be connected as the owner of the schema.
 *
 * @throws MigrationRefused when the database is newer, was changed, or holds a migration that failed half-way.
 */
export async function migrate(client: Client, migrationsFolder = folder): Promise<readonly string[]> {
  const known = await readMigrations(migrationsFolder);
  await client.query('SELECT pg_advisory_lock($1)', [prismaMigrateLock]);
  try {
    await client.query(recordTable);
    const recorded = await client.query<Recorded>(
      'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
    );
    checkRecorded(recorded.rows, known);
    const applied = new Set(recorded.rows.map((row) => row.migration_name));
    const missing = known.filter((migration) => !applied.has(migration.name));
    for (const migration of missing) await apply(client, migration);
    return missing.map((migration) => migration.name);
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [prismaMigrateLock]);
  }
}

async function readMigrations(from: string): Promise<readonly Migration[]> {
  const entries = await readdir(from, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return await Promise.all(
    names.sort().map(async (name) => {
      const bytes = await readFile(resolve(from, name, 'migration.sql'));
      return {
        name,
        sql: bytes.toString('utf8'),
        checksum: createHash('sha256').update(bytes).digest('hex'),
      };
    }),
  );
}

function checkRecorded(recorded: readonly Recorded[], known: readonly Migration[]): void {
  const byName = new Map(known.map((migration) => [migration.name, migration]));
  for (const row of recorded) {
    const migration = byName.get(row.migration_name);
    if (migration === undefined) {
      throw new MigrationRefused(
        `The database was written by a newer Chiffon: it holds the migration "${row.migration_name}", which this version doesn't know. Start that version again, or restore a backup from before the update.`,
      );
    }
    if (row.finished_at === null) {
      throw new MigrationRefused(
        `The migration "${row.migration_name}" was begun by "prisma migrate" and never finished. Look at its row in _prisma_migrations, undo what it did, and run "prisma migrate resolve --rolled-back ${row.migration_name}".`,
      );
    }
    if (row.checksum !== migration.checksum) {
      throw new MigrationRefused(
        `The migration "${row.migration_name}" was applied with another text than this version has. Install the version of Chiffon that belongs to this database; migrations are never edited afterwards.`,
      );
    }
  }
}

async function apply(client: Client, migration: Migration): Promise<void> {
  const startedAt = new Date();
  await client.query('BEGIN');
  try {
    await client.query(migration.sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, $4, clock_timestamp(), 1)`,
      [randomUUID(), migration.checksum, migration.name, startedAt],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

/** As Prisma's schema engine creates it. */
const recordTable = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id                  varchar(36) PRIMARY KEY NOT NULL,
  checksum            varchar(64) NOT NULL,
  finished_at         timestamptz,
  migration_name      varchar(255) NOT NULL,
  logs                text,
  rolled_back_at      timestamptz,
  started_at          timestamptz NOT NULL DEFAULT now(),
  applied_steps_count integer NOT NULL DEFAULT 0
)`;
