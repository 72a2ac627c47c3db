import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAttempt } from '../ledger/house-of-tests.ts';
import { bearer, type ServedHouse, serveHouse } from './served-house.ts';

let house: ServedHouse;
beforeAll(async () => {
  house = await serveHouse({}, { others: [{ id: 'vera', name: 'Vera', role: 'viewer' }] });
});
afterAll(async () => {
  await house.close();
});

async function get(url: string, headers: Record<string, string> = bearer) {
  const answer = await house.app.inject({ method: 'GET', url, headers });
  return { status: answer.statusCode, body: answer.json() as Record<string, unknown> };
}

describe('a question about the record over HTTP', () => {
  test('that is asked as a request is answered in words and in parts', async () => {
    const answer = await house.app.inject({
      method: 'POST',
      url: '/api/v1/requests',
      headers: bearer,
      payload: { text: 'all failures in the last week', zone: 'Europe/Berlin' },
    });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({
      state: 'answered',
      planId: null,
      reply: expect.stringMatching(/^No failures since \w+ \d+ \w+/),
      answer: {
        filter: { about: 'failures' },
        path: expect.stringMatching(/^\/audit\?about=failures&since=/),
      },
    });
    const { requestId } = answer.json() as { requestId: string };
    const stored = await get(`/api/v1/requests/${requestId}`);
    expect(stored.body).toMatchObject({
      card: { state: 'answer', answer: { filter: { about: 'failures' } } },
    });
  });

  test('that is asked as a search leaves no request behind', async () => {
    const before = (await get('/api/v1/requests')).body;
    const found = await get('/api/v1/audit/answer?q=who%20approved%20what%20yesterday&zone=Europe/Berlin');
    expect(found).toMatchObject({
      status: 200,
      body: { intents: [{ command: 'audit.approvals' }], answer: { filter: { about: 'approvals' } } },
    });
    expect((await get('/api/v1/requests')).body).toEqual(before);
  });

  test('that asks for a change plans nothing and says so', async () => {
    const before = (await get('/api/v1/requests')).body;
    const found = await get('/api/v1/audit/answer?q=restart%20demo-web');
    expect(found.body).toMatchObject({ answer: null, reply: expect.stringMatching(/nothing was started/) });
    expect((await get('/api/v1/requests')).body).toEqual(before);
  });

  test('may be asked by everybody who may look', async () => {
    const found = await get('/api/v1/audit/answer?q=what%20failed', {
      authorization: 'Bearer token-of-vera',
    });
    expect(found).toMatchObject({ status: 200, body: { answer: { filter: { about: 'failures' } } } });
    expect((await get('/api/v1/audit/answer?q=what%20failed', {})).status).toBe(401);
  });

  test.each([
    ['/api/v1/audit/answer?q=what%20failed&zone=Mars/Olympus', 400],
    ['/api/v1/audit/answer?q=', 400],
    ['/api/v1/audit?about=weather', 400],
    ['/api/v1/tasks/figures?since=whenever', 400],
  ])('%s is refused with a reason', async (url, status) => {
    const found = await get(url);
    expect(found.status).toBe(status);
    expect(found.body).toMatchObject({ detail: expect.any(String) });
  });

  test('every answer’s page asks for what the API knows as a filter', async () => {
    const found = await get(
      '/api/v1/audit/answer?q=what%20ran%20on%20sandbox%20between%202%20and%204%20am%20yesterday',
    );
    const { path } = found.body['answer'] as { path: string };
    const rows = await get(`/api/v1${path}`);
    expect(rows).toMatchObject({ status: 200, body: { events: [], count: 0 } });
  });
});

test('how the work stands is told in figures', async () => {
  const { run, task } = await startAttempt(house.ledger, 'first-try');
  await house.ledger.transact(async (tx) => {
    await tx.closeAttempt('first-try', 'w1', {
      outcome: 'unknown',
      exitCode: null,
      errorClass: 'network_error',
      summary: 'The connection broke',
      records: {},
    });
    await tx.openAttempt({ id: 'second-try', task, worker: 'w1', leaseSeconds: 60 });
  });
  const { body } = await get('/api/v1/tasks/figures?since=1d');
  expect(body).toMatchObject({
    running: [{ runId: run, task: { taskId: task, position: 1, of: 1, attempts: 2, state: 'running' } }],
    retries: 1,
    failures: [
      { errorClass: 'network_error', count: 1, lastRunId: run, lastSummary: 'The connection broke' },
    ],
    lastError: { errorClass: 'network_error', taskId: task, runId: run },
  });
});
