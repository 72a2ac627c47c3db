import type { ShellStep } from '#core/step.ts';
import type { OutputChunk, PerformOptions, StepExecutor, StepResult } from '#flow/executor-port.ts';

let counter = 0;

/** An id no other attempt has. */
export function freshAttempt(): string {
  return `attempt-${process.pid}-${++counter}`;
}

/** A shell step with everything around it that tests do not care about. */
export function shellStep(target: string, command: string, timeoutSeconds = 60): ShellStep {
  return {
    id: 's1',
    target,
    summary: 'Try something',
    undo: { kind: 'not_needed', how: 'nothing to undo' },
    idempotent: false,
    timeoutSeconds,
    uses: 'shell',
    command,
  };
}

export interface Performed {
  readonly result: StepResult;
  readonly out: string;
  readonly err: string;
}

/** Performs a command and gathers what it writes. */
export async function performCommand(
  executor: StepExecutor,
  target: string,
  command: string,
  more: Partial<PerformOptions> & { readonly timeoutSeconds?: number } = {},
): Promise<Performed> {
  const texts = { out: '', err: '', note: '' };
  const { onOutput, timeoutSeconds, ...rest } = more;
  const result = await executor.perform(shellStep(target, command, timeoutSeconds), {
    attemptId: freshAttempt(),
    resumeAt: { out: 0, err: 0 },
    signal: new AbortController().signal,
    detach: new AbortController().signal,
    ...rest,
    onOutput: async (chunk: OutputChunk) => {
      texts[chunk.stream] += chunk.text;
      await onOutput?.(chunk);
    },
  });
  return { result, out: texts.out, err: texts.err };
}
