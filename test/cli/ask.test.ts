import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPostgresLedger } from '#ledger/postgres-ledger.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';

const entry = fileURLToPath(new URL('../../src/cli/chiffon.ts', import.meta.url));
let directory: string;
let database: FreshDatabase;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chiffon-ask-'));
  database = await freshDatabase();
  const ledger = await createPostgresLedger({ url: database.url, applicationName: 'ask tests' });
  await ledger.transact(async (tx) => {
    await tx.append({
      stream: 'host:nas',
      kind: 'host.unreachable',
      actor: 'chiffon',
      host: 'nas',
      outcome: 'failed',
      summary: 'nas could not be reached.',
    });
    await tx.append({ stream: 'system', kind: 'system.started', actor: 'chiffon', summary: 'Started.' });
  });
  await ledger.close();
});
afterAll(async () => {
  await database.drop();
  await rm(directory, { recursive: true, force: true });
});

async function chiffon(...args: readonly string[]) {
  const child = spawn(process.execPath, [entry, ...args], {
    cwd: directory,
    env: { PATH: process.env['PATH'], HOME: directory, DATABASE_URL: database.url, TZ: 'Europe/Berlin' },
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

test('a question in plain words is answered in words, and as JSON in parts', async () => {
  const words = await chiffon('ask', 'everything that failed this week');
  expect(words.code).toBe(0);
  expect(words.out).toMatch(/^1 failure since .*:\n• .* · nas could not be reached · Failed\n$/);
  const json = await chiffon('ask', 'everything that failed this week', '--json');
  expect(JSON.parse(json.out)).toMatchObject({
    understood: true,
    zone: 'Europe/Berlin',
    intents: [{ command: 'audit.failures', inputs: {} }],
    answer: { filter: { about: 'failures' }, groups: [{ lines: [{ what: 'nas could not be reached' }] }] },
  });
}, 60_000);

test('the same words narrow the list of events, and options narrow it further', async () => {
  const query = await chiffon('audit', 'query', 'everything that failed this week', '--json');
  expect(JSON.parse(query.out)).toMatchObject({ count: 1, events: [{ kind: 'host.unreachable' }] });
  const other = await chiffon(
    'audit',
    'query',
    'everything that failed this week',
    '--host',
    'n100',
    '--json',
  );
  expect(JSON.parse(other.out)).toEqual({ events: [], count: 0 });
}, 60_000);

test('what is no question about the record is exit 3 and starts nothing', async () => {
  const order = await chiffon('ask', 'restart plex', '--json');
  expect(order.code).toBe(3);
  expect(JSON.parse(order.out)).toMatchObject({ understood: false, answer: null });
}, 60_000);
