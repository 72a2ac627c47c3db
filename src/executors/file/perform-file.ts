import type { FileStep } from '#core/step.ts';
import { Detached, type PerformOptions, type StepResult } from '#flow/executor-port.ts';
import { classifyFailure, plainSeconds } from '../classify-failure.ts';
import { pauseFor } from '../pause-for.ts';
import type { RunScript, ScriptAnswer } from '../remote-script.ts';
import { failed, stopped, succeeded, unknown } from '../step-results.ts';
import { writeFileScript } from './file-scripts.ts';

/** Tries over a bad network before the step counts as failed; writing the same file again does no harm. */
const tries = 4;

const didWords: Readonly<Record<string, string>> = {
  created: 'was created',
  replaced: 'was replaced; what it held before is kept beside it as .chiffon-before',
  unchanged: 'is already as planned',
};

/** Writes the file of a step on its host, within the step's time limit. */
export async function performFile(
  run: RunScript,
  step: FileStep,
  options: PerformOptions,
): Promise<StepResult> {
  if (step.content.includes('\0') || step.path.includes('\0')) {
    return failed(
      'unknown',
      `${step.path} holds a NUL character and is not a text file, which is all Chiffon writes.`,
    );
  }
  const script = writeFileScript(step.path, step.content, step.mode);
  const limit = AbortSignal.timeout(step.timeoutSeconds * 1000);
  const either = AbortSignal.any([limit, options.signal, options.detach]);
  let mayHaveRun = options.mayHaveStarted === true;
  for (let attempt = 1; ; attempt++) {
    if (options.detach.aborted) throw new Detached(`let go of ${options.attemptId}`);
    if (options.signal.aborted) return stoppedResult(step, mayHaveRun);
    const answer = await run(step.target, script, either);
    if (answer.reached) return resultOf(step, answer);
    mayHaveRun ||= answer.mayHaveRun;
    if (options.detach.aborted) throw new Detached(`let go of ${options.attemptId}`);
    if (options.signal.aborted) return stoppedResult(step, mayHaveRun);
    const outOfTime = limit.aborted;
    if (outOfTime || !answer.mayPass || attempt >= tries) {
      const reason = outOfTime
        ? `${step.target} did not take ${step.path} within ${plainSeconds(step.timeoutSeconds)}.`
        : answer.reason;
      if (mayHaveRun)
        return unknown(`${reason} Nobody can say whether ${step.path} was written; look at the host.`);
      return failed(outOfTime ? 'timed_out' : answer.errorClass, reason);
    }
    await pauseFor(250 * 2 ** attempt, options);
  }
}

function stoppedResult(step: FileStep, mayHaveRun: boolean): StepResult {
  return stopped(
    mayHaveRun
      ? `Stopped while ${step.path} was being written on ${step.target}; it holds the old content or the new, never a part`
      : `Stopped before ${step.path} was written on ${step.target}`,
  );
}

function resultOf(step: FileStep, answer: Extract<ScriptAnswer, { reached: true }>): StepResult {
  const did = answer.stdout.toString('utf8').trim().split('\n').at(-1) ?? '';
  if (answer.code === 0 && didWords[did] !== undefined) {
    return succeeded(`${step.path} ${didWords[did]} on ${step.target}`, { file: did });
  }
  const { errorClass, summary } = classifyFailure({
    host: step.target,
    exitCode: answer.code,
    how: 'exited',
    timeoutSeconds: step.timeoutSeconds,
    errTail: answer.stderr.slice(-4000),
    outTail: '',
    freeKb: null,
  });
  return { ...failed(errorClass, `${step.path} could not be written. ${summary}`), exitCode: answer.code };
}
