import { expect, test } from 'vitest';
import { ledgerWithoutSecrets } from '#flow/ledger-without-secrets.ts';
import { createRedactor } from '#platform/redaction/redactor.ts';
import { ledgerForTests } from '../ledger/house-of-tests.ts';
import { onConnection } from '../support/postgres.ts';

const { ledger, database } = ledgerForTests();

test('a secret that somebody pastes, a host tells or a step records is stored nowhere', async () => {
  const secret = 'hunter2isnotme';
  const redactor = createRedactor();
  const safe = ledgerWithoutSecrets(ledger(), redactor);
  const id = await safe.transact(async (tx) => {
    const said = `deploy kuma with PASSWORD=${secret}`;
    const request = await tx.insertRequest({ text: said, person: 'anna', surface: 'console', thread: null });
    await tx.answerRequest(request.id, {
      state: 'planned',
      reply: `Looking at TOKEN=${secret}.`,
      intents: [{ command: 'deploy', inputs: { service: `token=${secret}` } }],
    });
    await tx.insertPlan({ id: request.id, title: said });
    await tx.saveHostUnreachable('n100', `login failed for redis://:${secret}@n100`);
    await tx.append({
      stream: `request:${request.id}`,
      kind: 'request.received',
      actor: 'anna',
      plan: request.id,
      summary: `Anna asked: ${said}`,
      data: { text: said, list: [{ deep: `--password ${secret}` }] },
    });
    return request.id;
  });
  expect((await safe.request(id))?.text).toBe('deploy kuma with PASSWORD=[secret: password, token or key]');
  const tables = ['requests', 'plans', 'events', 'hosts'];
  await onConnection(database().superuserUrl, async (client) => {
    for (const table of tables) {
      const { rows } = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${table} t`);
      expect(rows.length, table).toBeGreaterThan(0);
      for (const { row } of rows) expect(row, table).not.toContain(secret);
    }
  });
  expect(await ledger().verify()).toMatchObject({ ok: true });
});
