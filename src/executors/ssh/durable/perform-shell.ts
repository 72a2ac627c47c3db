import { setTimeout as sleep } from 'node:timers/promises';
import type { ShellStep } from '#core/step.ts';
import type { ErrorClass, Outcome } from '#core/task.ts';
import { Detached, type PerformOptions, type StepResult } from '#flow/executor-port.ts';
import { classifyFailure, plainSeconds } from '../../classify-failure.ts';
import { ConnectionFailed, ConnectionLost } from '../connection-failed.ts';
import type { ConnectionPool } from '../connection-pool.ts';
import { runScript } from '../run-script.ts';
import { followAttempt, type Position, type Reach } from './follow-attempt.ts';
import type { Ending } from './read-ending.ts';
import { cancelScript } from './scripts/cancel.ts';
import type { AttemptSpec } from './scripts/start-and-follow.ts';

export interface DurableSettings {
  /** A host that was reached before is tried again for so long; 120 unless told. */
  readonly reconnectSeconds?: number;
  /** A host that was not reached yet is tried for so long; 12 unless told. */
  readonly connectSeconds?: number;
  /** Between TERM and KILL; 10 unless told. */
  readonly graceSeconds?: number;
}

/** Carries out a command on a host so that it outlives the connection and Chiffon itself, and runs once. */
export async function performShell(
  reach: Reach,
  step: ShellStep,
  options: PerformOptions,
  settings: DurableSettings = {},
): Promise<StepResult> {
  const { reconnectSeconds = 120, connectSeconds = 12, graceSeconds = 10 } = settings;
  const { pool } = reach;
  refuseOddNames(options.attemptId);
  const spec: AttemptSpec = {
    attemptId: options.attemptId,
    command: step.command,
    timeoutSeconds: step.timeoutSeconds,
    graceSeconds,
    idempotent: step.idempotent,
  };
  const position: Position = { ...options.resumeAt };
  const earlier = [...(options.earlierAttempts ?? [])];
  let reached = options.mayHaveStarted === true || earlier.length > 0 || position.out > 0 || position.err > 0;
  let lastContact = Date.now();
  let pause = 100;

  const stopCancelling = new AbortController();
  const surprise = new AbortController();
  const cancelling = () => {
    const stopping = AbortSignal.any([stopCancelling.signal, options.detach]);
    cancelUntilDone(pool, step.target, spec, stopping).catch((error: unknown) => surprise.abort(error));
  };
  const letGo = AbortSignal.any([options.detach, surprise.signal]);
  if (options.signal.aborted) cancelling();
  else options.signal.addEventListener('abort', cancelling, { once: true });
  try {
    for (;;) {
      const before = position.out + position.err;
      const began = Date.now();
      try {
        // What may still run of an earlier try is stopped before this one starts: two at once is more than twice.
        for (let id = earlier[0]; id !== undefined; id = earlier[0]) {
          await cancelAttempt(pool, step.target, { ...spec, attemptId: id }, letGo);
          earlier.shift();
        }
        const ending = await followAttempt(reach, step.target, spec, position, options.onOutput, letGo);
        return resultOf(step, ending, options.signal.aborted);
      } catch (error) {
        if (options.detach.aborted)
          throw new Detached(`let go of ${options.attemptId}, which goes on running`);
        if (surprise.signal.aborted) throw surprise.signal.reason;
        if (error instanceof ConnectionLost) {
          reached = true;
          // A connection that breaks at once, again and again, without a byte is no contact.
          if (position.out + position.err > before || Date.now() - began > 2_000) lastContact = Date.now();
        } else if (!(error instanceof ConnectionFailed)) throw error;
        if (position.out + position.err > before) pause = 100;
        const patience = (reached ? reconnectSeconds : connectSeconds) * 1000;
        const hopeless = error instanceof ConnectionFailed && !error.mayPass && !reached;
        if (hopeless || Date.now() - lastContact > patience) {
          return unreachable(step, error, reached, options.signal.aborted, patience / 1000);
        }
      }
      await sleep(pause, undefined, { signal: letGo }).catch(() => {
        if (surprise.signal.aborted) throw surprise.signal.reason;
        throw new Detached(`let go of ${options.attemptId}, which goes on running`);
      });
      pause = Math.min(pause * 2, 5_000);
    }
  } finally {
    options.signal.removeEventListener('abort', cancelling);
    stopCancelling.abort();
  }
}

/** An attempt's id becomes a folder's name on the host. */
function refuseOddNames(attemptId: string): void {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(attemptId)) {
    throw new TypeError(
      `"${attemptId}" cannot name an attempt: letters, digits, dots, dashes and underscores only`,
    );
  }
}

