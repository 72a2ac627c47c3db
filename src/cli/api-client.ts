import type { Card } from '#core/card.ts';

/** The parts of Chiffon's answers that the terminal reads. */
export interface RequestAnswer {
  readonly requestId: string;
  readonly threadId: string;
  readonly planId: string | null;
  readonly state: string;
  readonly reply: string;
  readonly choices: readonly { readonly label: string; readonly fact?: string }[];
  readonly suggestions: readonly string[];
}

/** An answer that says no, in words for a person. */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';
}

export interface ApiClient {
  ask(text: string, thread: string | null): Promise<RequestAnswer>;
  card(requestId: string): Promise<Card>;
  decide(
    card: Card,
    decision: 'approve' | 'reject' | 'changes',
    more: { comment?: string; code?: string },
  ): Promise<void>;
  stop(run: string): Promise<void>;
  log(run: string, from: number): Promise<{ readonly text: string; readonly next: number }>;
  me(): Promise<{ readonly person: { readonly name: string }; readonly examples: readonly string[] }>;
}

/** Speaks to a running Chiffon. Every refusal is an `ApiRefusal` with the sentence Chiffon gave. */
export function createApiClient(url: string, token: string): ApiClient {
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(new URL(`/api/v1${path}`, url), {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'x-chiffon-surface': 'terminal',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const value = (await answer.json()) as { detail?: string };
    if (!answer.ok) throw new ApiRefusal(value.detail ?? `Chiffon answered ${answer.status}.`);
    return value as T;
  };
  return {
    ask: (text, thread) => call('POST', '/requests', thread === null ? { text } : { text, thread }),
    card: async (requestId) => (await call<{ card: Card }>('GET', `/requests/${requestId}`)).card,
    decide: async (card, decision, more) => {
      await call('POST', `/plans/P-${card.plan}/decision`, { decision, hash: card.hash, ...more });
    },
    stop: async (run) => {
      await call('POST', `/runs/${run}/cancel`);
    },
    log: (run, from) => call('GET', `/runs/${run}/log?from=${from}`),
    me: () => call('GET', '/me'),
  };
}
