import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { createShutdown, type SignalSource } from '#platform/shutdown.ts';

function build({ graceMs = 10_000 } = {}) {
  const said: string[] = [];
  const say = (fields: object, message: string) => void said.push(`${message} ${JSON.stringify(fields)}`);
  const exits: number[] = [];
  const signals = Object.assign(new EventEmitter(), { exit: (code: number) => void exits.push(code) });
  const shutdown = createShutdown({
    log: { info: say, warn: say, error: say },
    graceMs,
    process: signals as unknown as SignalSource,
  });
  return { shutdown, said, exits, signals };
}
const forever = () => new Promise<void>(() => {});

describe('shutdown', () => {
  test('gives everything back in reverse order, one after the other, and says so', async () => {
    const { shutdown, said } = build();
    const order: string[] = [];
    for (const name of ['database', 'queue', 'server']) {
      shutdown.onStop(name, async () => {
        order.push(`${name} begins`);
        await Promise.resolve();
        order.push(`${name} ended`);
      });
    }
    expect(await shutdown.stop('a test')).toEqual([]);
    expect(order.map((step) => step.split(' ')[0])).toEqual([
      'server',
      'server',
      'queue',
      'queue',
      'database',
      'database',
    ]);
    expect(said[0]).toBe('stopping {"reason":"a test"}');
    expect(said.at(-1)).toBe('stopped {}');
  });

  test('gives each thing back once, however often it is asked to stop', async () => {
    const { shutdown } = build();
    const release = vi.fn(() => delay(5));
    shutdown.onStop('queue', release);
    await Promise.all([shutdown.stop('one'), shutdown.stop('two')]);
    await shutdown.stop('three');
    expect(release).toHaveBeenCalledTimes(1);
  });

  test('goes on when something fails to stop, and names it', async () => {
    const { shutdown, said } = build();
    const database = vi.fn();
    shutdown.onStop('database', database);
    shutdown.onStop('queue', () => Promise.reject(new Error('no luck')));
    shutdown.onStop('server', () => {
      throw new Error('nor here');
    });
    expect(await shutdown.stop('a test')).toEqual(['server', 'queue']);
    expect(database).toHaveBeenCalledOnce();
    expect(said.join('\n')).toContain('could not be stopped {"name":"queue"');
  });

  test('leaves time for the rest when something hangs, and is done within the grace', async () => {
    const { shutdown, said } = build({ graceMs: 800 });
    const database = vi.fn(() => delay(150));
    shutdown.onStop('database', database);
    shutdown.onStop('hanging', forever);
    const began = performance.now();
    expect(await shutdown.stop('a test')).toEqual(['hanging']);
    expect(performance.now() - began).toBeLessThan(800);
    expect(database).toHaveBeenCalledOnce();
    expect(said.join('\n')).toContain('did not stop in time; going on {"name":"hanging"');
  });

  test('gives back at once what a start acquired after everything had stopped', async () => {
    const { shutdown } = build();
    await shutdown.stop('early');
    const release = vi.fn();
    shutdown.onStop('late', release);
    await vi.waitFor(() => expect(release).toHaveBeenCalledOnce());
  });

  test.each(['SIGINT', 'SIGTERM'])('stops on %s, and who listens is told when it is over', async (signal) => {
    const { shutdown, signals, said, exits } = build();
    const release = vi.fn();
    shutdown.onStop('server', release);
    const over = shutdown.listenForSignals();
    signals.emit(signal, signal);
    await over;
    expect(release).toHaveBeenCalledOnce();
    expect(said[0]).toContain(signal);
    expect(exits).toEqual([]);
    expect(signals.listenerCount(signal)).toBe(0);
  });

  test('who listens is told, too, when it stopped for another reason', async () => {
    const { shutdown } = build();
    const over = shutdown.listenForSignals();
    await shutdown.stop('the start failed');
    await over;
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])(
    'a later %s while it stops exits at once with %i, and the same signal passed on twice does not',
    async (signal, code) => {
      const { shutdown, signals, said, exits } = build();
      shutdown.onStop('hanging', forever);
      void shutdown.listenForSignals();
      vi.useFakeTimers({ toFake: ['performance'] });
      try {
        signals.emit(signal, signal);
        vi.advanceTimersByTime(100);
        signals.emit(signal, signal);
        expect(exits).toEqual([]);
        vi.advanceTimersByTime(1_000);
        signals.emit(signal, signal);
        expect(exits).toEqual([code]);
        expect(said.at(-1)).toContain('exiting at once');
      } finally {
        vi.useRealTimers();
      }
    },
  );
});
