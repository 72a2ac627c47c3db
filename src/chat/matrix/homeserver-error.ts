import type { Sent } from '#chat/surface-port.ts';

/** What a homeserver answered instead of doing it. Has the fields the SDK looks for in its own `MatrixError`. */
export class HomeserverError extends Error {
  readonly statusCode: number;
  readonly errcode: string;
  readonly error: string;
  readonly body: { readonly errcode: string; readonly error: string };
  /** How long it wants to be left alone, in milliseconds; null when it did not say. */
  readonly retryAfterMs: number | null;

  constructor(answer: { statusCode: number; errcode: string; error: string; retryAfterMs: number | null }) {
    super(`${answer.errcode}: ${answer.error}`);
    this.name = 'HomeserverError';
    this.statusCode = answer.statusCode;
    this.errcode = answer.errcode;
    this.error = answer.error;
    this.body = { errcode: answer.errcode, error: answer.error };
    this.retryAfterMs = answer.retryAfterMs;
  }
}

/** The homeserver can't be reached, does not answer in time, or what answers in its place is no homeserver. */
export class HomeserverAway extends Error {
  constructor(detail: string, options?: { readonly cause: unknown }) {
    super(detail, options);
    this.name = 'HomeserverAway';
  }
}

/**
 * What the encryption wrote could not be kept, as on a full disk. Nothing that depends on it leaves, so it is as if the
 * homeserver was away: the same is tried again, with the keys as they are on the disk.
 */
export class KeysUnsaved extends HomeserverAway {
  constructor(cause: Error) {
    super(`the keys of encrypted rooms can’t be saved (${cause.message})`, { cause });
    this.name = 'KeysUnsaved';
  }
}

/** What `fetch` threw, as a sentence's end. */
export function homeserverAway(error: unknown): HomeserverAway {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return new HomeserverAway(String(cause), { cause: error });
  if (cause.name === 'TimeoutError') return new HomeserverAway('no answer in time', { cause: error });
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  return new HomeserverAway(networkWords[code] ?? cause.message, { cause: error });
}

/** Reads an answer that is not a success; what is no Matrix answer at all (a proxy's page) keeps its status. */
export function homeserverError(
  statusCode: number,
  retryAfter: string | null,
  body: unknown,
): HomeserverError {
  const text = (key: string): string | null => {
    const value = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[key] : null;
    return typeof value === 'string' ? value : null;
  };
  return new HomeserverError({
    statusCode,
    errcode: text('errcode') ?? 'M_UNKNOWN',
    error: text('error') ?? `the homeserver answered with status ${statusCode}`,
    retryAfterMs: headerWait(retryAfter) ?? bodyWait(body),
  });
}

/** `Retry-After`: seconds, or a date. */
function headerWait(header: string | null): number | null {
  if (header === null) return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1_000);
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}

/** `retry_after_ms`, from before there was a header for it. */
function bodyWait(body: unknown): number | null {
  const value =
    typeof body === 'object' && body !== null && 'retry_after_ms' in body ? body.retry_after_ms : null;
  return typeof value === 'number' && Number.isFinite(value) ? Math.max(0, value) : null;
}

export type SendFailure = Exclude<Sent<never>, { ok: true }>;

/** When nothing says how long to wait, in milliseconds. */
const usualWait = 5_000;
const revokedWait = 60_000;

/** Whether the access token is what was refused. */
export function isTokenRefused(error: unknown): boolean {
  return (
    error instanceof HomeserverError &&
    (error.errcode === 'M_UNKNOWN_TOKEN' || error.errcode === 'M_MISSING_TOKEN' || error.statusCode === 401)
  );
}

/** Whether an answer says no for good, so that asking again won't help: everything but limits, tokens and breakdowns. */
export function isFinal(error: unknown): error is HomeserverError {
  return (
    error instanceof HomeserverError &&
    error.statusCode >= 400 &&
    error.statusCode < 500 &&
    ![408, 425, 429].includes(error.statusCode) &&
    error.errcode !== 'M_LIMIT_EXCEEDED' &&
    !isTokenRefused(error)
  );
}

/**
 * What an error while sending means for whoever sends. Rooms that are gone are told apart by the caller.
 * @throws every error that is not the homeserver's: a mistake of Chiffon's own
 */
export function sendFailure(error: unknown): SendFailure {
  if (isTokenRefused(error)) {
    return {
      ok: false,
      why: 'later',
      afterMs: revokedWait,
      detail: 'The homeserver does not take the access token.',
    };
  }
  if (isFinal(error))
    return { ok: false, why: 'refused', detail: `The homeserver refused it: ${error.message}` };
  if (error instanceof HomeserverError) {
    return { ok: false, why: 'later', afterMs: error.retryAfterMs ?? usualWait, detail: error.message };
  }
  if (error instanceof HomeserverAway) {
    return {
      ok: false,
      why: 'later',
      afterMs: usualWait,
      detail: `The homeserver is away: ${error.message}.`,
    };
  }
  throw error;
}

const networkWords: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection broke',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name could not be looked up',
  ETIMEDOUT: 'no answer in time',
  UND_ERR_SOCKET: 'the connection broke',
  UND_ERR_CONNECT_TIMEOUT: 'no answer in time',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
};
