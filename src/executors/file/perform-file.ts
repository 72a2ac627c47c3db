import { setTimeout as sleep } from 'node:timers/promises';
import type { FileStep } from '#core/step.ts';
import { Detached, type PerformOptions, type StepResult } from '#flow/executor-port.ts';
import { classifyFailure } from '../classify-failure.ts';
import type { RunScript } from '../remote-script.ts';
import { failed, stopped, succeeded } from '../step-results.ts';
import { writeFileScript } from './file-scripts.ts';

/** Tries over a bad network before the step counts as failed; writing the same file again does no harm. */
const tries = 4;

const didWords: Readonly<Record<string, string>> = {
  created: 'was created',
  replaced: 'was replaced; what it held before is kept beside it as .chiffon-before',
  unchanged: 'is already as planned',
};

/** Writes the file of a step on its host. */
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
  for (let attempt = 1; ; attempt++) {
    if (options.detach.aborted) throw new Detached(`let go of ${options.attemptId}`);
    if (options.signal.aborted) return stopped(`Stopped before ${step.path} was written on ${step.target}`);
    const answer = await run(step.target, script);
    if (!answer.reached) {
      if (!answer.mayPass || attempt >= tries) return failed(answer.errorClass, answer.reason);
      await sleep(250 * 2 ** attempt);
      continue;
    }
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
}
