import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChiffonProcess, startChiffonProcess, temporaryDirectory } from '../support/chiffon-process.ts';
import { createRestClient, type RestClient } from '../support/rest-client.ts';

let chiffon: ChiffonProcess;
let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let owner: RestClient;
let operator: RestClient;
let viewer: RestClient;

beforeAll(async () => {
  directory = await temporaryDirectory();
  const people = ['anna', 'ben', 'carl'];
  for (const person of people) await writeFile(join(directory.path, `${person}.token`), `token-of-${person}-for-tests\n`, { mode: 0o600 });
  const config = join(directory.path, 'chiffon.yaml');
  await writeFile(
    config,
    `people:
  - { id: anna, name: Anna, role: owner }
  - { id: ben, name: Ben, role: operator, tokenFile: ${directory.path}/ben.token }
  - { id: carl, name: Carl, role: viewer, tokenFile: ${directory.path}/carl.token }
`,
  );
  chiffon = await startChiffonProcess({ directory: join(directory.path, 'data'), args: ['--config', config] });
  owner = createRestClient(chiffon.url, chiffon.token);
  operator = createRestClient(chiffon.url, 'token-of-ben-for-tests');
  viewer = createRestClient(chiffon.url, 'token-of-carl-for-tests');
}, 120_000);

afterAll(async () => {
  await chiffon?.stop();
  await directory?.remove();
}, 60_000);

