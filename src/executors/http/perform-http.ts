import { statusWords } from '#core/status-words.ts';
import type { HttpStep } from '#core/step.ts';
import type { PerformOptions, StepResult } from '#flow/executor-port.ts';
import { Detached } from '#flow/executor-port.ts';
import { plainSeconds } from '../classify-failure.ts';
import { pauseFor } from '../pause-for.ts';
import { failed, stopped, succeeded } from '../step-results.ts';
import { askAddress, type HttpAnswer } from './ask-address.ts';

/** One try waits so long for an answer. */
const tryMilliseconds = 10_000;

/**
 * Asks an address until it answers as expected or the time is up, with pauses that grow from a quarter of a second to
 * five. Each try that changes the picture is reported as a note.
 */
export async function performHttp(step: HttpStep, options: PerformOptions): Promise<StepResult> {
  const began = performance.now();
  const passed = () => performance.now() - began;
  const limit = step.withinSeconds * 1000;
  let last = '';
  let answered = false;
  for (let pause = 250; ; pause = Math.min(pause * 1.6, 5_000)) {
    const left = limit - passed();
    if (left <= 0) break;
    const patience = AbortSignal.timeout(Math.ceil(Math.min(tryMilliseconds, left)));
    const answer = await askAddress(
      step.url,
      step.expectStatus,
      AbortSignal.any([patience, options.signal, options.detach]),
    );
    if (options.detach.aborted) throw new Detached(`let go of ${options.attemptId}`);
    if (options.signal.aborted) return stopped(`Stopped asking ${step.url} by request`);
    // The last try may be cut short by the time limit; then what was seen before tells more.
    if (!answer.answered && patience.aborted && left < 1_000 && last !== '') break;
    const shortfall = shortfallOf(step, answer);
    if (shortfall === null) {
      const status = answer.answered ? String(answer.status) : '';
      return succeeded(`${step.url} answered ${status} ${waitedFor(passed())}`, { status });
    }
    if (shortfall !== last) await note(options, `${step.url}: ${shortfall}\n`);
    last = shortfall;
    answered = answer.answered;
    const ended = await pauseFor(Math.max(0, Math.min(pause, limit - passed())), options);
    if (ended === 'stopped') return stopped(`Stopped asking ${step.url} by request`);
  }
  const within = plainSeconds(step.withinSeconds);
  return answered
    ? failed('unhealthy', `${step.url} did not become healthy within ${within}; last: ${last}`)
    : failed('network_error', `${step.url} did not answer within ${within}; last: ${last}`);
}

/** What an answer lacks, in a few words; null when it is as expected. */
function shortfallOf(step: HttpStep, answer: HttpAnswer): string | null {
  if (!answer.answered) return answer.why;
  if (!step.expectStatus.includes(answer.status)) {
    return `it answered ${answer.status} instead of ${statusWords(step.expectStatus)}`;
  }
  if (step.expectBody !== undefined && !answer.body.includes(step.expectBody)) {
    return `it answered ${answer.status}, but its page does not contain "${step.expectBody}"`;
  }
  return null;
}

async function note(options: PerformOptions, text: string): Promise<void> {
  await options.onOutput({ stream: 'note', text, endOffset: { ...options.resumeAt } });
}

/** "after 2.4 s", or "at once" for what nobody had to wait for. */
function waitedFor(milliseconds: number): string {
  return milliseconds < 100 ? 'at once' : `after ${(milliseconds / 1000).toFixed(1)} s`;
}
