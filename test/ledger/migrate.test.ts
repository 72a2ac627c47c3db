import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrate } from '#ledger/migrate.ts';
import { emptyDatabase, type FreshDatabase, onConnection } from '../support/postgres.ts';

const shipped = resolve(import.meta.dirname, '../../prisma/migrations');
const rows = 'SELECT * FROM _prisma_migrations ORDER BY migration_name';

let database: FreshDatabase;
let folder: string;

beforeEach(async () => {
  database = await emptyDatabase();
  folder = await mkdtemp(join(tmpdir(), 'chiffon-migrations-'));
  await cp(shipped, folder, { recursive: true });
});
afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

async function addMigration(name: string, sql: string): Promise<void> {
  await mkdir(join(folder, name));
  await writeFile(join(folder, name, 'migration.sql'), sql);
}

test('the first start applies every migration and the second none', async () => {
  await onConnection(database.url, async (client) => {
    const names = (await readdir(shipped, { withFileTypes: true })).filter((entry) => entry.isDirectory());
    expect(await migrate(client)).toEqual(names.map((entry) => entry.name).sort());
    const before = (await client.query(rows)).rows;
    expect(await migrate(client)).toEqual([]);
    expect((await client.query(rows)).rows).toEqual(before);
  });
});

test('each is recorded as Prisma records it', async () => {
  await onConnection(database.url, async (client) => {
    await migrate(client);
    for (const row of (await client.query(rows)).rows) {
      const file = await readFile(join(shipped, row.migration_name, 'migration.sql'));
      expect(row).toEqual({
        id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
        checksum: createHash('sha256').update(file).digest('hex'),
        finished_at: expect.any(Date),
        migration_name: row.migration_name,
        logs: null,
        rolled_back_at: null,
        started_at: expect.any(Date),
        applied_steps_count: 1,
      });
    }
  });
});

test('several processes that start at once apply each migration once', async () => {
  const applied = await Promise.all(
    Array.from({ length: 4 }, () => onConnection(database.url, (client) => migrate(client))),
  );
  expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
});

test('a migration that fails leaves nothing behind, and a mended one applies', async () => {
  await onConnection(database.url, async (client) => {
    await addMigration('29991231000000_broken', 'CREATE TABLE half (id int); SELECT 1 / 0;');
    await expect(migrate(client, folder)).rejects.toThrow('division by zero');
    expect((await client.query(`SELECT to_regclass('half') AS half`)).rows).toEqual([{ half: null }]);
    await writeFile(join(folder, '29991231000000_broken', 'migration.sql'), 'CREATE TABLE half (id int);');
    expect(await migrate(client, folder)).toEqual(['29991231000000_broken']);
  });
});

test('a database of a newer Chiffon is refused with a sentence', async () => {
  await onConnection(database.url, async (client) => {
    await addMigration('29991231000000_from_the_future', 'SELECT 1;');
    await migrate(client, folder);
    await expect(migrate(client)).rejects.toThrow(
      /written by a newer Chiffon: it holds the migration "29991231000000_from_the_future"/,
    );
  });
});

test('a migration whose text changed afterwards is refused with a sentence', async () => {
  await onConnection(database.url, async (client) => {
    await addMigration('29991231000000_edited', 'SELECT 1;');
    await migrate(client, folder);
    await writeFile(join(folder, '29991231000000_edited', 'migration.sql'), 'SELECT 2;');
    await expect(migrate(client, folder)).rejects.toThrow(
      /"29991231000000_edited" was applied with another text/,
    );
  });
});

test('a migration that prisma began and never finished is refused, until it is marked as rolled back', async () => {
  await onConnection(database.url, async (client) => {
    await addMigration('29991231000000_by_hand', 'SELECT 1;');
    await migrate(client, folder);
    const name = `WHERE migration_name = '29991231000000_by_hand'`;
    await client.query(`UPDATE _prisma_migrations SET finished_at = NULL ${name}`);
    await expect(migrate(client, folder)).rejects.toThrow(/never finished/);
    await client.query(`UPDATE _prisma_migrations SET rolled_back_at = now() ${name}`);
    expect(await migrate(client, folder)).toEqual(['29991231000000_by_hand']);
  });
});
