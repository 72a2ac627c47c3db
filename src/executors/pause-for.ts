import { setTimeout as sleep } from 'node:timers/promises';
import { Detached, type PerformOptions } from '#flow/executor-port.ts';

/**
 * Lets milliseconds pass unless the step is stopped first.
 *
 * @throws Detached when Chiffon lets go of the step.
 */
export async function pauseFor(
  milliseconds: number,
  { attemptId, signal, detach }: Pick<PerformOptions, 'attemptId' | 'signal' | 'detach'>,
): Promise<'passed' | 'stopped'> {
  const either = AbortSignal.any([signal, detach]);
  await sleep(milliseconds, undefined, { signal: either }).catch((error: unknown) => {
    if (!either.aborted) throw error;
  });
  if (detach.aborted) throw new Detached(`let go of ${attemptId}`);
  return signal.aborted ? 'stopped' : 'passed';
}
