import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createStepExecutor } from '#executors/create-step-executor.ts';
import { parseFacts } from '#executors/probe/parse-facts.ts';
import {
  type ProbeAnswer,
  probeCommands,
  questions,
  serviceQuestions,
  splitAnswers,
  toolQuestion,
} from '#executors/probe/probe-commands.ts';
import { openSandboxWorld } from './support/sandbox-world.ts';

const at = '2026-11-21T08:00:00.000Z';
const facts = (answers: Readonly<Record<string, string | ProbeAnswer>>) =>
  parseFacts(
    'n100',
    at,
    '10.0.0.7',
    new Map(
      Object.entries(answers).map(([command, answer]) => [
        command,
        typeof answer === 'string' ? { code: 0, text: answer } : answer,
      ]),
    ),
  );
const container = (fields: object) =>
  JSON.stringify({ Names: 'x', State: 'running', Image: 'img', Ports: '', Labels: '', ...fields });

describe('what a probe makes of the answers', () => {
  it('knows a Debian host with Docker', () => {
    const seen = facts({
      [questions.osRelease]: 'NAME="Debian GNU/Linux"\nPRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n',
      [questions.system]: 'Linux x86_64\n',
      [questions.user]: 'chiffon\n',
      [questions.home]: '/home/chiffon\n',
      [questions.memory]:
        'MemTotal:       16287736 kB\nMemFree:         1000000 kB\nMemAvailable:   12000000 kB\n',
      [questions.disk]:
        'Filesystem     1024-blocks      Used Available Capacity Mounted on\n/dev/mapper/vg-root   98831908  41234567  52533293      44% /\n',
      [questions.sockets]:
        'LISTEN 0 4096 0.0.0.0:3001 0.0.0.0:*\nLISTEN 0 128 [::]:22 [::]:*\nLISTEN 0 5 *:8090 *:*\nLISTEN 0 9 127.0.0.53%lo:53 0.0.0.0:*\n',
      [questions.node]: 'v24.11.0\n',
      [questions.npm]: '/usr/bin/npm\n',
      [questions.compose]: 'Docker Compose version v2.40.3\n',
      [questions.containers]: '',
      [toolQuestion('qm')]: '/usr/sbin/qm\n',
      [toolQuestion('git')]: '/usr/bin/git\n',
    });
    expect(seen).toEqual({
      host: 'n100',
      at,
      os: 'Debian GNU/Linux 13 (trixie)',
      arch: 'x86_64',
      user: 'chiffon',
      home: '/home/chiffon',
      address: '10.0.0.7',
      docker: true,
      compose: true,
      node: '24.11.0',
      npm: true,
      memoryTotalMb: 15906,
      memoryFreeMb: 11719,
      diskTotalMb: 91570,
      diskFreeMb: 51302,
      listeningPorts: [22, 53, 3001, 8090],
      tools: ['qm', 'git'],
      services: [],
    });
  });

  it('leaves unknown what was not answered', () => {
    expect(facts({})).toMatchObject({
      os: 'unknown',
      docker: false,
      compose: false,
      node: null,
      npm: false,
      memoryTotalMb: null,
      diskFreeMb: null,
      listeningPorts: [],
      tools: [],
      services: [],
    });
  });

  it('does not take a failed answer for one', () => {
    const no = (text: string): ProbeAnswer => ({ code: 1, text });
    expect(
      facts({ [questions.containers]: no(''), [questions.node]: no('v24.0.0'), [questions.compose]: '' }),
    ).toMatchObject({ docker: false, compose: false, node: null });
  });

  it('reads the listening ports of /proc where there is no ss', () => {
    const table =
      '  sl  local_address rem_address   st tx_queue rx_queue\n' +
      '   0: 0100007F:0BB9 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1\n' +
      '   1: 0100007F:1F90 0100007F:D431 01 00000000:00000000 00:00000000 00000000 0 0 2\n';
    const six =
      '   0: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A 0:0 0 0\n';
    expect(facts({ [questions.tcp4]: table, [questions.tcp6]: six }).listeningPorts).toEqual([22, 3001]);
  });

  it('knows containers, how they are managed and where they are reached', () => {
    const lines = [
      container({
        Names: 'kuma',
        Ports: '0.0.0.0:3001->3001/tcp, [::]:3001->3001/tcp',
        Image: 'louislam/uptime-kuma:2',
      }),
      container({
        Names: 'immich_server',
        Labels: 'a=b,com.docker.compose.project=immich,c=d',
        Ports: '2283/tcp',
      }),
      container({ Names: 'old', State: 'exited' }),
      container({ Names: 'wobbly', State: 'restarting' }),
      container({ Names: 'ranged', Ports: '0.0.0.0:8000-8002->8000-8002/tcp' }),
      'not json',
      '{"broken',
    ];
    expect(facts({ [questions.containers]: lines.join('\n') }).services).toEqual([
      {
        name: 'kuma',
        manager: 'docker',
        state: 'running',
        unit: 'kuma',
        port: 3001,
        image: 'louislam/uptime-kuma:2',
      },
      {
        name: 'immich',
        manager: 'compose',
        state: 'running',
        unit: 'immich_server',
        port: null,
        image: 'img',
      },
      { name: 'old', manager: 'docker', state: 'stopped', unit: 'old', port: null, image: 'img' },
      { name: 'wobbly', manager: 'docker', state: 'unknown', unit: 'wobbly', port: null, image: 'img' },
      { name: 'ranged', manager: 'docker', state: 'running', unit: 'ranged', port: 8000, image: 'img' },
    ]);
  });

  const conf: ProbeAnswer = {
    code: 2,
    text: 'services/web/service.conf:name=web\nservices/web/service.conf:port=8090\nservices/web/service.conf:title=A = B\nservices/bare/service.conf:name=\n',
  };
  const pids = { code: 2, text: 'services/web/service.pid:4711\n' };

  it.each([
    ['running', '  PID COMMAND\n 4711 /bin/sh ./service.sh supervise /home/a/services/web\n', ''],
    ['stopped', '  PID COMMAND\n 4711 /bin/sh ./service.sh supervise /home/a/services/other-web\n', ''],
    ['stopped', '  PID COMMAND\n 4711 /usr/sbin/cron -f\n', ''],
    ['stopped', '  PID COMMAND\n    1 init\n', '4711 self'],
    ['running', '', '1\n4711\nself\n'],
    ['stopped', '', '1\nself\n'],
    ['unknown', '', ''],
  ])('says that a supervised process is %s by: %j %j', (state, processes, processFolders) => {
    const answers = {
      [questions.services]: 'bare\nweb\n',
      [serviceQuestions('bare\nweb\n')?.conf ?? '']: conf,
      [serviceQuestions('bare\nweb\n')?.pids ?? '']: pids,
      [questions.processes]: processes,
      [questions.processFolders]: processFolders,
    };
    expect(facts(answers).services).toEqual([
      { name: 'web', manager: 'process', state, unit: 'web', port: 8090, image: null },
      { name: 'bare', manager: 'process', state: 'stopped', unit: 'bare', port: null, image: null },
    ]);
  });

  it('keeps the answers apart whatever they contain, and drops one that is not complete', () => {
    const stdout =
      'Welcome\n\nT begin 0\none\nT end\n\nT end 0 0\n\nT begin 1\n\nT end 1 127\n\nT begin 2\nhalf';
    expect([...splitAnswers(['a', 'b', 'c'], 'T', stdout)]).toEqual([
      ['a', { code: 0, text: 'one\nT end\n' }],
      ['b', { code: 127, text: '' }],
    ]);
  });
});

