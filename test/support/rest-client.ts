import { setTimeout as sleep } from 'node:timers/promises';
import type { PlanDetail } from '#api/contract/plans.ts';
import type { Problem } from '#api/contract/problem.ts';
import type { NewRequestAnswer } from '#api/contract/requests.ts';
import type { RunDetail, RunLog } from '#api/contract/runs.ts';

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

/** A stranger's script: only what contract.md promises. */
export interface RestClient {
  call<T>(method: string, path: string, body?: unknown): Promise<Answer<T>>;
  ask(text: string, thread?: string): Promise<NewRequestAnswer>;
  plan(id: string): Promise<PlanDetail>;
  decide(
    plan: PlanDetail,
    decision: 'approve' | 'reject' | 'changes',
    more?: Record<string, string>,
  ): Promise<Answer<PlanDetail & Problem>>;
  /** Waits until the plan leaves its drafting. */
  drafted(id: string): Promise<PlanDetail>;
  /** Waits until a run is in one of the states. */
  run(id: string, states: readonly string[], seconds?: number): Promise<RunDetail>;
  log(run: string, from?: number): Promise<RunLog>;
}

export function createRestClient(url: string, token: string): RestClient {
  const call = async <T>(method: string, path: string, body?: unknown): Promise<Answer<T>> => {
    const answer = await fetch(new URL(path, url), {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as T };
  };
  const eventually = async <T>(
    look: () => Promise<T>,
    good: (value: T) => boolean,
    seconds: number,
  ): Promise<T> => {
    const until = Date.now() + seconds * 1000;
    for (;;) {
      const value = await look();
      if (good(value)) return value;
      if (Date.now() > until)
        throw new Error(`still not there after ${seconds} s: ${JSON.stringify(value).slice(0, 2000)}`);
      await sleep(50);
    }
  };
  const plan = async (id: string): Promise<PlanDetail> =>
    (await call<PlanDetail>('GET', `/api/v1/plans/${id}`)).body;
  const run = async (id: string): Promise<RunDetail> =>
    (await call<RunDetail>('GET', `/api/v1/runs/${id}`)).body;
  return {
    call,
    ask: async (text, thread) => {
      const answer = await call<NewRequestAnswer>(
        'POST',
        '/api/v1/requests',
        thread === undefined ? { text } : { text, thread },
      );
      if (answer.status !== 201) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
      return answer.body;
    },
    plan,
    decide: (seen, decision, more = {}) =>
      call('POST', `/api/v1/plans/${seen.planId}/decision`, { decision, hash: seen.hash, ...more }),
    drafted: (id) =>
      eventually(
        () => plan(id),
        (seen) => seen.state !== 'drafting' && seen.state !== 'changes_requested',
        20,
      ),
    run: (id, states, seconds = 30) =>
      eventually(
        () => run(id),
        (seen) => states.includes(seen.state),
        seconds,
      ),
    log: async (id, from = 0) => (await call<RunLog>('GET', `/api/v1/runs/${id}/log?from=${from}`)).body,
  };
}
