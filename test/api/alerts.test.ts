import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Channel } from '#api/contract/house.ts';
import type { AlertRow } from '#flow/alert-record.ts';
import { raiseAlert } from '#flow/raise-alert.ts';
import type { TriedPhone } from '#flow/try-phone.ts';
import { contentWith, draftPlan, openRun, propose, shellStep } from '../ledger/house-of-tests.ts';
import { bearer, type ServedHouse, serveHouse } from './served-house.ts';

let house: ServedHouse;
/** Tests that were handed over, by phone. */
const rung: string[] = [];
const phone = (name: string, handed: Awaited<ReturnType<TriedPhone['tryOut']>>): TriedPhone => ({
  name,
  provider: 'ntfy',
  tryOut: async () => {
    rung.push(name);
    return handed;
  },
});
beforeAll(async () => {
  house = await serveHouse(
    {},
    {
      others: [
        { id: 'ben', name: 'Ben', role: 'operator' },
        { id: 'carl', name: 'Carl', role: 'viewer' },
      ],
      platforms: ['discord', 'matrix'],
      phones: [
        phone('anna-phone', { ok: true }),
        phone('ben-phone', { ok: false, reason: 'ntfy refused the token (403).' }),
      ],
    },
  );
});
afterAll(() => house?.close());

async function callForSomebody(): Promise<AlertRow> {
  const { ledger } = house;
  const run = await openRun(ledger);
  await ledger.transact(async (tx) => {
    await tx.moveRun(run.id, ['pending'], { state: 'running' });
    await tx.moveRun(run.id, ['running'], { state: 'failed', summary: 'Step 1 failed.' });
    await raiseAlert(
      tx,
      { request: run.plan, run: run.id, kind: 'gave_up', headline: 'It gave up.', need: 'Somebody.' },
      { stream: `run:${run.id}`, actor: 'chiffon', plan: run.plan, run: run.id },
    );
  });
  const [alert] = await ledger.alertsOf(run.plan);
  if (alert === undefined) throw new Error('nothing was raised');
  return alert;
}

test('somebody who is signed in says that they are on it, once', async () => {
  const alert = await callForSomebody();
  const url = `/api/v1/requests/R-${alert.request}/acknowledge`;
  const say = () => house.app.inject({ method: 'POST', url, headers: bearer, payload: {} });
  expect((await say()).statusCode).toBe(200);
  expect((await say()).json()).toMatchObject({ status: 409, code: 'nothing_rings' });
  expect((await house.ledger.alert(alert.id))?.acknowledgedBy).toBe('anna');
  expect((await house.app.inject({ method: 'POST', url, payload: {} })).statusCode).toBe(401);
});

test('the button on a phone needs the token that came with the alarm, and can do nothing else', async () => {
  const alert = await callForSomebody();
  const tap = (id: number | string, token: string, from?: string) =>
    house.app.inject({
      method: 'POST',
      url: `/api/v1/alerts/${id}/acknowledge`,
      payload: { token, ...(from === undefined ? {} : { from }) },
    });
  expect((await tap(alert.id, 'guessed')).json()).toMatchObject({ status: 403, code: 'not_yours' });
  expect((await tap(alert.id + 1000, alert.token)).statusCode).toBe(403);
  expect((await tap('one', alert.token)).statusCode).toBe(400);
  expect((await tap(alert.id, alert.token, '<b>Anna</b>')).statusCode).toBe(400);
  expect((await house.ledger.alert(alert.id))?.acknowledgedBy).toBeNull();
  expect((await tap(alert.id, alert.token, 'anna-phone')).json()).toEqual({
    detail: 'You are on it: it will not ring again.',
  });
  expect((await house.ledger.alert(alert.id))?.acknowledgedBy).toBe('phone:anna-phone');
  const [last] = await house.ledger.audit({ plan: alert.request, limit: 1 });
  expect(last).toMatchObject({ kind: 'alert.acknowledged', actor: 'phone:anna-phone' });
});

test('following a link quiets nothing: there is no such page to get', async () => {
  const alert = await callForSomebody();
  const answer = await house.app.inject({
    url: `/api/v1/alerts/${alert.id}/acknowledge?token=${alert.token}`,
  });
  expect(answer.statusCode).toBe(404);
  expect((await house.ledger.alert(alert.id))?.acknowledgedBy).toBeNull();
});

test('the token of an alarm stands in no answer', async () => {
  const alert = await callForSomebody();
  for (const url of ['/api/v1/now', `/api/v1/requests/R-${alert.request}`, '/api/v1/audit?limit=1000']) {
    const answer = await house.app.inject({ url, headers: bearer });
    expect(answer.statusCode).toBe(200);
    expect(answer.body).not.toContain(alert.token);
  }
});

test('what gave up needs somebody, with its headline and need, until somebody is on it', async () => {
  const alert = await callForSomebody();
  const mine = async () => {
    const now = (await house.app.inject({ url: '/api/v1/now', headers: bearer })).json();
    const url = '/api/v1/requests?filter=needs_you&limit=100';
    const list = (await house.app.inject({ url, headers: bearer })).json();
    expect(now.needsYouCount).toBe(list.counts.needsYou);
    const of = (rows: { number: number }[]) => rows.filter((row) => row.number === alert.request);
    expect(of(now.needsYou)).toEqual(of(list.requests));
    return { rows: of(list.requests), recent: of(now.recent), count: now.needsYouCount as number };
  };
  const before = await mine();
  expect(before).toMatchObject({
    rows: [{ alert: { kind: 'gave_up', headline: 'It gave up.', need: 'Somebody.', at: alert.at } }],
    recent: [],
  });
  const url = `/api/v1/requests/R-${alert.request}/acknowledge`;
  await house.app.inject({ method: 'POST', url, headers: bearer, payload: {} });
  const after = await mine();
  expect(after).toMatchObject({ rows: [], recent: [{ alert: null }], count: before.count - 1 });
});

