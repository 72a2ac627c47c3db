import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AlertRow } from '#flow/alert-record.ts';
import { raiseAlert } from '#flow/raise-alert.ts';
import { openRun } from '../ledger/house-of-tests.ts';
import { bearer, type ServedHouse, serveHouse } from './served-house.ts';

let house: ServedHouse;
beforeAll(async () => {
  house = await serveHouse();
});
afterAll(() => house?.close());

async function callForSomebody(): Promise<AlertRow> {
  const { ledger } = house;
  const run = await openRun(ledger);
  await ledger.transact((tx) =>
    raiseAlert(
      tx,
      { request: run.plan, run: run.id, kind: 'gave_up', headline: 'It gave up.', need: 'Somebody.' },
      { stream: `run:${run.id}`, actor: 'chiffon', plan: run.plan, run: run.id },
    ),
  );
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
