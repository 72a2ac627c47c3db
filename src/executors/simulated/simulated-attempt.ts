import type { SimulatedCommand } from './simulated-world.ts';

interface Written {
  readonly stream: 'out' | 'err';
  readonly bytes: Buffer;
}

export interface SimulatedEnding {
  readonly how: 'exited' | 'timed_out' | 'cancelled';
  readonly code: number;
}

/** A command that runs in memory, whether or not anybody follows it. */
export class SimulatedAttempt {
  readonly command: SimulatedCommand;
  readonly written: Written[] = [];
  ending: SimulatedEnding | null = null;
  #timers: NodeJS.Timeout[] = [];
  #listeners = new Set<() => void>();

  constructor(command: SimulatedCommand, timeoutSeconds: number) {
    this.command = command;
    this.#timers.push(setTimeout(() => this.end({ how: 'timed_out', code: 143 }), timeoutSeconds * 1000));
    this.#write(0);
  }

  /** The whole text of a stream so far. */
  text(stream: 'out' | 'err'): string {
    return Buffer.concat(
      this.written.filter((piece) => piece.stream === stream).map((piece) => piece.bytes),
    ).toString();
  }

  end(ending: SimulatedEnding): void {
    if (this.ending !== null) return;
    this.ending = ending;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#changed();
  }

  /** Resolves at the next change: more output, or the end. */
  async change(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const listener = () => {
        this.#listeners.delete(listener);
        signal.removeEventListener('abort', listener);
        resolve();
      };
      this.#listeners.add(listener);
      signal.addEventListener('abort', listener, { once: true });
    });
  }

  #write(index: number): void {
    const piece = this.command.output?.[index];
    if (piece === undefined) {
      if (this.command.endless !== true) this.end({ how: 'exited', code: this.command.exitCode ?? 0 });
      return;
    }
    const now = () => {
      if (this.ending !== null) return;
      this.written.push({ stream: piece.stream, bytes: Buffer.from(piece.text) });
      this.#changed();
      this.#write(index + 1);
    };
    if (piece.after === undefined) now();
    else this.#timers.push(setTimeout(now, piece.after));
  }

  #changed(): void {
    const listeners = Array.from(this.#listeners);
    for (const listener of listeners) listener();
  }
}
