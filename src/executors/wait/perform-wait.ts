import type { WaitStep } from '#core/step.ts';
import type { PerformOptions, StepResult } from '#flow/executor-port.ts';
import { plainSeconds } from '../classify-failure.ts';
import { pauseFor } from '../pause-for.ts';
import { stopped, succeeded } from '../step-results.ts';

/** Lets time pass. A second call for the same attempt starts anew: nothing outside remembers how much has passed. */
export async function performWait(step: WaitStep, options: PerformOptions): Promise<StepResult> {
  const ended = await pauseFor(step.seconds * 1000, options);
  if (ended === 'stopped') return stopped('Stopped waiting by request');
  return succeeded(`Waited ${plainSeconds(step.seconds)}`);
}
