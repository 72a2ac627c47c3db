import { homeserverAway, homeserverError } from './homeserver-error.ts';

/** What stands behind the question mark; what is null or absent is left out, lists are repeated. */
export type Query = Readonly<Record<string, Value | readonly Value[]>>;
type Value = string | number | boolean | null | undefined;

export interface HomeserverRequest {
  readonly method: string;
  /** Path below the homeserver's address, with every part encoded. */
  readonly path: string;
  readonly query?: Query | null;
  /** A Buffer is sent as it is, everything else as JSON. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly timeoutMs: number;
}

export interface HomeserverAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
}

/** Speaks HTTP with one homeserver as one account. Ends everything under way when `signal` says so. */
export type HomeserverHttp = (request: HomeserverRequest) => Promise<HomeserverAnswer>;

/**
 * The SDK's own HTTP neither reads `Retry-After` nor lets go of a sync that is under way, so every request of the SDK
 * goes through this.
 * @throws HomeserverError when the homeserver says no, HomeserverAway when it can't be reached
 */
export function createHomeserverHttp(homeserver: string, token: string, signal: AbortSignal): HomeserverHttp {
  const root = homeserver.replace(/\/+$/, '');
  return async ({ method, path, query, body, contentType, timeoutMs }) => {
    const binary = Buffer.isBuffer(body);
    const { response, bytes } = await answerOf(`${root}${path}${queryText(query ?? {})}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body == null
          ? {}
          : { 'content-type': binary ? (contentType ?? 'application/octet-stream') : 'application/json' }),
      },
      ...(body == null ? {} : { body: binary ? new Uint8Array(body) : JSON.stringify(body) }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    if (!response.ok) {
      throw homeserverError(response.status, response.headers.get('retry-after'), jsonOf(bytes));
    }
    return { statusCode: response.status, headers: Object.fromEntries(response.headers), bytes };
  };
}

async function answerOf(address: string, init: RequestInit): Promise<{ response: Response; bytes: Buffer }> {
  try {
    const response = await fetch(address, init);
    return { response, bytes: Buffer.from(await response.arrayBuffer()) };
  } catch (error) {
    throw homeserverAway(error);
  }
}

/** What the bytes say as JSON; null when they are something else. */
export function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    return null;
  }
}

function queryText(query: Query): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value].flat()) if (one != null) pairs.append(name, String(one));
  }
  return pairs.size === 0 ? '' : `?${pairs.toString()}`;
}
