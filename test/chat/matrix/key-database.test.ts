import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openKeyDatabase } from '#chat/matrix/key-database.ts';
import { type IndexedDb, installIndexedDb } from '#chat/matrix/recorded-indexed-db.ts';

let folder: string;
let file: string;
let indexedDb: IndexedDb;
let closing: (() => unknown)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chiffon-key-database-'));
  file = join(folder, 'kept', 'keys.sqlite');
  indexedDb = await installIndexedDb();
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  closing = [];
  await rm(folder, { recursive: true, force: true });
});

let databases = 0;
/** A process that opens the file: its own copy in memory, by a name of its own. */
async function open(from = file) {
  const name = `test-${(databases += 1)}`;
  const database = await openKeyDatabase(name, from);
  closing.push(() => database.close());
  return { name, database };
}

/** An IndexedDB request or transaction, as a promise. Browsers' own types are not there. */
const done = (request: any, event = 'success'): Promise<any> =>
  new Promise((resolve, reject) => {
    request.addEventListener(event, () => resolve(request.result));
    for (const failure of ['error', 'abort'])
      request.addEventListener(failure, () => reject(request.error ?? new Error(failure)));
  });

async function connect(name: string, version?: number, upgrade?: (database: any) => void): Promise<any> {
  const request = indexedDb.open(name, version);
  if (upgrade !== undefined) request.addEventListener('upgradeneeded', () => upgrade(request.result));
  const connection = await done(request);
  closing.push(() => connection.close());
  return connection;
}

async function write(connection: any, work: (store: any) => void): Promise<void> {
  const transaction = connection.transaction('keys', 'readwrite');
  work(transaction.objectStore('keys'));
  await done(transaction, 'complete');
}

async function all(connection: any): Promise<[unknown, unknown][]> {
  const store = connection.transaction('keys').objectStore('keys');
  const [keys, values] = await Promise.all([done(store.getAllKeys()), done(store.getAll())]);
  return keys.map((key: unknown, at: number) => [key, values[at]]);
}

const shape = (database: any): void => {
  database.createObjectStore('keys').createIndex('by_user', 'user', { unique: false });
};

test('what was written is there again after a crash: stores, indexes, keys of every kind and values with bytes', async () => {
  const { name } = await open();
  const before = await connect(name, 7, shape);
  await write(before, (store) => {
    store.put({ user: '@a:b', pickle: new Uint8Array([0, 255, 7]), deep: [{ at: 1n }] }, 'text');
    store.put({ user: '@a:b' }, ['a', 'list', 3]);
    store.put({ user: '@c:d' }, 12);
  });
  // Nothing is closed: the file is what another machine finds after the power came back.
  const copy = join(folder, 'copy.sqlite');
  await copyFile(file, copy);
  await copyFile(`${file}-wal`, `${copy}-wal`);
  const { name: later } = await open(copy);
  const after = await connect(later);
  expect(after.version).toBe(7);
  expect(await all(after)).toEqual(await all(before));
  const index = after.transaction('keys').objectStore('keys').index('by_user');
  expect(await done(index.getAllKeys('@a:b'))).toEqual(['text', ['a', 'list', 3]]);
});

test('every way of changing it is kept: replaced, deleted one by one and by range, through a cursor, cleared, and another shape', async () => {
  const { name } = await open();
  const connection = await connect(name, 1, shape);
  await write(connection, (store) => {
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) store.put({ user: key }, key);
  });
  const range = (globalThis as any).IDBKeyRange.bound('b', 'c');
  await write(connection, (store) => {
    store.put({ user: 'new' }, 'a');
    store.delete(range);
    store.delete('d');
    const cursor = store.openCursor('e');
    cursor.addEventListener('success', () => cursor.result?.update({ user: 'updated' }));
    const other = store.index('by_user').openCursor('f');
    other.addEventListener('success', () => other.result?.delete());
  });
  const expected = [
    ['a', { user: 'new' }],
    ['e', { user: 'updated' }],
  ];
  expect(await all(connection)).toEqual(expected);
  const reopened = async (): Promise<any> => {
    for (const close of closing.reverse()) await close();
    closing = [];
    return await connect((await open()).name);
  };
  expect(await all(await reopened())).toEqual(expected);

  for (const close of closing.reverse()) await close();
  closing = [];
  const again = await open();
  const upgraded = await connect(again.name, 2, (database) => {
    database.deleteObjectStore('keys');
    database.createObjectStore('keys');
    database.createObjectStore('more').createIndex('x', 'x');
  });
  await write(upgraded, (store) => store.put({ user: 'z' }, 'z'));
  const last = await reopened();
  expect(last.version).toBe(2);
  expect([...last.objectStoreNames]).toEqual(['keys', 'more']);
  expect([...last.transaction('keys').objectStore('keys').indexNames]).toEqual([]);
  expect([...last.transaction('more').objectStore('more').indexNames]).toEqual(['x']);
  await write(last, (store) => store.clear());
  expect(await all(await reopened())).toEqual([]);
});

