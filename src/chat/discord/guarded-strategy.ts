import { SimpleShardingStrategy } from 'discord.js';
import type { FlowLog } from '#flow/log-port.ts';

type Manager = ConstructorParameters<typeof SimpleShardingStrategy>[0];

/** discord.js exports another enumeration under the name of the one this belongs to. */
const dispatch = 'dispatch' as Parameters<Manager['listeners']>[0] & 'dispatch';

export interface Guard {
  /** Whether the client was given up: then nothing may connect any more. */
  readonly isOver: () => boolean;
  /** Takes an event before discord.js does; true keeps it from discord.js. */
  readonly takes: (type: string, data: unknown) => boolean;
  readonly log: FlowLog;
}

/**
 * discord.js's way to run its connection, with three edges taken off:
 * what Chiffon reads itself never reaches discord.js, whose readers throw on the incomplete events of servers that speak
 * only part of Discord's language, and a throw in there ends the process; a connection that breaks while it is being made
 * is not given up, because the library already makes the next; and a client that was given up stays so, although
 * the library may just be pausing before its next try.
 */
export class GuardedStrategy extends SimpleShardingStrategy {
  readonly #manager: Manager;
  readonly #guard: Guard;

  constructor(manager: Manager, guard: Guard) {
    super(manager);
    this.#manager = manager;
    this.#guard = guard;
    const { options } = manager;
    const retrieve = options.retrieveSessionInfo.bind(options);
    // Asked for right before each connection: what is never answered never connects.
    options.retrieveSessionInfo = (shard) => (guard.isOver() ? new Promise(() => {}) : retrieve(shard));
  }

  override async connect(): Promise<void> {
    this.#readFirst();
    try {
      await super.connect();
    } catch (error) {
      // What can't be mended is told by the close code (Events.ShardDisconnect); the rest mends itself.
      const reason = error instanceof Error ? error.message : String(error);
      this.#guard.log.warn({ error: reason }, 'connecting to Discord had trouble');
    }
  }

  #readFirst(): void {
    const manager = this.#manager;
    const theirs = manager.listeners(dispatch);
    manager.removeAllListeners(dispatch);
    manager.on(dispatch, (event) => {
      const { t: type, d: data } = event.data;
      try {
        if (this.#guard.takes(type, data)) return;
        for (const listener of theirs) listener(event);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.#guard.log.warn({ type, error: reason }, 'an event from Discord could not be read');
      }
    });
  }
}
