import { setTimeout as sleep } from 'node:timers/promises';
import type { PlanDetail } from '#api/contract/plans.ts';
import type { NewRequestAnswer, RequestList } from '#api/contract/requests.ts';
import type { RunDetail } from '#api/contract/runs.ts';

/** What became of a drill that somebody asked for. */
export interface Carried {
  readonly number: number;
  /** Null when it never came to one. */
  readonly runId: string | null;
  readonly state: string;
  /** How often it was asked for; more than once when no plan could be made, as while the machine was out of reach. */
  readonly asked: number;
}

const final: readonly string[] = ['completed', 'failed', 'cancelled', 'review'];

/** Somebody with a browser and patience: what gets no answer is looked up, and only said again when it did not arrive. */
export function createPerson(url: string, token: string, patienceMs: number) {
  async function call<T>(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: T } | null> {
    try {
      const answer = await fetch(new URL(path, url), {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(20_000),
      });
      const said = { status: answer.status, body: (await answer.json()) as T };
      return said.status >= 500 || said.status === 429 ? null : said;
    } catch {
      return null;
    }
  }

  /** The answer to a question that may be asked any number of times. */
  async function insist<T>(path: string, until: number): Promise<T> {
    for (;;) {
      const said = await call<T>('GET', path);
      if (said?.status === 200) return said.body;
      if (said !== null) throw new Error(`GET ${path} answered ${said.status}: ${JSON.stringify(said.body)}`);
      if (Date.now() > until) throw new Error(`GET ${path} got no answer for too long`);
      await sleep(300);
    }
  }

  /** Asks for a drill; a request whose answer was lost is found by its words, and not asked a second time. */
  async function ask(words: string, known: ReadonlySet<string>, until: number): Promise<string> {
    for (;;) {
      const said = await call<NewRequestAnswer>('POST', '/api/v1/requests', { text: words });
      if (said !== null) {
        if (said.status !== 201 || said.body.planId === null)
          throw new Error(`“${words}” was answered ${said.status}: ${JSON.stringify(said.body)}`);
        return said.body.planId;
      }
      await sleep(500);
      const list = await insist<RequestList>(`/api/v1/requests?q=${encodeURIComponent(words)}`, until);
      const arrived = list.requests.find(
        (request) => request.words === words && request.planId !== null && !known.has(request.planId),
      );
      if (arrived?.planId) return arrived.planId;
    }
  }

  /** Waits for the card and says yes; null when no plan could be made. */
  async function approve(planId: string, until: number): Promise<string | null> {
    for (;;) {
      const plan = await insist<PlanDetail>(`/api/v1/plans/${planId}`, until);
      if (plan.runId !== null) return plan.runId;
      if (plan.state === 'awaiting_approval')
        await call('POST', `/api/v1/plans/${planId}/decision`, { decision: 'approve', hash: plan.hash });
      else if (!['drafting', 'approved'].includes(plan.state)) return null;
      else if (Date.now() > until) throw new Error(`${planId} stays ${plan.state}`);
      else await sleep(200);
    }
  }

  return {
    insist,
    async carryOut(number: number, machine: string): Promise<Carried> {
      const until = Date.now() + patienceMs;
      const known = new Set<string>();
      for (let asked = 1; ; asked += 1) {
        const planId = await ask(`drill job-${number} on ${machine}`, known, until);
        known.add(planId);
        const runId = await approve(planId, until);
        if (runId === null) {
          if (Date.now() > until) return { number, runId, state: 'no plan', asked };
          await sleep(1_000);
          continue;
        }
        for (;;) {
          const { state } = await insist<RunDetail>(`/api/v1/runs/${runId}`, until);
          if (final.includes(state)) return { number, runId, state, asked };
          if (Date.now() > until) return { number, runId, state: `stuck ${state}`, asked };
          await sleep(400);
        }
      }
    },
  };
}
