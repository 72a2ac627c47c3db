/** What a job asks a worker to do. A job carries an id and nothing else: the row is the truth. */
export type JobKind = 'draft' | 'task';

export interface Job {
  readonly kind: JobKind;
  /** Request number for `draft`, task id for `task`. */
  readonly id: string;
}

/** Delivery only: at least once, in no promised order, and it may be wiped at any moment. */
export interface DeliveryQueue {
  /** Adds a job. The same job added twice while it waits is one job. Returns once the backend has stored it. */
  add(job: Job): Promise<void>;
  /**
   * Starts working. `handle` may be called more than once for a job and at the same time in two processes; it must
   * claim what it does in the ledger. A handler that throws is reported to `onError` and the job is dropped: the
   * sweeper brings it back as long as its row is not final.
   */
  work(options: {
    readonly concurrency: number;
    readonly handle: (job: Job) => Promise<void>;
    readonly onError: (job: Job, error: unknown) => void;
  }): Promise<QueueWorker>;
  /** Whether the backend answers and is set up so that it keeps what it accepted. */
  health(): Promise<{ readonly ok: boolean; readonly detail: string; readonly remedy: string | null }>;
  close(): Promise<void>;
}

export interface QueueWorker {
  /** Takes no more jobs and waits for the running ones, at most `graceMs`. */
  stop(graceMs: number): Promise<void>;
}
