/** The place where jobs are kept can't be used. The message says which, why and what to do, without credentials. */
export class QueueUnavailable extends Error {
  override readonly name = 'QueueUnavailable';
}