describe('the whole road over REST alone', () => {
  test('“restart demo-web” becomes a card, and after a yes the service is restarted and checked', async () => {
    const asked = await owner.ask('restart demo-web');
    expect(asked).toMatchObject({ state: 'planned', planId: expect.stringMatching(/^P-\d+$/) });
    const plan = await owner.drafted(asked.planId ?? '');
    expect(plan).toMatchObject({ state: 'awaiting_approval', risk: 'change', revision: 1 });
    expect(plan.steps.at(-1)?.uses).toBe('http');

    const decided = await owner.decide(plan, 'approve');
    expect(decided.status).toBe(200);
    const run = await owner.run(decided.body.runId ?? '', ['completed', 'failed']);
    expect(run.state, JSON.stringify(run.tasks, null, 1)).toBe('completed');
    expect(run.tasks.every((task) => task.state === 'completed' && task.attempts.length === 1)).toBe(true);
    const log = await owner.log(run.runId);
    expect(log).toMatchObject({ complete: true, from: 0 });
    expect(log.text.length).toBe(log.chunks.reduce((sum, chunk) => sum + chunk.text.length, 0));
    expect((await owner.log(run.runId, log.next)).text).toBe('');
  });

  test('a read-only question runs at once, and the rule that allowed it stands as its approval', async () => {
    const asked = await viewer.ask('how much disk is free');
    const plan = await viewer.drafted(asked.planId ?? '');
    expect(plan).toMatchObject({ state: 'approved', risk: 'read' });
    expect(plan.approvals).toMatchObject([{ decision: 'approve', rule: 'policy.read-runs-at-once' }]);
    const run = await viewer.run(plan.runId ?? '', ['completed', 'failed']);
    expect(run.state).toBe('completed');
    expect(run.card.message).toMatch(/free/i);
  });

  test('a viewer may ask for a change but not approve it, and the refusal says who can', async () => {
    const plan = await viewer.drafted((await viewer.ask('restart demo-web')).planId ?? '');
    const refused = await viewer.decide(plan, 'approve');
    expect(refused).toMatchObject({ status: 403, body: { code: 'not_yours', detail: expect.stringContaining('Anna') } });
    expect((await owner.decide(plan, 'reject')).status).toBe(200);
  });

  test('a stale hash, a second decision and a decision about nothing are told apart, and nothing runs', async () => {
    const plan = await owner.drafted((await owner.ask('restart demo-web')).planId ?? '');
    expect(await owner.decide({ ...plan, hash: '0'.repeat(64) }, 'approve')).toMatchObject({ status: 409, body: { code: 'stale_hash', state: 'awaiting_approval' } });
    expect((await operator.decide(plan, 'reject', { comment: 'not tonight' })).status).toBe(200);
    expect(await owner.decide(plan, 'approve')).toMatchObject({ status: 409, body: { code: 'already_decided', detail: expect.stringContaining('Ben'), state: 'rejected' } });
    expect((await owner.plan(plan.planId)).runId).toBeNull();
    expect((await owner.call('POST', '/api/v1/plans/P-99999/decision', { decision: 'approve', hash: 'x' })).status).toBe(404);
  });

  test('ten people pressing Approve at the same instant start exactly one run', async () => {
    const plan = await owner.drafted((await owner.ask('restart demo-web')).planId ?? '');
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => (i % 2 ? operator : owner).decide(plan, 'approve')));
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, ...Array(9).fill(409)]);
    const decided = await owner.plan(plan.planId);
    expect(decided.approvals).toHaveLength(1);
    await owner.run(decided.runId ?? '', ['completed']);
  });

  test('“reboot the n100” is refused with the reason and leaves no plan', async () => {
    const asked = await owner.ask('reboot the n100');
    expect(asked).toMatchObject({ planId: null, state: 'refused' });
    expect(asked.reply).toMatch(/nobody|no one/i);
  });

  test('an answer by number continues the question of its thread', async () => {
    const asked = await owner.ask('deploy a password manager');
    expect(asked.state).toBe('question');
    expect(asked.choices.length).toBeGreaterThan(0);
    const answered = await owner.ask('1', asked.threadId);
    expect(answered.threadId).toBe(asked.threadId);
    expect(answered.state).not.toBe('question');
  });

  test('text nobody can read is refused politely and stored nowhere', async () => {
    const before = (await owner.call<{ counts: { all: number } }>('GET', '/api/v1/requests')).body.counts.all;
    const texts = ['x'.repeat(100_000), 'deploy\u0000kuma', 'deploy \u202Eamuk', 'dep\u200Bloy kuma'];
    for (const text of texts) {
      const answer = await owner.call<{ detail: string; code: string }>('POST', '/api/v1/requests', { text });
      expect(answer.status).toBe(422);
      expect(answer.body.detail.length).toBeGreaterThan(20);
    }
    expect((await owner.call<{ counts: { all: number } }>('GET', '/api/v1/requests')).body.counts.all).toBe(before);
  });

  test('nobody gets in without a token, and a wrong one is told so', async () => {
    expect((await createRestClient(chiffon.url, 'wrong').call('GET', '/api/v1/plans')).status).toBe(401);
    expect((await fetch(new URL('/api/v1/plans', chiffon.url))).status).toBe(401);
    expect((await fetch(new URL('/healthz', chiffon.url))).status).toBe(200);
  });

  test('request changes makes the next revision, clears the votes and leaves the old hash worthless', async () => {
    const first = await owner.drafted((await owner.ask('restart demo-web')).planId ?? '');
    expect((await owner.decide(first, 'changes')).status).toBe(422);
    expect((await owner.decide(first, 'changes', { comment: 'stop it instead' })).status).toBe(200);
    const second = await owner.drafted(first.planId);
    expect(second).toMatchObject({ state: 'awaiting_approval', revision: 2 });
    if (second.hash !== first.hash) expect((await owner.decide(first, 'approve')).status).toBe(409);
    expect((await owner.decide(second, 'reject')).status).toBe(200);
  });

  test('the record is intact and can be asked', async () => {
    const verified = await owner.call<{ ok: boolean; events: number }>('GET', '/api/v1/audit/verify');
    expect(verified.body).toMatchObject({ ok: true });
    const changes = await owner.call<{ events: { service: string }[] }>('GET', '/api/v1/audit?service=demo-web&since=1d');
    expect(changes.body.events.length).toBeGreaterThan(0);
    expect(changes.body.events.every((event) => event.service === 'demo-web')).toBe(true);
  });
});