test('what calls for somebody stands before what only waits for an answer', async () => {
  const alert = await callForSomebody();
  const { plan } = await house.ledger.transact(async (tx) => {
    const plan = await draftPlan(tx);
    const hash = await propose(tx, plan, contentWith([shellStep(1)]));
    const answerBy = new Date(Date.now() + 60_000).toISOString();
    await tx.movePlan(
      plan,
      { states: ['awaiting_approval'], hash },
      { state: 'awaiting_approval', answerBy },
    );
    return { plan };
  });
  const { needsYou } = (await house.app.inject({ url: '/api/v1/now', headers: bearer })).json();
  const order = needsYou.map((row: { number: number }) => row.number);
  expect(order.indexOf(alert.request)).toBeGreaterThanOrEqual(0);
  expect(order.indexOf(plan)).toBeGreaterThan(order.indexOf(alert.request));
});

describe('the same asked for again', () => {
  const ask = (payload: object, who = 'anna') =>
    house.app.inject({
      method: 'POST',
      url: '/api/v1/requests',
      headers: { authorization: `Bearer token-of-${who}` },
      payload,
    });
  const onIt = async (alert: AlertRow) => (await house.ledger.alert(alert.id))?.acknowledgedBy;

  test('from the card of what gave up means that somebody is on it, and the record says who', async () => {
    const alert = await callForSomebody();
    const answer = await ask({ text: 'deploy kuma', pressedOn: `R-${alert.request}` });
    expect(answer.json()).toMatchObject({ state: 'planned' });
    expect(await onIt(alert)).toBe('anna');
    const [last] = await house.ledger.audit({ plan: alert.request, limit: 1 });
    expect(last).toMatchObject({ kind: 'alert.acknowledged', actor: 'anna', summary: 'Anna is on it.' });
  });

  test.each([
    ['typed, by somebody who may never have seen the alarm', { text: 'deploy kuma' }],
    ['pressed, but other words than what gave up', { text: 'restart demo-web on sandbox' }],
  ])('%s, quiets nothing', async (_how, body) => {
    const alert = await callForSomebody();
    const pressedOn = body.text === 'deploy kuma' ? {} : { pressedOn: `R-${alert.request}` };
    expect((await ask({ ...body, ...pressedOn })).json()).toMatchObject({ state: 'planned' });
    expect(await onIt(alert)).toBeNull();
  });

  test('from a card that is not there plans all the same', async () => {
    expect((await ask({ text: 'deploy kuma', pressedOn: 'R-999999' })).statusCode).toBe(201);
    expect((await ask({ text: 'deploy kuma', pressedOn: 'the card' })).statusCode).toBe(400);
  });
});

describe('the channels', () => {
  const channels = async (who = 'anna') =>
    (
      await house.app.inject({
        url: '/api/v1/channels',
        headers: { authorization: `Bearer token-of-${who}` },
      })
    ).json().channels;
  const sendTest = (name: string, who = 'anna') =>
    house.app.inject({
      method: 'POST',
      url: `/api/v1/phones/${name}/ring`,
      headers: { authorization: `Bearer token-of-${who}` },
      payload: {},
    });

  test('stand there with what was last heard of each, and what to do when one does not work', async () => {
    await house.ledger.saveChannelState({ name: 'discord', ok: true, detail: 'Signed in.', remedy: null });
    await house.ledger.saveChannelState({
      name: 'matrix',
      ok: false,
      detail: 'Away.',
      remedy: 'Look there.',
    });
    expect(await channels()).toMatchObject([
      { kind: 'discord', state: 'works', detail: 'Signed in.', remedy: null, at: expect.any(String) },
      { kind: 'matrix', state: 'not_well', detail: 'Away.', remedy: 'Look there.' },
      { kind: 'phone', name: 'anna-phone', provider: 'ntfy', state: 'not_tried', at: null },
      { kind: 'phone', name: 'ben-phone', state: 'not_tried', at: null },
    ]);
  });

  test('ring on a test, by an operator or the owner, and what came of it stays known', async () => {
    rung.length = 0;
    expect((await sendTest('anna-phone', 'ben')).json()).toMatchObject({ state: 'works', testBlocked: null });
    const failed = (await sendTest('ben-phone')).json();
    expect(failed).toMatchObject({ state: 'not_well', detail: 'ntfy refused the token (403).' });
    expect(failed.remedy).toContain('ben-phone');
    expect((await channels()).slice(2)).toMatchObject([{ state: 'works' }, failed]);
    expect(rung).toEqual(['anna-phone', 'ben-phone']);
  });

  test('do not ring for somebody who may only look, who is told why and who can', async () => {
    rung.length = 0;
    const answer = await sendTest('anna-phone', 'carl');
    expect(answer.statusCode).toBe(403);
    expect(answer.json().detail).toBe(
      'Carl can look but not make phones ring. Anna or Ben can. Nothing rang.',
    );
    expect((await channels('carl')).map((one: Channel) => one.testBlocked)).toEqual([
      null,
      null,
      answer.json().detail,
      answer.json().detail,
    ]);
    expect(rung).toEqual([]);
  });

  test('that are not configured can’t be tested, and the answer names those that can', async () => {
    expect((await sendTest('nobody')).json()).toMatchObject({
      status: 404,
      detail: 'No phone is called nobody. Configured: anna-phone, ben-phone.',
    });
  });

  test('are not rung in a loop', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => sendTest('nobody')));
    expect(answers.map((answer) => answer.statusCode)).toContain(429);
  });
});
