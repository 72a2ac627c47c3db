import type { ErrorClass } from '#core/task.ts';
import type { StepResult } from '#flow/executor-port.ts';

/** The results of steps that have no exit code. */
export function succeeded(summary: string, records: Readonly<Record<string, string>> = {}): StepResult {
  return { outcome: 'succeeded', exitCode: null, errorClass: null, summary, records };
}

export function failed(errorClass: ErrorClass, summary: string): StepResult {
  return { outcome: 'failed', exitCode: null, errorClass, summary, records: {} };
}

/** Nobody can say whether it happened. */
export function unknown(summary: string): StepResult {
  return { outcome: 'unknown', exitCode: null, errorClass: 'outcome_unknown', summary, records: {} };
}

export function stopped(summary: string): StepResult {
  return { outcome: 'cancelled', exitCode: null, errorClass: null, summary, records: {} };
}
