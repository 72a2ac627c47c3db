import type { RunScript, ScriptAnswer } from '../remote-script.ts';
import { ConnectionFailed, ConnectionLost } from './connection-failed.ts';
import type { ConnectionPool } from './connection-pool.ts';
import { runScript } from './run-script.ts';

/** A short script has so long to answer. */
const patienceMilliseconds = 60_000;

/** Runs short scripts over a pool, with expected failures as values. A warm connection that turns out dead is replaced once. */
export function runScriptOn(pool: ConnectionPool): RunScript {
  return async (host, script, given) => {
    const limit = AbortSignal.timeout(patienceMilliseconds);
    const patience = given === undefined ? limit : AbortSignal.any([limit, given]);
    let mayHaveRun = false;
    for (let tries = 1; ; tries++) {
      try {
        return { reached: true, ...(await runScript(pool, host, script, { signal: patience })) };
      } catch (error) {
        if (error instanceof ConnectionLost) {
          mayHaveRun = true;
          if (tries < 2 && !patience.aborted) continue;
        }
        const failure = failureOf(error, host, patience);
        if (failure === null) throw error;
        return { reached: false, mayHaveRun, ...failure };
      }
    }
  };
}

/** An expected failure in words; null for a surprise. */
function failureOf(
  error: unknown,
  host: string,
  patience: AbortSignal,
): Pick<Extract<ScriptAnswer, { reached: false }>, 'errorClass' | 'reason' | 'mayPass'> | null {
  if (error instanceof ConnectionLost)
    return { errorClass: 'network_error', reason: error.message, mayPass: true };
  if (error instanceof ConnectionFailed)
    return { errorClass: error.errorClass, reason: error.message, mayPass: error.mayPass };
  if (!patience.aborted) return null;
  return { errorClass: 'network_error', reason: `${host} did not answer in time.`, mayPass: true };
}
