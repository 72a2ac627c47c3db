import { expect, test } from 'vitest';
import { acknowledgeAlerts } from '#flow/acknowledge-alerts.ts';
import type { AlertRow } from '#flow/alert-record.ts';
import { raiseAlert } from '#flow/raise-alert.ts';
import { decideRinging, type Ringer, type RingingHours, ringPhones } from '#flow/ring-phones.ts';
import { openRun } from '../ledger/house-of-tests.ts';
import { anna, ben, flowsForTests, house } from './house-of-flows.ts';

const { ledger } = flowsForTests();
const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const hours: RingingHours = {
  repeatMinutes: 10,
  stopAfterHours: 2,
  quiet: { from: 22 * 60, to: 7 * 60 },
  minuteOfDay: (at) => at.getUTCHours() * 60 + at.getUTCMinutes(),
};

/** A clock that is set by hand, ahead of the database's so that what was raised is due. */
function handClock(start = Date.now() + 1000) {
  let now = start;
  return {
    clock: { now: () => new Date(now), freshId: () => 'x' },
    pass: (minutes: number) => {
      now += minutes * 60_000;
    },
  };
}

async function callFor(kind: AlertRow['kind'] = 'gave_up'): Promise<number> {
  const run = await openRun(ledger());
  await ledger().transact((tx) =>
    raiseAlert(
      tx,
      { request: run.plan, run: run.id, kind, headline: `About ${run.id}.`, need: 'Somebody.' },
      { stream: `run:${run.id}`, actor: 'chiffon', plan: run.plan, run: run.id },
    ),
  );
  return run.plan;
}

/** A phone that notes what rings; `away` refuses. */
function notingPhone(name: string): Ringer & { readonly rung: number[]; away: boolean } {
  const rung: number[] = [];
  const phone = {
    name,
    rung,
    away: false,
    ring: async (alert: AlertRow) => {
      if (phone.away) return { ok: false as const, reason: 'It is away.' };
      rung.push(alert.request);
      return { ok: true as const };
    },
  };
  return phone;
}

async function quietEverything(): Promise<void> {
  for (const alert of await ledger().openAlerts())
    await acknowledgeAlerts(
      { ledger: ledger(), house },
      { request: alert.request, person: anna, surface: 'api' },
    );
}

/** Rounds happen every few seconds by themselves; starting anew looks at once. */
async function oneRound(
  phones: readonly Ringer[],
  clock: ReturnType<typeof handClock>['clock'],
): Promise<void> {
  const stop = await ringPhones({ ledger: ledger(), clock, log: quiet, phones, hours });
  await stop();
}

test('an alert rings each phone once, and again after the configured time, until somebody is on it', async () => {
  await quietEverything();
  const { clock, pass } = handClock();
  const phones = [notingPhone('anna'), notingPhone('ben')];
  const request = await callFor();
  await oneRound(phones, clock);
  await oneRound(phones, clock);
  expect(phones.map((phone) => phone.rung)).toEqual([[request], [request]]);
  pass(11);
  await oneRound(phones, clock);
  expect(phones[0]?.rung).toEqual([request, request]);
  const said = await acknowledgeAlerts(
    { ledger: ledger(), house },
    { request, person: ben, surface: 'matrix' },
  );
  expect(said).toMatchObject({ ok: true, value: { quieted: 1 } });
  pass(60);
  await oneRound(phones, clock);
  expect(phones[0]?.rung).toEqual([request, request]);
  const [alert] = await ledger().alertsOf(request);
  expect(alert).toMatchObject({ acknowledgedBy: 'ben', nextRingAt: null });
});

test('the same call is made once while nobody answered it', async () => {
  const request = await callFor();
  const run = (await ledger().runs(request))[0];
  await ledger().transact((tx) =>
    raiseAlert(
      tx,
      { request, run: run?.id ?? '', kind: 'gave_up', headline: 'Again.', need: 'Somebody.' },
      { stream: `run:${run?.id}`, actor: 'chiffon' },
    ),
  );
  expect(await ledger().alertsOf(request)).toHaveLength(1);
});

