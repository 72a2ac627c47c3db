import type { HostFacts } from '#core/host.ts';
import type { Step } from '#core/step.ts';
import type { ErrorClass, Outcome } from '#core/task.ts';

/** A piece of what a command wrote. Offsets count the bytes of the attempt's own output, both streams together. */
export interface OutputChunk {
  readonly stream: 'out' | 'err' | 'note';
  readonly text: string;
  /** Byte offset on the host just behind this chunk; handed back as `resumeAt` to go on after a crash. */
  readonly endOffset: { readonly out: number; readonly err: number };
}

/** What became of one attempt. */
export interface StepResult {
  readonly outcome: Outcome;
  readonly exitCode: number | null;
  readonly errorClass: ErrorClass | null;
  /** One sentence for a person: "Port 3001 on sandbox answered 200 after 4.1 s". */
  readonly summary: string;
  /** Facts worth keeping, e.g. `{digest: "sha256:…"}` from a `chiffon-record key=value` line. */
  readonly records: Readonly<Record<string, string>>;
}

export interface PerformOptions {
  /** Names the attempt on the host: a second call with the same id attaches and never starts again. */
  readonly attemptId: string;
  /** Whether an earlier process may already have started this attempt: then silence is no proof that nothing runs. */
  readonly mayHaveStarted?: boolean;
  /** Earlier tries of which nobody knows what became: what still runs of them is stopped before this one starts. */
  readonly earlierAttempts?: readonly string[];
  /** Where the stored output ends; zero for a fresh attempt. */
  readonly resumeAt: { readonly out: number; readonly err: number };
  /** Called in order and awaited: back-pressure reaches the host. */
  readonly onOutput: (chunk: OutputChunk) => Promise<void>;
  /** Aborting kills the command's process group on the host; the outcome is then `cancelled`. */
  readonly signal: AbortSignal;
  /**
   * Aborting lets go of the command without killing it (the process is stopping). The promise rejects with a
   * `Detached` error; another call with the same attempt id attaches later.
   */
  readonly detach: AbortSignal;
}

/** Thrown by `perform` when it let go of a running command on request. */
export class Detached extends Error {
  override readonly name = 'Detached';
}

/** The hands: carries out steps and looks at hosts. Passed by one contract suite, real and simulated alike. */
export interface StepExecutor {
  /**
   * Carries out one step. Expected failures (non-zero exit, unreachable host, unhealthy service) are results; only
   * surprises throw.
   */
  perform(step: Step, options: PerformOptions): Promise<StepResult>;
  /** Says what the step would change, without changing it; null when this kind can't be rehearsed. */
  rehearse(step: Step): Promise<{ readonly note: string; readonly diff?: string } | null>;
  /** Looks at a host with read-only commands. A host that can't be reached is a failed result with the reason. */
  probe(host: string): Promise<ProbeResult>;
  /** Runs when the process ends: closes connections, kills nothing. */
  close(): Promise<void>;
}

export type ProbeResult =
  | { readonly ok: true; readonly facts: HostFacts; readonly commands: readonly string[] }
  | { readonly ok: false; readonly errorClass: ErrorClass; readonly reason: string };
