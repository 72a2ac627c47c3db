/**
 * IndexedDB for a library that was written for browsers, with a record of what it writes. `fake-indexeddb` (the W3C's
 * own tests pass on it) keeps everything in memory; this tells whoever asked, at the end of each transaction and before
 * anybody else hears of it, what the transaction changed.
 */
import { serialize } from 'node:v8';

/** What one finished transaction did to the records of a store, in order. Values as `v8.serialize` writes them. */
export type Write =
  | { readonly kind: 'put'; readonly store: string; readonly key: unknown; readonly value: Uint8Array }
  | { readonly kind: 'delete'; readonly store: string; readonly key: unknown }
  | { readonly kind: 'delete'; readonly store: string; readonly range: KeyRange }
  | { readonly kind: 'clear'; readonly store: string };

/** What it did, in order, the shape of the database included. */
export type Change =
  | Write
  | { readonly kind: 'version'; readonly version: number }
  | { readonly kind: 'make store' | 'drop store'; readonly store: string }
  | { readonly kind: 'make index'; readonly store: string; readonly name: string; readonly options: object }
  | { readonly kind: 'drop index'; readonly store: string; readonly name: string };

/** What is used of IndexedDB; the platform's own types come only with those of a browser. */
export interface IndexedDb {
  open(name: string, version?: number): Request<Database>;
  deleteDatabase(name: string): Events;
}
interface KeyRange {
  includes(key: unknown): boolean;
}
interface Events {
  addEventListener(name: string, listen: () => void): void;
}
interface Request<Result> extends Events {
  readonly result: Result;
  readonly error: Error | null;
  readonly transaction: Transaction;
}
interface Transaction extends Events {
  readonly db: Database;
}
interface Database {
  readonly name: string;
  readonly version: number;
  close(): void;
  createObjectStore(name: string, options?: { keyPath?: unknown; autoIncrement?: boolean }): Store;
  deleteObjectStore(name: string): void;
}
interface Store {
  readonly name: string;
  readonly transaction: Transaction;
  put(value: unknown, key?: unknown): Request<unknown>;
  createIndex(name: string, keyPath: unknown, options?: object): unknown;
}
interface Cursor {
  readonly source: Store | { readonly objectStore: Store };
  readonly primaryKey: unknown;
}

const writers = new Map<string, (changes: readonly Change[]) => void>();
/** The open connections of each database that is kept. */
const connections = new Map<string, Set<Database>>();
let installed: Promise<IndexedDb> | null = null;

/** Where the library looks for it: the global names a browser has. Nothing in Node or Chiffon uses them. */
export function installIndexedDb(): Promise<IndexedDb> {
  installed ??= import('fake-indexeddb').then(({ default: indexedDB, ...classes }) => {
    Object.assign(globalThis, classes, { indexedDB });
    recordShape();
    recordWrites();
    return indexedDB as unknown as IndexedDb;
  });
  return installed;
}

/**
 * Drops a database from memory, with every connection to it. The library leaves connections open when it ends, and a
 * database that waits for one to be closed never comes to rest.
 */
export async function dropDatabase(name: string): Promise<void> {
  const indexedDb = await installIndexedDb();
  for (const connection of connections.get(name) ?? []) connection.close();
  connections.delete(name);
  await new Promise<void>((resolve) => {
    indexedDb.deleteDatabase(name).addEventListener('success', () => resolve());
  });
}

/** From now on `save` gets what each transaction on the database changed, until the answer is called. It must not throw. */
export function writesGoTo(database: string, save: (changes: readonly Change[]) => void): () => void {
  writers.set(database, save);
  return () => void writers.delete(database);
}

const underway = new WeakMap<Transaction, Change[]>();

function note(transaction: Transaction, change: Change): void {
  const changes = underway.get(transaction);
  if (changes !== undefined) {
    changes.push(change);
    return;
  }
  const first = [change];
  underway.set(transaction, first);
  transaction.addEventListener('complete', () => writers.get(transaction.db.name)?.(first));
}

type Method = (...given: unknown[]) => unknown;

/** Puts `around` in place of a method of one of the classes; it gets the method and what it is called with. */
function replace<Self>(
  className: string,
  method: string,
  around: (self: Self, original: Method, ...given: unknown[]) => unknown,
): void {
  const classes = globalThis as unknown as Record<string, { prototype: Record<string, Method> }>;
  const prototype = classes[className]?.prototype;
  const original = prototype?.[method];
  if (prototype === undefined || original === undefined)
    throw new Error(`fake-indexeddb has no ${className}.${method} any more`);
  prototype[method] = function (this: Self, ...given: unknown[]) {
    return around(this, (...passed) => original.apply(this, passed), ...given);
  };
}

