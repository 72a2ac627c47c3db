import type { FileStep, ShellStep, Step } from '#core/step.ts';
import { Detached, type PerformOptions, type StepExecutor, type StepResult } from '#flow/executor-port.ts';
import { classifyFailure } from '../classify-failure.ts';
import type { CommandJudge } from '../command-judge.ts';
import { unifiedDiff } from '../file/unified-diff.ts';
import { failed, stopped, succeeded } from '../step-results.ts';
import { performWait } from '../wait/perform-wait.ts';
import type { SimulatedWorld } from './simulated-world.ts';

export interface SimulatedExecutorOptions {
  readonly world: SimulatedWorld;
  /** Everything is allowed unless told. */
  readonly judge?: CommandJudge;
}

const allowAll: CommandJudge = () => ({ verdict: 'allow', rule: 'simulated', reason: 'nothing real runs' });

/** An executor whose hosts are in memory: it keeps every promise of the real one and touches nothing. */
export function createSimulatedExecutor({ world, judge = allowAll }: SimulatedExecutorOptions): StepExecutor {
  const unreachable = (host: string) => `${host} cannot be reached: connection refused.`;
  const reachable = (host: string) => (world.hosts.get(host)?.facts ?? null) !== null;

  return {
    async perform(step: Step, options: PerformOptions): Promise<StepResult> {
      if (options.detach.aborted) throw new Detached(`let go of ${options.attemptId}`);
      switch (step.uses) {
        case 'wait':
          return await performWait(step, options);
        case 'http': {
          if (options.signal.aborted) return stopped(`Stopped asking ${step.url} by request`);
          const status = String(step.expectStatus[0]);
          return succeeded(`${step.url} answered ${status} after 0.0 s`, { status });
        }
        case 'file':
          if (!reachable(step.target)) return failed('network_error', unreachable(step.target));
          return writeFile(world, step);
        case 'shell': {
          const { verdict, rule, reason } = judge(step.command);
          if (verdict === 'deny')
            return failed('refused_by_policy', `Not run on ${step.target}: ${reason} (${rule})`);
          if (!reachable(step.target)) return failed('network_error', unreachable(step.target));
          return await follow(world, step, options);
        }
      }
    },
    rehearse: async (step) => (step.uses === 'file' ? rehearse(world, step) : null),
    probe: async (name) => {
      const facts = world.hosts.get(name)?.facts ?? null;
      if (facts === null) return { ok: false, errorClass: 'network_error', reason: unreachable(name) };
      return { ok: true, facts, commands: ['id -un'] };
    },
    close: async () => {},
  };
}

async function follow(world: SimulatedWorld, step: ShellStep, options: PerformOptions): Promise<StepResult> {
  const attempt = world.attempt(options.attemptId, step);
  const cancel = () => attempt.end({ how: 'cancelled', code: 143 });
  if (options.signal.aborted) cancel();
  options.signal.addEventListener('abort', cancel, { once: true });
  try {
    const reached = { out: 0, err: 0 };
    for (let next = 0; ; ) {
      const piece = attempt.written[next];
      if (options.detach.aborted) throw new Detached(`let go of ${options.attemptId}, which goes on running`);
      if (piece === undefined) {
        if (attempt.ending !== null) break;
        await attempt.change(options.detach);
        continue;
      }
      next++;
      const { stream, bytes } = piece;
      const known = Math.min(bytes.length, Math.max(0, options.resumeAt[stream] - reached[stream]));
      reached[stream] += bytes.length;
      const endOffset = {
        out: Math.max(reached.out, options.resumeAt.out),
        err: Math.max(reached.err, options.resumeAt.err),
      };
      const text = bytes.subarray(known).toString('utf8');
      if (text !== '') await options.onOutput({ stream, text, endOffset });
    }
    return resultOf(step, attempt.ending, attempt.text('out'), attempt.text('err'), attempt.command.result);
  } finally {
    options.signal.removeEventListener('abort', cancel);
  }
}

function resultOf(
  step: ShellStep,
  ending: { readonly how: 'exited' | 'timed_out' | 'cancelled'; readonly code: number },
  out: string,
  err: string,
  override: Partial<StepResult> = {},
): StepResult {
  const { how, code } = ending;
  const records = Object.fromEntries(
    [...`${out}\n${err}`.matchAll(/^chiffon-record ([A-Za-z0-9_.-]+)=(.*)$/gm)].map(([, key, value]) => [
      key,
      value,
    ]),
  );
  if (how === 'cancelled')
    return { ...stopped(`Stopped on ${step.target} by request`), exitCode: code, records };
  if (code === 0)
    return { ...succeeded(`Finished on ${step.target} after 0 s`, records), exitCode: 0, ...override };
  const { errorClass, summary } = classifyFailure({
    host: step.target,
    exitCode: code,
    how,
    timeoutSeconds: step.timeoutSeconds,
    errTail: err.slice(-4000),
    outTail: out.slice(-4000),
    freeKb: null,
  });
  return { ...failed(errorClass, summary), exitCode: code, records, ...override };
}

function writeFile(world: SimulatedWorld, step: FileStep): StepResult {
  const files = world.hosts.get(step.target)?.files;
  const before = files?.get(step.path);
  files?.set(step.path, step.content);
  if (before === step.content)
    return succeeded(`${step.path} is already as planned on ${step.target}`, { file: 'unchanged' });
  if (before !== undefined) files?.set(`${step.path}.chiffon-before`, before);
  const did = before === undefined ? 'created' : 'replaced';
  return succeeded(`${step.path} was ${did} on ${step.target}`, { file: did });
}

function rehearse(world: SimulatedWorld, step: FileStep): { readonly note: string; readonly diff?: string } {
  const before = world.hosts.get(step.target)?.files.get(step.path);
  if (before === step.content) return { note: `${step.path} is already as planned.` };
  const note = `${step.path} will be ${before === undefined ? 'created' : 'replaced'}.`;
  return {
    note,
    diff: unifiedDiff(before ?? '', step.content, before === undefined ? '/dev/null' : step.path, step.path),
  };
}
