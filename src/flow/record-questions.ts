import type { ErrorClass } from '#core/task.ts';
import type { RunRow } from './ledger-port.ts';

/** A stretch of time, and where; what is left out does not narrow. */
export interface RecordPeriod {
  /** Inclusive, ISO 8601. */
  readonly since?: string;
  /** Exclusive, ISO 8601. */
  readonly until?: string;
  readonly host?: string;
  readonly service?: string;
}

/** The step a run failed at. */
export interface FailedTask {
  readonly run: string;
  readonly task: string;
  readonly position: number;
  /** How many steps the run has. */
  readonly steps: number;
  /** What the step was to do. */
  readonly step: string;
  readonly errorClass: ErrorClass | null;
  /** What came of it. */
  readonly summary: string | null;
  /** The number of its last try. */
  readonly attempt: number;
}

/** Failed tries of one class. */
export interface ErrorFigure {
  readonly errorClass: ErrorClass;
  readonly count: number;
  /** The newest one. */
  readonly last: {
    readonly at: string;
    readonly plan: number;
    readonly run: string;
    readonly task: string;
    readonly position: number;
    readonly summary: string | null;
  };
}

/** A task that was tried again. */
export interface RetriedTask {
  readonly at: string;
  readonly plan: number;
  readonly run: string;
  readonly task: string;
  readonly position: number;
  readonly step: string;
  /** How many tries it has had in all. */
  readonly tries: number;
  /** Why the try before the last one failed. */
  readonly errorClass: ErrorClass | null;
}

/** A commit of the git trail about a plan. */
export interface PlanCommit {
  readonly plan: number;
  readonly run: string | null;
  /** "decision", "result" and the like. */
  readonly kind: string;
  /** The whole hash. */
  readonly commit: string;
  readonly at: string;
}

/** What people ask the record besides single events. Every answer is bounded. */
export interface RecordQuestions {
  /** Runs that were under way at some time of the period, the last started first. */
  runsDuring(
    period: Omit<RecordPeriod, 'service'> & { readonly mutates?: boolean; readonly limit: number },
  ): Promise<readonly RunRow[]>;
  /** The failed step of each of the runs that has one. */
  failedTasks(runs: readonly string[]): Promise<readonly FailedTask[]>;
  /** Failed tries by class, the most frequent first. */
  errorFigures(period: RecordPeriod): Promise<readonly ErrorFigure[]>;
  /** Tasks that were tried again, newest first, and how many further tries there were in all. */
  retries(
    period: RecordPeriod & { readonly limit: number },
  ): Promise<{ readonly count: number; readonly tasks: readonly RetriedTask[] }>;
  /**
   * The newest run that succeeded: of one of the commands, about a service. `worked`: only one after which the service
   * was seen working, because its health was checked or because it was brought up.
   */
  lastSuccess(of: {
    readonly commands?: readonly string[];
    readonly service?: string;
    readonly worked?: boolean;
  }): Promise<RunRow | null>;
  /** Commits of the git trail about plans, oldest first. */
  commitsOfPlans(plans: readonly number[]): Promise<readonly PlanCommit[]>;
}