describe('a probe of a host', () => {
  it('works where hardly any program is installed', async () => {
    const programs = join(tmpdir(), `chiffon-bare-${process.pid}`);
    const world = await openSandboxWorld({ environment: { PATH: programs } });
    mkdirSync(programs);
    symlinkSync('/bin/cat', join(programs, 'cat'));
    const probed = await world.executor.probe(world.host);
    expect(probed).toMatchObject({ ok: true, facts: { docker: false, home: world.home } });
    expect(probed.ok && probed.facts.memoryTotalMb).toBeGreaterThan(0);
    await world.stop();
    rmSync(programs, { recursive: true });
  });

  it('is not held up by a program that hangs', async () => {
    const world = await openSandboxWorld();
    const programs = join(world.directory, 'programs');
    mkdirSync(programs);
    writeFileSync(join(programs, 'docker'), '#!/bin/sh\n[ "$1" != ps ] || exec sleep 600\nexit 1\n', {
      mode: 0o755,
    });
    const slow = await openSandboxWorld({ environment: { PATH: `${programs}:${process.env['PATH']}` } });
    const began = performance.now();
    expect(await slow.executor.probe(slow.host)).toMatchObject({ ok: true, facts: { docker: false } });
    expect(performance.now() - began).toBeLessThan(30_000);
    await slow.stop();
    await world.stop();
  }, 40_000);

  it('asks nothing that policy would not let run by itself', async () => {
    const world = await openSandboxWorld();
    const asked: string[] = [];
    const judge = (command: string) => {
      asked.push(command);
      return command === 'ss -Hltn'
        ? { verdict: 'approval' as const, rule: 'change.unknown', reason: 'nobody knows ss' }
        : { verdict: 'allow' as const, rule: 'read', reason: 'it only looks' };
    };
    const executor = createStepExecutor({ hosts: world.hosts, knownHostsFile: world.knownHostsFile, judge });
    const probed = await executor.probe(world.host);
    expect(probed).toMatchObject({ ok: false, errorClass: 'refused_by_policy' });
    expect(!probed.ok && probed.reason).toContain('ss -Hltn');
    await executor.close();
    expect(probeCommands).toEqual(expect.arrayContaining(asked));
    await world.stop();
  });
});
