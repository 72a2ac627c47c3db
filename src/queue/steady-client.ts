import pg from 'pg';

type Connected = (error: Error | null, client?: pg.Client) => void;

/**
 * A connection to PostgreSQL whose loss never ends the process. `pg` tells of a lost connection by an `error` event, and
 * Node ends a program in which nobody listens for one; BullMQ listens on its connection for LISTEN only after it was
 * told that it stands, and on those it borrows for a query not at all. A server that goes away in that instant would
 * take Chiffon with it. Whoever uses the connection hears of the loss from the call that was under way, or the next.
 */
export class SteadyClient extends pg.Client {
  #lost: Error | null = null;

  constructor(config?: pg.ClientConfig) {
    super(config);
    this.on('error', (error: Error) => {
      this.#lost ??= error;
    });
  }

  override connect(): Promise<pg.Client>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<pg.Client> | void {
    if (callback === undefined) {
      return new Promise((resolve, reject) => {
        this.connect((error) => (error === null ? resolve(this) : reject(error)));
      });
    }
    super.connect((error?: Error | null) => {
      if (error) return callback(error);
      // One that was lost in the very turn in which it was made counts as never made: BullMQ would keep it for good.
      setImmediate(() => (this.#lost === null ? callback(null, this) : callback(this.#lost)));
    });
  }
}
