import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FileStep, HttpStep, ShellStep, WaitStep } from '#core/step.ts';
import { Detached, type OutputChunk, type PerformOptions, type StepExecutor } from '#flow/executor-port.ts';

/** A world in which an executor can be tried: one host that works and one that cannot be reached. */
export interface ExecutorWorld {
  readonly host: string;
  readonly unreachableHost: string;
  readonly executor: StepExecutor;
  /** Another executor over the same hosts, as after a restart of the process. */
  another(): StepExecutor;
  stop(): Promise<void>;
}

/** Every command the contract runs. A simulated executor is told what they do; a real one finds out. */
export const contractCommands = {
  greet: 'echo hello; echo "grüße 🌷" >&2',
  fail: 'echo "cat: notes.txt: No such file or directory" >&2; exit 3',
  record: 'echo before; echo "chiffon-record digest=sha256:0a1b"; echo "chiffon-record empty="; echo after',
  count: 'echo run >>"counted"; wc -l <"counted" | tr -d " "',
  slowCount: 'echo run >>"slowly"; echo begun; sleep 1.5; wc -l <"slowly" | tr -d " "',
  endless: 'echo begun; sleep 600',
  many: 'i=0; while [ $i -lt 2000 ]; do echo "line $i é"; i=$((i+1)); done',
  denied: 'reboot',
} as const;

const text = (chunks: readonly OutputChunk[], stream: OutputChunk['stream']) =>
  chunks.flatMap((chunk) => (chunk.stream === stream ? [chunk.text] : [])).join('');

let counter = 0;

