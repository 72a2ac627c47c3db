import { ErrorCode } from 'bullmq';

/** Collapses what BullMQ reports on every retry into one sentence when the backend is lost and one when it is back. */
export interface TroubleReport {
  readonly failed: (error: unknown) => void;
  readonly worked: () => void;
}

/** How long nothing may fail before the backend counts as back, in milliseconds: a restarting server flickers. */
const calmMs = 1_000;

/** @param name the backend, as people know it: "Redis at 127.0.0.1:6379". */
export function createTroubleReport(name: string, tell: (sentence: string) => void): TroubleReport {
  let lost = false;
  let lastFailure = 0;
  return {
    failed(error) {
      if (isSettledElsewhere(error)) return;
      if (!isConnectionError(error)) return tell(`${name}: ${messageOf(error)}`);
      lastFailure = performance.now();
      if (lost) return;
      lost = true;
      tell(`${name} is not reachable (${messageOf(error)}). Jobs wait until it is back.`);
    },
    worked() {
      if (!lost || performance.now() - lastFailure < calmMs) return;
      lost = false;
      tell(`${name} is reachable again.`);
    },
  };
}

/** PostgreSQL's "server is going away" family (class 08 and 57P0x, appendix A of its manual) and the usual socket errors. */
const connectionCodes =
  /^(ECONN\w+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN|08\w{3}|57P0[123]|53300)$/;
/** What pg, ioredis and BullMQ say without a code when a connection ends under them. */
const connectionWords =
  /connection (is closed|terminated|closed|ended|timeout)|timeout exceeded when trying to connect|query read timeout|command timed out|^LOADING |max retries per request|stream isn't writeable|did not answer/i;

/** Whether an error says that the backend can't be reached right now, rather than that it refused something. */
export function isConnectionError(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  if ('code' in error && typeof error.code === 'string' && connectionCodes.test(error.code)) return true;
  return connectionWords.test(messageOf(error));
}

/**
 * Whether an error only says that a handler's job was wiped, or ended or given to another worker, before its own end could be
 * noted. Deliveries are at least once, so there is nothing to do about it and nobody to tell.
 */
function isSettledElsewhere(error: unknown): boolean {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return (
    code === ErrorCode.JobNotExist ||
    code === ErrorCode.JobLockNotExist ||
    code === ErrorCode.JobNotInState ||
    code === ErrorCode.JobLockMismatch ||
    // BullMQ's lock manager says the same without a code, once for each running job.
    /^could not renew lock for job /.test(messageOf(error))
  );
}

/** What an error says, also one that only collects others. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // A refused connection to a name with several addresses arrives as an AggregateError without a message.
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join(', ');
  return error.message;
}
