import type { Job as Delivery, JobsOptions, Processor, WorkerOptions } from 'bullmq';
import type { Job, JobKind } from '#flow/queue-port.ts';

/** When a job whose worker died is free again, in milliseconds. */
export interface RecoveryTimes {
  /** How long a claim on a job holds without being renewed; it is renewed every half of this. */
  readonly lockMs: number;
  /** How often claims that ran out are looked for. */
  readonly checkMs: number;
}

/** Whether the backend answers and keeps what it accepted, as the queue's port words it. */
export interface Health {
  readonly ok: boolean;
  readonly detail: string;
  readonly remedy: string | null;
}

/** What is used of a BullMQ queue, whatever stands behind it. */
export interface OpenQueue {
  add(name: JobKind, data: Job, options: JobsOptions): Promise<unknown>;
  getWaitingCount(): Promise<number>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): Promise<void>;
  disconnect(): Promise<void>;
}

/** What is used of a BullMQ worker, whatever stands behind it. */
export interface OpenWorker {
  on(event: 'error', listener: (error: Error) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
  disconnect(): Promise<void>;
}

export type DeliveryProcessor = Processor<Job, void, JobKind>;
export type { Delivery };

/** One place jobs can be kept. Both places use the same BullMQ queue; they differ in connections and in health. */
export interface QueueBackend {
  /** For people, without credentials: "PostgreSQL at 127.0.0.1:5432". */
  readonly name: string;
  openQueue(): OpenQueue;
  openWorker(
    processor: DeliveryProcessor,
    options: Omit<WorkerOptions, 'connection' | 'prefix'>,
    onClaim: () => void,
  ): OpenWorker;
  health(queue: OpenQueue): Promise<Health>;
  /** Gives back what the backend itself holds; queues and workers are closed on their own. */
  close(): Promise<void>;
}
