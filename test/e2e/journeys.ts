import { expect, test, vi } from 'vitest';
import { createRestClient, type RestClient } from '../support/rest-client.ts';

// Whole processes and real runs, on whatever computer this is.
vi.setConfig({ testTimeout: 60_000 });

/** A house with three people in it, however its processes are arranged. */
export interface OpenHouse {
  readonly url: string;
  /** Anna. */
  readonly owner: RestClient;
  /** Ben. */
  readonly operator: RestClient;
  /** Carl. */
  readonly viewer: RestClient;
}

/** The journeys every arrangement must survive: one process on the embedded default, or several on real servers. */
export function journeys(house: () => OpenHouse): void {
  test('“restart demo-web” becomes a card, and after a yes the service is restarted and checked', async () => {
    const asked = await house().owner.ask('restart demo-web');
    expect(asked).toMatchObject({ state: 'planned', planId: expect.stringMatching(/^P-\d+$/) });
    const plan = await house().owner.drafted(asked.planId ?? '');
    expect(plan).toMatchObject({ state: 'awaiting_approval', risk: 'change', revision: 1 });
    expect(plan.steps.at(-1)?.uses).toBe('http');

    const decided = await house().owner.decide(plan, 'approve');
    expect(decided.status).toBe(200);
    const run = await house().owner.run(decided.body.runId ?? '', ['completed', 'failed']);
    expect(run.state, JSON.stringify(run.tasks, null, 1)).toBe('completed');
    expect(run.tasks.every((task) => task.state === 'completed' && task.attempts.length === 1)).toBe(true);
    const log = await house().owner.log(run.runId);
    expect(log).toMatchObject({ complete: true, from: 0 });
    expect(log.text.length).toBe(log.chunks.reduce((sum, chunk) => sum + chunk.text.length, 0));
    expect((await house().owner.log(run.runId, log.next)).text).toBe('');
  });

  test('a read-only question runs at once, and the rule that allowed it stands as its approval', async () => {
    const asked = await house().viewer.ask('how much disk is free');
    const plan = await house().viewer.drafted(asked.planId ?? '');
    expect(plan).toMatchObject({ state: 'approved', risk: 'read' });
    expect(plan.approvals).toMatchObject([{ decision: 'approve', rule: 'policy.read-runs-at-once' }]);
    const run = await house().viewer.run(plan.runId ?? '', ['completed', 'failed']);
    expect(run.state).toBe('completed');
    expect(run.card.message).toMatch(/free/i);
  });

  test('a viewer may ask for a change but not approve it, and the refusal says who can', async () => {
    const plan = await house().viewer.drafted((await house().viewer.ask('restart demo-web')).planId ?? '');
    const refused = await house().viewer.decide(plan, 'approve');
    expect(refused).toMatchObject({
      status: 403,
      body: { code: 'not_yours', detail: expect.stringContaining('Anna') },
    });
    expect((await house().owner.decide(plan, 'reject')).status).toBe(200);
  });

  test('a stale hash, a second decision and a decision about nothing are told apart, and nothing runs', async () => {
    const plan = await house().owner.drafted((await house().owner.ask('restart demo-web')).planId ?? '');
    expect(await house().owner.decide({ ...plan, hash: '0'.repeat(64) }, 'approve')).toMatchObject({
      status: 409,
      body: { code: 'stale_hash', state: 'awaiting_approval' },
    });
    expect((await house().operator.decide(plan, 'reject', { comment: 'not tonight' })).status).toBe(200);
    expect(await house().owner.decide(plan, 'approve')).toMatchObject({
      status: 409,
      body: { code: 'already_decided', detail: expect.stringContaining('Ben'), state: 'rejected' },
    });
    expect((await house().owner.plan(plan.planId)).runId).toBeNull();
    expect(
      (await house().owner.call('POST', '/api/v1/plans/P-99999/decision', { decision: 'approve', hash: 'x' }))
        .status,
    ).toBe(404);
  });

  test('ten people pressing Approve at the same instant start exactly one run', async () => {
    const plan = await house().owner.drafted((await house().owner.ask('restart demo-web')).planId ?? '');
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        (i % 2 ? house().operator : house().owner).decide(plan, 'approve'),
      ),
    );
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, ...Array(9).fill(409)]);
    const decided = await house().owner.plan(plan.planId);
    expect(decided.approvals).toHaveLength(1);
    await house().owner.run(decided.runId ?? '', ['completed']);
  });

  test('“reboot the n100” is refused with the reason and leaves no plan', async () => {
    const asked = await house().owner.ask('reboot the n100');
    expect(asked).toMatchObject({ planId: null, state: 'refused' });
    expect(asked.reply).toMatch(/nobody|no one/i);
  });

  test('an answer by number continues the question of its thread', async () => {
    const asked = await house().owner.ask('deploy a password manager');
    expect(asked.state).toBe('question');
    expect(asked.choices.length).toBeGreaterThan(0);
    const answered = await house().owner.ask('1', asked.threadId);
    expect(answered.threadId).toBe(asked.threadId);
    expect(answered.state).not.toBe('question');
  });

  test('text nobody can read is refused politely and stored nowhere', async () => {
    const before = (await house().owner.call<{ counts: { all: number } }>('GET', '/api/v1/requests')).body
      .counts.all;
    const texts = ['x'.repeat(100_000), 'deploy\u0000kuma', 'deploy \u202Eamuk', 'dep\u200Bloy kuma'];
    for (const text of texts) {
      const answer = await house().owner.call<{ detail: string; code: string }>('POST', '/api/v1/requests', {
        text,
      });
      expect(answer.status).toBe(422);
      expect(answer.body.detail.length).toBeGreaterThan(20);
    }
    expect(
      (await house().owner.call<{ counts: { all: number } }>('GET', '/api/v1/requests')).body.counts.all,
    ).toBe(before);
  });

  test('nobody gets in without a token, and a wrong one is told so', async () => {
    expect((await createRestClient(house().url, 'wrong').call('GET', '/api/v1/plans')).status).toBe(401);
    expect((await fetch(new URL('/api/v1/plans', house().url))).status).toBe(401);
    expect((await fetch(new URL('/healthz', house().url))).status).toBe(200);
  });

  test('request changes makes the next revision, clears the votes and leaves the old hash worthless', async () => {
    const first = await house().owner.drafted((await house().owner.ask('restart demo-web')).planId ?? '');
    expect((await house().owner.decide(first, 'changes')).status).toBe(422);
    expect((await house().owner.decide(first, 'changes', { comment: 'stop it instead' })).status).toBe(200);
    const second = await house().owner.drafted(first.planId);
    expect(second).toMatchObject({ state: 'awaiting_approval', revision: 2 });
    if (second.hash !== first.hash) expect((await house().owner.decide(first, 'approve')).status).toBe(409);
    expect((await house().owner.decide(second, 'reject')).status).toBe(200);
  });

  test('the record is intact and can be asked', async () => {
    const verified = await house().owner.call<{ ok: boolean; events: number }>('GET', '/api/v1/audit/verify');
    expect(verified.body).toMatchObject({ ok: true });
    const changes = await house().owner.call<{ events: { service: string }[] }>(
      'GET',
      '/api/v1/audit?service=demo-web&since=1d',
    );
    expect(changes.body.events.length).toBeGreaterThan(0);
    expect(changes.body.events.every((event) => event.service === 'demo-web')).toBe(true);
  });
}
