import type { HostFacts } from '#core/host.ts';
import type { ShellStep } from '#core/step.ts';
import type { StepResult } from '#flow/executor-port.ts';
import { SimulatedAttempt } from './simulated-attempt.ts';

/** What a simulated command does. */
export interface SimulatedCommand {
  readonly output?: readonly {
    readonly stream: 'out' | 'err';
    readonly text: string;
    /** Milliseconds that pass before it is written; none unless told. */
    readonly after?: number;
  }[];
  /** Zero unless told. */
  readonly exitCode?: number;
  /** It goes on until it is stopped or its time is up. */
  readonly endless?: boolean;
  /** Replaces parts of the result, to play a lost host or any other ending. */
  readonly result?: Partial<StepResult>;
}

export interface SimulatedHost {
  /** What a probe answers; null for a host that cannot be reached. */
  readonly facts: HostFacts | null;
  /** Files by the path of the step that wrote them. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface SimulatedWorldOptions {
  readonly hosts: Readonly<Record<string, SimulatedHost>>;
  /** Says what a command does; `runs` counts earlier runs of the same command line. Undefined: it succeeds silently. */
  readonly command?: (step: ShellStep, runs: number) => SimulatedCommand | undefined;
}

/** Hosts in memory. They outlive the executors that work on them, as real hosts outlive a process. */
export interface SimulatedWorld {
  readonly hosts: ReadonlyMap<
    string,
    { readonly facts: HostFacts | null; readonly files: Map<string, string> }
  >;
  /** Every command that was started, in order. */
  readonly started: readonly { readonly attemptId: string; readonly step: ShellStep }[];
  /** The attempt of that id, started now unless it was before. */
  attempt(attemptId: string, step: ShellStep): SimulatedAttempt;
}

export function createSimulatedWorld(options: SimulatedWorldOptions): SimulatedWorld {
  const attempts = new Map<string, SimulatedAttempt>();
  const started: { attemptId: string; step: ShellStep }[] = [];
  const hosts = Object.entries(options.hosts).map(
    ([name, { facts, files = {} }]) => [name, { facts, files: new Map(Object.entries(files)) }] as const,
  );
  return {
    hosts: new Map(hosts),
    started,
    attempt(attemptId, step) {
      let attempt = attempts.get(attemptId);
      if (attempt === undefined) {
        const runs = started.filter((earlier) => earlier.step.command === step.command).length;
        attempt = new SimulatedAttempt(options.command?.(step, runs) ?? {}, step.timeoutSeconds);
        attempts.set(attemptId, attempt);
        started.push({ attemptId, step });
      }
      return attempt;
    },
  };
}
