import type { HostFacts } from '#core/host.ts';
import { createSimulatedExecutor } from '#executors/simulated/create-simulated-executor.ts';
import { createSimulatedWorld, type SimulatedCommand } from '#executors/simulated/simulated-world.ts';
import { contractCommands, executorContract } from '../contracts/executor-contract.ts';
import { contractJudge } from './support/sandbox-world.ts';

const facts: HostFacts = {
  host: 'dreamt',
  at: '2026-11-21T08:00:00.000Z',
  os: 'Debian GNU/Linux 13',
  arch: 'x86_64',
  user: 'anna',
  home: '/home/anna',
  address: '192.0.2.7',
  docker: true,
  compose: true,
  node: '24.11.0',
  npm: true,
  memoryTotalMb: 8000,
  memoryFreeMb: 6000,
  diskTotalMb: 100_000,
  diskFreeMb: 60_000,
  listeningPorts: [22],
  tools: ['git'],
  services: [],
};

const out = (text: string, after?: number) => ({
  stream: 'out' as const,
  text,
  ...(after === undefined ? {} : { after }),
});

const script = (command: string, runs: number): SimulatedCommand | undefined => {
  switch (command) {
    case contractCommands.greet:
      return { output: [out('hello\n'), { stream: 'err', text: 'grüße 🌷\n' }] };
    case contractCommands.fail:
      return {
        output: [{ stream: 'err', text: 'cat: notes.txt: No such file or directory\n' }],
        exitCode: 3,
      };
    case contractCommands.record:
      return {
        output: [
          out('before\n'),
          out('chiffon-record digest=sha256:0a1b\nchiffon-record empty=\n'),
          out('after\n'),
        ],
      };
    case contractCommands.count:
      return { output: [out(`${runs + 1}\n`)] };
    case contractCommands.slowCount:
      return { output: [out('begun\n'), out(`${runs + 1}\n`, 60)] };
    case contractCommands.endless:
      return { output: [out('begun\n')], endless: true };
    case contractCommands.many:
      return { output: Array.from({ length: 2000 }, (_, i) => out(`line ${i} é\n`)) };
  }
  return undefined;
};

executorContract('the simulated executor', async () => {
  const world = createSimulatedWorld({
    hosts: { dreamt: { facts }, gone: { facts: null } },
    command: (step, runs) => script(step.command, runs),
  });
  const another = () => createSimulatedExecutor({ world, judge: contractJudge });
  return { host: 'dreamt', unreachableHost: 'gone', executor: another(), another, stop: async () => {} };
});