test('what a transaction took back is not kept, nor a write that failed inside one that went on', async () => {
  const { name } = await open();
  const connection = await connect(name, 1, shape);
  await write(connection, (store) => store.put({ user: 'first' }, 'a'));
  const taken = connection.transaction('keys', 'readwrite');
  taken.objectStore('keys').put({ user: 'never' }, 'a');
  taken.abort();
  await done(taken, 'abort').catch(() => undefined);
  await write(connection, (store) => {
    store.add({ user: 'twice' }, 'a').addEventListener('error', (event: any) => {
      event.preventDefault();
      event.stopPropagation();
    });
    store.put({ user: 'second' }, 'b');
  });
  const rows = new DatabaseSync(file, { readOnly: false, timeout: 0 });
  expect(() => rows.prepare('select 1 from records').all()).toThrow(/locked/);
  rows.close();
  for (const close of closing.reverse()) await close();
  closing = [];
  const { name: later } = await open();
  expect(await all(await connect(later))).toEqual([
    ['a', { user: 'first' }],
    ['b', { user: 'second' }],
  ]);
});

test('on a full disk it says so, once and for all, instead of going on with keys that are not kept', async () => {
  const program = `
    import { openKeyDatabase } from '#chat/matrix/key-database.ts';
    import { installIndexedDb } from '#chat/matrix/recorded-indexed-db.ts';
    const database = await openKeyDatabase('full', ${JSON.stringify(file)});
    const opening = (await installIndexedDb()).open('full', 1);
    const after = (events, name) => new Promise((resolve) => events.addEventListener(name, resolve));
    opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore('keys'));
    await after(opening, 'success');
    const seen = [];
    for (const size of [10, 1_000_000, 10]) {
      const transaction = opening.result.transaction('keys', 'readwrite');
      transaction.objectStore('keys').put(new Uint8Array(size), size);
      await after(transaction, 'complete');
      seen.push(database.broken()?.message ?? null);
    }
    await database.close();
    console.log(JSON.stringify(seen));`;
  // A limit on the size of files answers as a disk without room does.
  const { stdout } = await promisify(execFile)('bash', [
    '-c',
    'trap "" XFSZ; ulimit -f 600; exec "$0" --input-type=module -e "$1"',
    process.execPath,
    program,
  ]);
  const [small, large, again] = JSON.parse(stdout);
  expect(small).toBeNull();
  expect(large).toMatch(/full|disk I\/O/);
  expect(again).toBe(large);
});

test('closing ends every connection, also those the library forgot, and nothing goes on in the background', async () => {
  const { name, database } = await open();
  closing.pop();
  await connect(name, 1, shape);
  closing.pop();
  await database.close();
  const again = await connect(name, 1, shape);
  expect(await all(again)).toEqual([]);
  const { name: later } = await open();
  expect((await connect(later)).version).toBe(1);
});

test('one process at a time, only Chiffon’s own file, and for nobody else to read', async () => {
  await open();
  await expect(openKeyDatabase('second', file, 0)).rejects.toThrow(/locked/);
  const waiting = open();
  await closing.pop()?.();
  expect((await waiting).database.broken()).toBeNull();
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, 'kept'))).mode & 0o777).toBe(0o700);
  const other = join(folder, 'other.sqlite');
  await writeFile(
    other,
    'this is no database, and it is long enough to be told from an empty file'.repeat(20),
  );
  await expect(open(other)).rejects.toThrow(/not a database/);
  const newer = join(folder, 'newer.sqlite');
  const future = new DatabaseSync(newer);
  future.exec('pragma user_version = 99');
  future.close();
  await expect(open(newer)).rejects.toThrow(/newer version/);
});