/** The promises every executor keeps. */
export function executorContract(name: string, open: () => Promise<ExecutorWorld>): void {
  describe(`${name} keeps the promises of an executor`, () => {
    let world: ExecutorWorld;
    beforeAll(async () => {
      world = await open();
    });
    afterAll(async () => {
      await world.stop();
    });

    const common = {
      id: 's1',
      summary: 'Try something',
      undo: { kind: 'not_needed' as const, how: 'nothing to undo' },
      idempotent: false,
      timeoutSeconds: 60,
    };
    const shell = (command: string, more: Partial<ShellStep> = {}): ShellStep => {
      return { ...common, target: world.host, uses: 'shell', command, ...more };
    };
    const options = (more: Partial<PerformOptions> = {}) => {
      const chunks: OutputChunk[] = [];
      const given: PerformOptions = {
        attemptId: `attempt-${process.pid}-${++counter}`,
        resumeAt: { out: 0, err: 0 },
        onOutput: async (chunk) => void chunks.push(chunk),
        signal: new AbortController().signal,
        detach: new AbortController().signal,
        ...more,
      };
      return { chunks, given };
    };
    /** Output that sets off an abort once the command has said something. */
    const whenHeard = (heard: () => void) => {
      const chunks: OutputChunk[] = [];
      const onOutput = async (chunk: OutputChunk) => {
        chunks.push(chunk);
        if (chunk.stream === 'out') heard();
      };
      return { chunks, onOutput };
    };

    it('hands on both streams and says that a command finished', async () => {
      const { chunks, given } = options();
      const result = await world.executor.perform(shell(contractCommands.greet), given);
      expect(result).toMatchObject({ outcome: 'succeeded', exitCode: 0, errorClass: null, records: {} });
      expect(result.summary).toContain(world.host);
      expect([text(chunks, 'out'), text(chunks, 'err')]).toEqual(['hello\n', 'grüße 🌷\n']);
    });

    it('counts offsets in bytes of the host, each stream for itself', async () => {
      const { chunks, given } = options();
      await world.executor.perform(shell(contractCommands.greet), given);
      expect(chunks.at(-1)?.endOffset).toEqual({ out: 6, err: Buffer.byteLength('grüße 🌷\n') });
    });

    it('reports a failure with exit code, class, host and the last thing the command said', async () => {
      const result = await world.executor.perform(shell(contractCommands.fail), options().given);
      expect(result).toMatchObject({ outcome: 'failed', exitCode: 3, errorClass: 'missing_file' });
      expect(result.summary).toContain(world.host);
      expect(result.summary).toContain('notes.txt: No such file or directory');
    });

    it('collects records and still shows their lines', async () => {
      const { chunks, given } = options();
      const result = await world.executor.perform(shell(contractCommands.record), given);
      expect(result.records).toEqual({ digest: 'sha256:0a1b', empty: '' });
      expect(text(chunks, 'out')).toContain('chiffon-record digest=sha256:0a1b\n');
    });

    it('runs an attempt once, however often it is performed, also by another process', async () => {
      const { chunks, given } = options();
      await world.executor.perform(shell(contractCommands.count), given);
      const first = text(chunks, 'out');
      const again = options({ attemptId: given.attemptId });
      const other = world.another();
      const result = await other.perform(shell(contractCommands.count), again.given);
      await other.close();
      expect(result).toMatchObject({ outcome: 'succeeded', exitCode: 0 });
      expect(text(again.chunks, 'out')).toBe(first);
      const later = options();
      await world.executor.perform(shell(contractCommands.count), later.given);
      expect(Number(text(later.chunks, 'out'))).toBe(Number(first) + 1);
    });

    it('runs an attempt once when two perform it at the same time', async () => {
      const { chunks, given } = options();
      const twin = options({ attemptId: given.attemptId });
      const other = world.another();
      const results = await Promise.all([
        world.executor.perform(shell(contractCommands.count), given),
        other.perform(shell(contractCommands.count), twin.given),
      ]);
      await other.close();
      expect(results.map((result) => result.outcome)).toEqual(['succeeded', 'succeeded']);
      expect(text(twin.chunks, 'out')).toBe(text(chunks, 'out'));
    });

    it('goes on from the stored offset and repeats nothing before it', async () => {
      const { chunks, given } = options();
      await world.executor.perform(shell(contractCommands.greet), given);
      expect(text(chunks, 'out')).toBe('hello\n');
      const resumed = options({ attemptId: given.attemptId, resumeAt: { out: 3, err: 8 } });
      await world.executor.perform(shell(contractCommands.greet), resumed.given);
      expect(text(resumed.chunks, 'out')).toBe('lo\n');
      expect(text(resumed.chunks, 'err')).toBe('🌷\n');
    });

    it('hands on output in order and one piece at a time', async () => {
      let busy = 0;
      let most = 0;
      let all = '';
      const { given } = options({
        onOutput: async (chunk) => {
          most = Math.max(most, ++busy);
          await new Promise((resolve) => setImmediate(resolve));
          all += chunk.text;
          busy--;
        },
      });
      await world.executor.perform(shell(contractCommands.many), given);
      expect(most).toBe(1);
      expect(all).toBe(Array.from({ length: 2000 }, (_, i) => `line ${i} é\n`).join(''));
    });

    it('stops a command on request', async () => {
      const stop = new AbortController();
      const { onOutput, chunks } = whenHeard(() => stop.abort());
      const { given } = options({ signal: stop.signal, onOutput });
      const result = await world.executor.perform(shell(contractCommands.endless), given);
      expect(result).toMatchObject({ outcome: 'cancelled', errorClass: null });
      expect(text(chunks, 'out')).toBe('begun\n');
    });

    it('never runs an attempt that was stopped before it began', async () => {
      const { given } = options({ signal: AbortSignal.abort() });
      const stopped = await world.executor.perform(shell(contractCommands.endless), given);
      expect(stopped.outcome).toBe('cancelled');
    });

    it('stops a command whose time is up and says so', async () => {
      const result = await world.executor.perform(
        shell(contractCommands.endless, { timeoutSeconds: 1 }),
        options().given,
      );
      expect(result).toMatchObject({ outcome: 'failed', errorClass: 'timed_out' });
      expect(result.summary).toContain('1 s');
    });

    it('lets go of a command, and another process picks it up without losing or repeating a byte', async () => {
      const letGo = new AbortController();
      const { chunks, onOutput } = whenHeard(() => letGo.abort());
      const { given } = options({ detach: letGo.signal, onOutput });
      await expect(world.executor.perform(shell(contractCommands.slowCount), given)).rejects.toThrow(
        Detached,
      );
      expect(text(chunks, 'out')).toBe('begun\n');
      const resumeAt = chunks.at(-1)?.endOffset ?? { out: 0, err: 0 };
      const other = world.another();
      const resumed = options({ attemptId: given.attemptId, resumeAt });
      const result = await other.perform(shell(contractCommands.slowCount), resumed.given);
      await other.close();
      expect(result).toMatchObject({ outcome: 'succeeded', exitCode: 0 });
      expect(text(resumed.chunks, 'out')).toBe('1\n');
    });

    it('reports what goes wrong in the listener as an exception', async () => {
      const { given } = options({ onOutput: async () => Promise.reject(new Error('the ledger is away')) });
      await expect(world.executor.perform(shell(contractCommands.greet), given)).rejects.toThrow(
        'the ledger is away',
      );
    });

    it('refuses a command that policy denies, right before it would run', async () => {
      const { given, chunks } = options();
      const result = await world.executor.perform(shell(contractCommands.denied), given);
      expect(result).toMatchObject({ outcome: 'failed', exitCode: null, errorClass: 'refused_by_policy' });
      expect(chunks).toEqual([]);
    });

    it('reports a host that cannot be reached as a failure of the network', async () => {
      const step = shell(contractCommands.greet, { target: world.unreachableHost });
      const result = await world.executor.perform(step, options().given);
      expect(result).toMatchObject({ outcome: 'failed', exitCode: null, errorClass: 'network_error' });
      expect(result.summary).toContain(world.unreachableHost);
      const probed = await world.executor.probe(world.unreachableHost);
      expect(probed).toMatchObject({ ok: false, errorClass: 'network_error' });
    });

    it('writes a file, knows when it is already there, and shows the difference before', async () => {
      const file = (content: string): FileStep => {
        return {
          ...common,
          target: world.host,
          uses: 'file',
          path: 'made/by it/ünïcode.txt',
          content,
          mode: '0640',
        };
      };
      const first = await world.executor.rehearse(file('one\ntwo\n'));
      expect(first?.diff).toContain('+one\n+two\n');
      expect(await world.executor.perform(file('one\ntwo\n'), options().given)).toMatchObject({
        outcome: 'succeeded',
      });
      const same = await world.executor.rehearse(file('one\ntwo\n'));
      expect(same?.diff).toBeUndefined();
      const next = await world.executor.rehearse(file('one\n2\n'));
      expect(next?.diff).toContain('-two\n+2\n');
      expect(await world.executor.perform(file('one\n2\n'), options().given)).toMatchObject({
        outcome: 'succeeded',
      });
      expect((await world.executor.rehearse(file('one\n2\n')))?.diff).toBeUndefined();
    });

    it('cannot rehearse a command', async () => {
      expect(await world.executor.rehearse(shell(contractCommands.greet))).toBeNull();
    });

    it('asks an address until it answers as expected', async () => {
      const server = createServer((_, response) => response.end('all is well'));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const http: HttpStep = {
        ...common,
        target: world.host,
        uses: 'http',
        url,
        expectStatus: [200],
        withinSeconds: 5,
      };
      const result = await world.executor.perform(http, options().given);
      expect(result).toMatchObject({ outcome: 'succeeded', exitCode: null, errorClass: null });
      expect(result.summary).toContain(`${url} answered 200`);
      await new Promise((resolve) => server.close(resolve));
    });

    it('waits, and can be stopped and let go while it waits', async () => {
      const wait = (seconds: number): WaitStep => ({ ...common, target: world.host, uses: 'wait', seconds });
      expect(await world.executor.perform(wait(1), options().given)).toMatchObject({ outcome: 'succeeded' });
      const stopped = options({ signal: AbortSignal.timeout(30) }).given;
      expect(await world.executor.perform(wait(600), stopped)).toMatchObject({ outcome: 'cancelled' });
      const letGo = options({ detach: AbortSignal.timeout(30) }).given;
      await expect(world.executor.perform(wait(600), letGo)).rejects.toThrow(Detached);
    });

    it('looks at a host and says what it asked', async () => {
      const probed = await world.executor.probe(world.host);
      expect(probed).toMatchObject({ ok: true, facts: { host: world.host } });
      expect(probed.ok && probed.commands.length).toBeGreaterThan(0);
    });
  });
}
