import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from './log.ts';

/** Gives everything back that was acquired while Chiffon started, last acquired first. */
export interface Shutdown {
  /** Whether it was asked to stop; true ever after. */
  readonly stopping: boolean;
  /**
   * Remembers how to give something back; does it at once when everything else was given back already. `name` completes the sentence "… did not stop in time".
   */
  onStop(name: string, release: () => void | Promise<void>): void;
  /**
   * Gives everything back, once: calls while it goes on, and afterwards, wait for the first. A release that throws or takes too
   * long is logged, and the next one comes all the same.
   *
   * @returns the names of what did not stop.
   */
  stop(reason: string): Promise<readonly string[]>;
  /** Stops on SIGINT and SIGTERM. A signal while it stops exits at once. Resolves when everything has stopped, for whatever reason. */
  listenForSignals(): Promise<void>;
}

/** What a shutdown uses of the process, so that a test can stand in for it. */
export type SignalSource = Pick<NodeJS.Process, 'on' | 'off' | 'exit'>;

/** npm passes a signal on that the terminal has sent already: two this close together are one, in milliseconds. */
const sameSignalMs = 300;
/** A release always gets this much, in milliseconds, however little is left of the whole. */
const shortestLimitMs = 100;

/**
 * @param options.graceMs what all releases together may take, in milliseconds. Each may use half of what is left, the last one all
 *   of it, so that one that hangs leaves time for those after it.
 */
export function createShutdown(options: {
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>;
  readonly graceMs: number;
  readonly process?: SignalSource;
}): Shutdown {
  const { log, graceMs } = options;
  const signals = options.process ?? process;
  const releases: { readonly name: string; readonly release: () => void | Promise<void> }[] = [];
  const stopped = Promise.withResolvers<void>();
  let stopping: Promise<readonly string[]> | undefined;
  let atRest = false;

  async function releaseAll(reason: string): Promise<readonly string[]> {
    const deadline = performance.now() + graceMs;
    const unfinished: string[] = [];
    log.info({ reason }, 'stopping');
    for (let next = releases.pop(); next !== undefined; next = releases.pop()) {
      const left = deadline - performance.now();
      const limitMs = Math.max(shortestLimitMs, releases.length === 0 ? left : left / 2);
      if (!(await releaseOne(next.name, next.release, limitMs))) unfinished.push(next.name);
    }
    atRest = true;
    if (unfinished.length === 0) log.info({}, 'stopped');
    else log.warn({ unfinished }, 'stopped, but not everything came to rest');
    stopped.resolve();
    return unfinished;
  }

  async function releaseOne(name: string, release: () => void | Promise<void>, limitMs: number) {
    const timer = new AbortController();
    const late = delay(limitMs, 'late' as const, { signal: timer.signal }).catch(() => 'released' as const);
    const released = Promise.resolve()
      .then(release)
      .then(
        () => 'released' as const,
        (error: unknown) => {
          log.error({ name, error }, 'could not be stopped');
          return 'failed' as const;
        },
      );
    const outcome = await Promise.race([released, late]);
    timer.abort();
    if (outcome === 'late')
      log.warn({ name, limitMs: Math.round(limitMs) }, 'did not stop in time; going on');
    return outcome === 'released';
  }

  function stop(reason: string): Promise<readonly string[]> {
    stopping ??= releaseAll(reason);
    return stopping;
  }

  function listenForSignals(): Promise<void> {
    let firstSignal: number | undefined;
    const onSignal = (signal: NodeJS.Signals) => {
      const now = performance.now();
      if (firstSignal !== undefined && now - firstSignal < sameSignalMs) return;
      firstSignal ??= now;
      if (stopping !== undefined) {
        log.warn({ signal }, 'asked again to stop: exiting at once, without waiting for what still runs');
        // What shells report for a process that a signal ended.
        signals.exit(signal === 'SIGINT' ? 130 : 143);
        return;
      }
      void stop(signal);
    };
    signals.on('SIGINT', onSignal);
    signals.on('SIGTERM', onSignal);
    return stopped.promise.finally(() => {
      signals.off('SIGINT', onSignal);
      signals.off('SIGTERM', onSignal);
    });
  }

  return {
    get stopping() {
      return stopping !== undefined;
    },
    onStop(name, release) {
      // Acquired by a start that was overtaken by the stop: nobody else would give it back.
      if (atRest) void releaseOne(name, release, graceMs);
      else releases.push({ name, release });
    },
    stop,
    listenForSignals,
  };
}
