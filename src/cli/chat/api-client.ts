import type { Me } from '#api/contract/house.ts';
import type { NewRequestAnswer, RequestDetail } from '#api/contract/requests.ts';
import type { RunLog } from '#api/contract/runs.ts';
import type { Card } from '#core/card.ts';
import type { AnswerReader } from '#flow/answer-text.ts';

/** A "no", or no answer at all, as a sentence for a person. */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';
}

/** What the terminal asks of a running Chiffon. Everything throws `ApiRefusal` when the answer is no. */
export interface ApiClient {
  /** How the person at this terminal reads times, and where pages open. */
  readonly reader: Pick<AnswerReader, 'zone' | 'address'>;
  me(): Promise<Me>;
  ask(text: string, thread: string | null): Promise<NewRequestAnswer>;
  card(requestId: string): Promise<Card>;
  decide(
    card: Card,
    decision: 'approve' | 'reject' | 'changes',
    more: { readonly comment?: string; readonly code?: string },
  ): Promise<void>;
  stop(run: string): Promise<void>;
  reconcile(run: string, verdict: string): Promise<void>;
  log(run: string, from: number): Promise<RunLog>;
}

/** How long an answer may take, in milliseconds; the longest look at a machine is far shorter. */
const answerMs = 60_000;

/** Speaks to a running Chiffon. */
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
      redirect: 'error',
      signal: AbortSignal.timeout(answerMs),
    }).catch((error: unknown) => {
      throw new ApiRefusal(
        `Chiffon does not answer at ${url}. What runs on a machine goes on without it. Start it again, or say where it is with --url.`,
        { cause: error },
      );
    });
    const value: unknown = await answer.json().catch(() => null);
    if (answer.status === 401) {
      throw new ApiRefusal(
        `The Chiffon at ${url} does not know this token. Give the right one in CHIFFON_TOKEN or with --token.`,
      );
    }
    if (typeof value !== 'object' || value === null)
      throw new ApiRefusal(`What answers at ${url} is not Chiffon. Say where it is with --url.`);
    if (!answer.ok) {
      const detail = 'detail' in value && typeof value.detail === 'string' ? value.detail : null;
      throw new ApiRefusal(detail ?? `Chiffon answered ${answer.status} without a reason.`);
    }
    return value as T;
  };
  const { timeZone: zone } = Intl.DateTimeFormat().resolvedOptions();
  return {
    reader: { zone, address: (path) => new URL(path, url).href },
    me: () => call('GET', '/me'),
    ask: (text, thread) =>
      call('POST', '/requests', thread === null ? { text, zone } : { text, thread, zone }),
    card: async (requestId) => (await call<RequestDetail>('GET', `/requests/${requestId}`)).card,
    decide: async (card, decision, more) => {
      await call('POST', `/plans/P-${card.plan}/decision`, { decision, hash: card.hash, ...more });
    },
    stop: async (run) => {
      await call('POST', `/runs/${run}/cancel`);
    },
    reconcile: async (run, verdict) => {
      await call('POST', `/runs/${run}/reconcile`, { verdict });
    },
    log: (run, from) => call('GET', `/runs/${run}/log?from=${from}`),
  };
}
