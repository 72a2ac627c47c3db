import type { ClientChannel } from 'ssh2';

/** How long a shell waits for its next order, in milliseconds: between two steps of a run lies one transaction. */
const patienceMs = 2_000;
/** Shells that wait on one host at most. Each takes one of the sessions sshd allows. */
const mostOnOneHost = 2;

interface Waiting {
  readonly channel: ClientChannel;
  readonly forget: () => void;
}

/**
 * Shells on hosts that have carried out an order and would take another. Opening a channel costs the host three
 * processes, one of them the login shell with its start-up files, and most steps are followed by another one at once.
 */
export class WaitingShells {
  readonly #waiting = new Map<string, Waiting[]>();

  /** A shell that waits on the host, for the caller alone; undefined when there is none. */
  take(host: string): ClientChannel | undefined {
    const taken = this.#waiting.get(host)?.at(-1);
    taken?.forget();
    return taken?.channel;
  }

  /** Leaves a shell that has nothing to do to whoever comes next, or ends it when nobody comes. */
  leave(host: string, channel: ClientChannel): void {
    const those = this.#waiting.get(host) ?? [];
    if (channel.destroyed || !channel.writable) return;
    if (those.length >= mostOnOneHost) {
      channel.end();
      return;
    }
    const forget = () => {
      clearTimeout(timer);
      channel.off('exit', forget);
      channel.off('close', forget);
      const left = (this.#waiting.get(host) ?? []).filter((other) => other !== waiting);
      if (left.length === 0) this.#waiting.delete(host);
      else this.#waiting.set(host, left);
    };
    const timer = setTimeout(() => {
      forget();
      channel.end();
    }, patienceMs).unref();
    const waiting = { channel, forget };
    channel.once('exit', forget);
    channel.once('close', forget);
    this.#waiting.set(host, [...those, waiting]);
  }

  close(): void {
    for (const { channel, forget } of [...this.#waiting.values()].flat()) {
      forget();
      channel.end();
    }
  }
}
