import type { RunScript } from '../remote-script.ts';
import { ConnectionFailed, ConnectionLost } from './connection-failed.ts';
import type { ConnectionPool } from './connection-pool.ts';
import { runScript } from './run-script.ts';

/** A short script has so long to answer. */
const patienceMilliseconds = 60_000;

/** Runs short scripts over a pool, with expected failures as values. A warm connection that turns out dead is replaced once. */
export function runScriptOn(pool: ConnectionPool): RunScript {
  return async (host, script) => {
    const patience = AbortSignal.timeout(patienceMilliseconds);
    for (let tries = 1; ; tries++) {
      try {
        return { reached: true, ...(await runScript(pool, host, script, { signal: patience })) };
      } catch (error) {
        if (error instanceof ConnectionLost && tries < 2) continue;
        if (error instanceof ConnectionLost) {
          return { reached: false, errorClass: 'network_error', reason: error.message, mayPass: true };
        }
        if (error instanceof ConnectionFailed) {
          return {
            reached: false,
            errorClass: error.errorClass,
            reason: error.message,
            mayPass: error.mayPass,
          };
        }
        if (!patience.aborted) throw error;
        const reason = `${host} did not answer within ${patienceMilliseconds / 1000} s.`;
        return { reached: false, errorClass: 'network_error', reason, mayPass: true };
      }
    }
  };
}
