import { setTimeout as delay } from 'node:timers/promises';
import type { BackendFactory } from 'bullmq';
import {
  type Job as Delivery,
  type IQueueBackend,
  type JobProgress,
  Worker,
  type WorkerOptions,
} from 'bullmq';
import type { Job, JobKind } from '#flow/queue-port.ts';
import type { DeliveryProcessor } from './backend.ts';

/** How long a failed claim is answered later than it failed, in milliseconds. */
const pauseMs = 250;

/**
 * BullMQ's worker, which asks for the next job again at once when asking failed, made to wait a little in between:
 * while PostgreSQL restarts it would otherwise ask thousands of times a second.
 */
export class PatientWorker<B extends IQueueBackend, C> extends Worker<Job, void, JobKind, B, JobProgress, C> {
  readonly #onClaim: () => void;

  constructor(
    name: string,
    processor: DeliveryProcessor,
    options: WorkerOptions<C>,
    onClaim: () => void,
    factory: BackendFactory<B, C>,
  ) {
    // Started below: BullMQ would claim before this class has its fields.
    super(name, processor, { ...options, autorun: false }, factory);
    this.#onClaim = onClaim;
    void this.run().catch((error: Error) => this.emit('error', error));
  }

  protected override async moveToActive(
    token: string,
    name?: string,
  ): Promise<Delivery<Job, void, JobKind, JobProgress>> {
    try {
      const claimed = await super.moveToActive(token, name);
      this.#onClaim();
      return claimed;
    } catch (error) {
      await delay(pauseMs);
      throw error;
    }
  }
}
