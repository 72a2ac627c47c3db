import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { deserialize } from 'node:v8';
import {
  type Change,
  dropDatabase,
  installIndexedDb,
  type Write,
  writesGoTo,
} from './recorded-indexed-db.ts';

/** A database of the encryption library that is kept in a file. */
export interface KeyDatabase {
  /** Why what the library wrote could not be saved; null while everything was. Once it is set, it stays. */
  broken(): Error | null;
  close(): Promise<void>;
}

/** SQLITE_BUSY: another process has the file open. */
const sqliteBusy = 5;
/** The shape of the file, for later versions of Chiffon. */
const layout = 1;

/**
 * Opens the IndexedDB database `name` with everything that is kept in `file`, and from then on saves there whatever is
 * written to it: synchronously, before whoever wrote hears that it is written, so that no key is ever used that a crash
 * could undo. Node has no IndexedDB, and the library stores nowhere else; so it gets one in memory, and SQLite keeps the
 * copy that counts. One process at a time: two with the same keys would spoil each other's.
 * @throws when the file can't be read or written, is another program's, or another process has it open
 */
export async function openKeyDatabase(name: string, file: string, lockedMs = 10_000): Promise<KeyDatabase> {
  const kept = await openWhenFree(file, lockedMs);
  try {
    await fill(name, kept);
  } catch (error) {
    kept.close();
    await dropDatabase(name);
    throw error;
  }
  let broken: Error | null = null;
  const forget = writesGoTo(name, (changes) => {
    if (broken !== null) return;
    try {
      save(kept, changes);
    } catch (error) {
      broken = error instanceof Error ? error : new Error(String(error));
    }
  });
  return {
    broken: () => broken,
    close: async () => {
      forget();
      kept.close();
      await dropDatabase(name);
    },
  };
}

/** A process that is just being replaced gets the time to end. */
async function openWhenFree(file: string, lockedMs: number): Promise<DatabaseSync> {
  const end = performance.now() + lockedMs;
  for (;;) {
    try {
      return openFile(file);
    } catch (error) {
      const locked = error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy;
      if (!locked || performance.now() > end) throw error;
      await sleep(100);
    }
  }
}

function openFile(file: string): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  chmodSync(dirname(file), 0o700);
  // Made by hand first: SQLite would make it readable for everybody, and gives its journal the file's own mode.
  closeSync(openSync(file, 'a', 0o600));
  const kept = new DatabaseSync(file);
  try {
    kept.exec('pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full;');
    // Used keys are to be gone, not only unlisted.
    kept.exec('pragma secure_delete = on;');
    const version = kept.prepare('pragma user_version').get()?.['user_version'];
    if (version !== 0 && version !== layout)
      throw new Error(`it was written by a newer version of Chiffon (${String(version)})`);
    // Nothing is written to one that is there: it can be read on a full disk.
    if (version === layout) return kept;
    kept.exec(`
      begin immediate;
      create table if not exists about (name text primary key, value integer not null);
      create table if not exists stores (name text primary key);
      create table if not exists indexes (store text, name text, options text not null, primary key (store, name));
      create table if not exists records (store text, key text, value blob not null, primary key (store, key));
      pragma user_version = ${layout};
      commit;
    `);
    return kept;
  } catch (error) {
    kept.close();
    throw error;
  }
}

/** Makes the database in memory what the file says it is. */
async function fill(name: string, kept: DatabaseSync): Promise<void> {
  const indexedDb = await installIndexedDb();
  const version = kept.prepare("select value from about where name = 'version'").get()?.['value'];
  if (typeof version !== 'number') return;
  const request = indexedDb.open(name, version);
  await new Promise<void>((resolve, reject) => {
    request.addEventListener('error', () => reject(request.error ?? new Error('the keys could not be read')));
    request.addEventListener('success', () => {
      request.result.close();
      resolve();
    });
    request.addEventListener('upgradeneeded', () => {
      for (const { name: store } of kept.prepare('select name from stores').all()) {
        const made = request.result.createObjectStore(String(store));
        for (const index of kept
          .prepare('select name, options from indexes where store = ?')
          .all(store ?? '')) {
          const { keyPath, ...options } = JSON.parse(String(index['options']));
          made.createIndex(String(index['name']), keyPath, options);
        }
        for (const { key, value } of kept
          .prepare('select key, value from records where store = ?')
          .iterate(store ?? ''))
          made.put(deserialize(value as Uint8Array), JSON.parse(String(key)));
      }
    });
  });
}

function save(kept: DatabaseSync, changes: readonly Change[]): void {
  kept.exec('begin immediate');
  try {
    for (const change of changes) apply(kept, change);
    kept.exec('commit');
  } catch (error) {
    if (kept.isTransaction) kept.exec('rollback');
    throw error;
  }
}

function apply(kept: DatabaseSync, change: Change): void {
  switch (change.kind) {
    case 'version':
      kept.prepare("insert or replace into about values ('version', ?)").run(change.version);
      return;
    case 'make store':
      kept.prepare('insert into stores values (?)').run(change.store);
      return;
    case 'drop store':
      for (const table of ['records', 'indexes'])
        kept.prepare(`delete from ${table} where store = ?`).run(change.store);
      kept.prepare('delete from stores where name = ?').run(change.store);
      return;
    case 'make index':
      kept
        .prepare('insert into indexes values (?, ?, ?)')
        .run(change.store, change.name, JSON.stringify(change.options));
      return;
    case 'drop index':
      kept.prepare('delete from indexes where store = ? and name = ?').run(change.store, change.name);
      return;
    default:
      write(kept, change);
  }
}

function write(kept: DatabaseSync, change: Write): void {
  const { store } = change;
  switch (change.kind) {
    case 'put':
      kept
        .prepare('insert or replace into records values (?, ?, ?)')
        .run(store, JSON.stringify(change.key), change.value);
      return;
    case 'delete': {
      const remove = kept.prepare('delete from records where store = ? and key = ?');
      if (!('range' in change)) {
        remove.run(store, JSON.stringify(change.key));
        return;
      }
      for (const { key } of kept.prepare('select key from records where store = ?').all(store))
        if (change.range.includes(JSON.parse(String(key)))) remove.run(store, String(key));
      return;
    }
    case 'clear':
      kept.prepare('delete from records where store = ?').run(store);
      return;
  }
}