function recordShape(): void {
  /** The transaction a database is being given another shape in. */
  const upgrades = new WeakMap<Database, Transaction>();
  const noteShape = (database: Database, change: Change): void => {
    const upgrade = upgrades.get(database);
    if (upgrade !== undefined) note(upgrade, change);
  };
  replace<IndexedDb>('IDBFactory', 'open', (_self, open, ...given) => {
    const request = open(...given) as Request<Database>;
    request.addEventListener('success', () => {
      const { name } = request.result;
      connections.set(name, (connections.get(name) ?? new Set()).add(request.result));
    });
    request.addEventListener('upgradeneeded', () => {
      upgrades.set(request.result, request.transaction);
      noteShape(request.result, { kind: 'version', version: request.result.version });
    });
    return request;
  });
  replace<Database>('IDBDatabase', 'createObjectStore', (self, create, name, options) => {
    const { keyPath, autoIncrement } = (options ?? {}) as { keyPath?: unknown; autoIncrement?: unknown };
    if (keyPath != null || autoIncrement === true)
      throw new Error(`the store ${String(name)} makes its keys itself, and such stores are not kept`);
    const store = create(name, options);
    noteShape(self, { kind: 'make store', store: String(name) });
    return store;
  });
  replace<Database>('IDBDatabase', 'deleteObjectStore', (self, drop, name) => {
    drop(name);
    noteShape(self, { kind: 'drop store', store: String(name) });
  });
  replace<Store>('IDBObjectStore', 'createIndex', (self, create, name, keyPath, options) => {
    const index = create(name, keyPath, options);
    const { unique = false, multiEntry = false } = (options ?? {}) as {
      unique?: boolean;
      multiEntry?: boolean;
    };
    const kept = { keyPath, unique, multiEntry };
    note(self.transaction, { kind: 'make index', store: self.name, name: String(name), options: kept });
    return index;
  });
  replace<Store>('IDBObjectStore', 'deleteIndex', (self, drop, name) => {
    drop(name);
    note(self.transaction, { kind: 'drop index', store: self.name, name: String(name) });
  });
}

/** Each write is noted when it has succeeded: one that fails does not always end its transaction. */
function recordWrites(): void {
  const noteDone = ({ transaction }: Store, request: Request<unknown>, change: () => Change): void =>
    request.addEventListener('success', () => note(transaction, change()));
  for (const method of ['put', 'add']) {
    replace<Store>('IDBObjectStore', method, (self, put, value, key) => {
      // Written down now: what the library does with the value afterwards is not in the database either.
      const written = serialize(value);
      const request = put(value, key) as Request<unknown>;
      noteDone(self, request, () => ({ kind: 'put', store: self.name, key: request.result, value: written }));
      return request;
    });
  }
  replace<Store>('IDBObjectStore', 'delete', (self, remove, key) => {
    const request = remove(key) as Request<unknown>;
    noteDone(self, request, () =>
      isRange(key)
        ? { kind: 'delete', store: self.name, range: key }
        : { kind: 'delete', store: self.name, key },
    );
    return request;
  });
  replace<Store>('IDBObjectStore', 'clear', (self, clear) => {
    const request = clear() as Request<unknown>;
    noteDone(self, request, () => ({ kind: 'clear', store: self.name }));
    return request;
  });
  replace<Cursor>('IDBCursor', 'update', (self, update, value) => {
    const written = serialize(value);
    const store = storeOf(self);
    const key = self.primaryKey;
    const request = update(value) as Request<unknown>;
    noteDone(store, request, () => ({ kind: 'put', store: store.name, key, value: written }));
    return request;
  });
  replace<Cursor>('IDBCursor', 'delete', (self, remove) => {
    const store = storeOf(self);
    const key = self.primaryKey;
    const request = remove() as Request<unknown>;
    noteDone(store, request, () => ({ kind: 'delete', store: store.name, key }));
    return request;
  });
}

function isRange(key: unknown): key is KeyRange {
  return typeof key === 'object' && key !== null && 'includes' in key && !Array.isArray(key);
}

function storeOf({ source }: Cursor): Store {
  return 'objectStore' in source ? source.objectStore : source;
}