test('a phone that is away for ten minutes loses nothing and repeats nothing: 100 alerts, one ring each when it is back', async () => {
  await quietEverything();
  const { clock, pass } = handClock();
  const phone = notingPhone('anna');
  phone.away = true;
  const requests: number[] = [];
  for (let i = 0; i < 100; i += 1) requests.push(await callFor());
  for (let minute = 0; minute < 12; minute += 1) {
    await oneRound([phone], clock);
    pass(1);
  }
  expect(phone.rung).toEqual([]);
  expect(await ledger().channelStates()).toContainEqual(
    expect.objectContaining({ name: 'phone anna', ok: false, detail: 'It is away.' }),
  );
  phone.away = false;
  // The longest pause between two tries is 40 s, so within a minute everything is there.
  for (let i = 0; i < 4; i += 1) await oneRound([phone], clock);
  expect(phone.rung.toSorted((a, b) => a - b)).toEqual(requests);
  expect(await ledger().channelStates()).toContainEqual(
    expect.objectContaining({ name: 'phone anna', ok: true }),
  );
}, 60_000);

test('two processes that ring at once ring once', async () => {
  await quietEverything();
  const { clock } = handClock();
  const phone = notingPhone('anna');
  const request = await callFor();
  await Promise.all(Array.from({ length: 5 }, () => oneRound([phone], clock)));
  expect(phone.rung).toEqual([request]);
});

test('an alert that somebody is on before the phone is back does not ring any more', async () => {
  await quietEverything();
  const { clock, pass } = handClock();
  const phone = notingPhone('anna');
  phone.away = true;
  const request = await callFor();
  await oneRound([phone], clock);
  await acknowledgeAlerts({ ledger: ledger(), house }, { request, person: anna, surface: 'console' });
  phone.away = false;
  pass(1);
  await oneRound([phone], clock);
  expect(phone.rung).toEqual([]);
});

test('saying twice that one is on it is told as what it is', async () => {
  const request = await callFor();
  const say = () =>
    acknowledgeAlerts({ ledger: ledger(), house }, { request, person: anna, surface: 'console' });
  expect(await say()).toMatchObject({ ok: true });
  expect(await say()).toMatchObject({ ok: false, code: 'nothing_rings' });
});

test('a guest cannot quiet anything', async () => {
  const request = await callFor();
  const guest = { id: 'discord:1', name: 'A guest', role: 'guest' as const };
  expect(
    await acknowledgeAlerts({ ledger: ledger(), house }, { request, person: guest, surface: 'discord' }),
  ).toMatchObject({ ok: false, code: 'not_yours' });
});

const raisedAt = '2026-11-21T21:30:00.000Z';
const base: AlertRow = {
  id: 1,
  request: 1,
  run: '1-1',
  kind: 'review',
  headline: '',
  need: '',
  token: '',
  rings: 0,
  nextRingAt: raisedAt,
  acknowledgedBy: null,
  acknowledgedAt: null,
  at: raisedAt,
};

test.each([
  ['in the evening a doubt rings', base, '2026-11-21T21:31:00Z', { rings: true }],
  [
    'at night a doubt waits for the morning',
    base,
    '2026-11-21T23:00:00Z',
    { rings: false, next: new Date('2026-11-22T07:00:00Z') },
  ],
  [
    'after midnight too',
    base,
    '2026-11-22T06:59:00Z',
    { rings: false, next: new Date('2026-11-22T07:00:00Z') },
  ],
  ['in the morning it rings, however late that is', base, '2026-11-22T07:00:00Z', { rings: true }],
  [
    'what Chiffon gave up on rings at night',
    { ...base, kind: 'gave_up' as const },
    '2026-11-21T23:00:00Z',
    { rings: true },
  ],
  [
    'after the last hour nothing rings again',
    { ...base, kind: 'gave_up' as const, rings: 5 },
    '2026-11-21T23:31:00Z',
    { rings: false, next: null },
  ],
  [
    'the ring before the last hour is the last',
    { ...base, kind: 'gave_up' as const, rings: 5 },
    '2026-11-21T23:25:00Z',
    { rings: true, next: null },
  ],
])('%s', (_name, alert, now, expected) => {
  expect(decideRinging(alert, new Date(now), hours)).toMatchObject(expected);
});