/** Stops an attempt over a network that may be away at first; ends quietly when the signal aborts. */
async function cancelUntilDone(
  pool: ConnectionPool,
  host: string,
  spec: AttemptSpec,
  signal: AbortSignal,
): Promise<void> {
  for (let pause = 100; !signal.aborted; pause = Math.min(pause * 2, 5_000)) {
    try {
      return await cancelAttempt(pool, host, spec, signal);
    } catch (error) {
      const gone = error instanceof ConnectionFailed || error instanceof ConnectionLost;
      if (!gone && !signal.aborted) throw error;
    }
    await sleep(pause, undefined, { signal }).catch(() => {});
  }
}

/**
 * Stops an attempt, also one that has not started yet. Returns when nothing of it runs any more.
 *
 * @throws ConnectionFailed, ConnectionLost; the reason of `signal`.
 */
async function cancelAttempt(
  pool: ConnectionPool,
  host: string,
  spec: AttemptSpec,
  signal: AbortSignal,
): Promise<void> {
  const mark = 'chiffon-cancel ';
  const script = cancelScript(spec.attemptId, spec.graceSeconds, mark);
  const { stdout } = await runScript(pool, host, script, { urgent: true, signal });
  if (!stdout.includes(mark))
    throw new ConnectionLost(`${host} did not say whether the command was stopped.`);
}

function resultOf(step: ShellStep, ending: Ending, cancelled: boolean): StepResult {
  const host = step.target;
  switch (ending.state) {
    case 'not_started': {
      const full =
        /no space left|quota exceeded/i.test(ending.why) || (ending.freeKb !== null && ending.freeKb < 16);
      const denied = /permission denied|read-only file system|not permitted/i.test(ending.why);
      const errorClass = full ? 'disk_full' : denied ? 'permission_denied' : 'unknown';
      const why = full ? 'its disk is full' : (ending.why.split('\n').at(-1) ?? '');
      const sentence = `Nothing was started: Chiffon cannot write in the home folder on ${host}: ${why}`;
      return result('failed', null, errorClass, sentence);
    }
    case 'lost':
      return result('unknown', null, 'outcome_unknown', lostSentences[ending.reason](host));
    case 'exited': {
      const { code, how, records } = ending;
      if (how === 'cancelled') {
        return {
          ...result(
            'cancelled',
            code,
            null,
            `Stopped on ${host} by request after ${plainSeconds(ending.seconds)}`,
          ),
          records,
        };
      }
      if (code === 0 && how === 'exited') {
        const late = cancelled ? ', before it could be stopped' : '';
        // The host counts whole seconds.
        const took = ending.seconds < 1 ? 'in under a second' : `after ${plainSeconds(ending.seconds)}`;
        return {
          ...result('succeeded', 0, null, `Finished on ${host} ${took}${late}`),
          records,
        };
      }
      const { errorClass, summary } = classifyFailure({
        host,
        exitCode: code,
        how,
        timeoutSeconds: step.timeoutSeconds,
        errTail: ending.errTail,
        outTail: ending.outTail,
        freeKb: ending.freeKb,
      });
      return { ...result('failed', code, errorClass, summary), records };
    }
  }
}

const lostSentences = {
  boot: (host: string) =>
    `${host} was restarted while the command ran, so nobody can say whether it finished. Look at the host before running it again.`,
  vanished: (host: string) =>
    `The command's supervisor on ${host} is gone and left no exit code, so nobody can say whether the command finished. Look at the host before running it again.`,
  claimed: (host: string) =>
    `${host} took the command but there is no trace of whether it was started. Look at the host before running it again.`,
} as const;

function unreachable(
  step: ShellStep,
  error: unknown,
  reached: boolean,
  cancelled: boolean,
  seconds: number,
): StepResult {
  const sentence = (error as Error).message;
  const errorClass = error instanceof ConnectionFailed ? error.errorClass : 'network_error';
  if (!reached)
    return result(cancelled ? 'cancelled' : 'failed', null, cancelled ? null : errorClass, sentence);
  return result(
    'unknown',
    null,
    'outcome_unknown',
    `${step.target} could not be reached for ${plainSeconds(seconds)} while the command may be running. ${sentence}`,
  );
}

function result(
  outcome: Outcome,
  exitCode: number | null,
  errorClass: ErrorClass | null,
  summary: string,
): StepResult {
  return { outcome, exitCode, errorClass, summary, records: {} };
}
