import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterEach, describe, expect, it } from 'vitest';
import { createStepExecutor } from '#executors/create-step-executor.ts';
import { freshKeyPair } from '#executors/ssh/sandbox/key-pair.ts';
import {
  type SandboxHost,
  type SandboxOptions,
  startSandboxHost,
} from '#executors/ssh/sandbox/start-sandbox-host.ts';
import { renderServiceScript } from '#planning/composing/service-files.ts';
import { freshAttempt, performCommand } from './support/perform-command.ts';
import { contractJudge, temporaryFolder } from './support/sandbox-world.ts';

describe('the sandbox host', () => {
  const undo: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });

  const start = async (directory: string, more: Pick<SandboxOptions, 'demoWeb'> = {}) => {
    const knownHostsFile = join(directory, 'known_hosts');
    const sandbox = await startSandboxHost({
      directory,
      log: () => {},
      knownHostsFile,
      ...more,
    });
    const hosts = [sandbox.host];
    const executor = createStepExecutor({ hosts, knownHostsFile, judge: contractJudge });
    const stop = async () => {
      await executor.close();
      await sandbox.stop();
    };
    undo.push(stop);
    return { sandbox, executor, stop };
  };
  const folder = async () => {
    const made = await temporaryFolder();
    undo.push(made.remove);
    return made.path;
  };
  const processesIn = (text: string) =>
    execFileSync('ps', ['-e', '-o', 'stat=,args='], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes(text) && !line.startsWith('Z'));
  const bootId = (directory: string) => readFileSync(join(directory, 'home/.chiffon/boot_id'), 'utf8');

  it('shows a page of its own, and the probe knows it', async () => {
    const { executor } = await start(await folder(), { demoWeb: renderServiceScript });
    const probed = await executor.probe('sandbox');
    const service = probed.ok ? probed.facts.services[0] : undefined;
    expect(service).toMatchObject({
      name: 'demo-web',
      manager: 'process',
      state: 'running',
      unit: 'demo-web',
      image: null,
    });
    expect(service?.port).toBeGreaterThanOrEqual(8090);
    const page = async () => (await fetch(`http://127.0.0.1:${service?.port}/health`)).json();
    await expect.poll(() => page().catch(() => null)).toMatchObject({ status: 'ok' });
  });

  it('leaves nothing running when it is switched off, and starts the same services at the next boot', async () => {
    const directory = await folder();
    const first = await start(directory, { demoWeb: renderServiceScript });
    const nap = `sleep 7${String(Date.now()).slice(-7)}`;
    await performCommand(first.executor, 'sandbox', `${nap} & echo left behind`);
    expect(processesIn(nap)).toHaveLength(1);
    const before = bootId(directory);
    expect(processesIn(directory)).not.toEqual([]);
    await first.stop();
    expect([...processesIn(directory), ...processesIn(nap)]).toEqual([]);
    const second = await start(directory);
    expect(bootId(directory)).not.toBe(before);
    const probed = await second.executor.probe('sandbox');
    expect(probed.ok && probed.facts.services).toMatchObject([{ name: 'demo-web', state: 'running' }]);
  });

  it('does not start at boot what was stopped on purpose', async () => {
    const directory = await folder();
    const first = await start(directory, { demoWeb: renderServiceScript });
    await performCommand(first.executor, 'sandbox', 'services/demo-web/service.sh stop');
    await first.stop();
    const probed = await (await start(directory)).executor.probe('sandbox');
    expect(probed.ok && probed.facts.services).toMatchObject([{ name: 'demo-web', state: 'stopped' }]);
  });

  it('keeps its port and its keys, and lets in nobody else', async () => {
    const directory = await folder();
    const first = await start(directory);
    await first.stop();
    const second = await start(directory);
    expect([second.sandbox.host.port, second.sandbox.knownHostsLine]).toEqual([
      first.sandbox.host.port,
      first.sandbox.knownHostsLine,
    ]);
    expect(statSync(join(directory, 'client_key')).mode & 0o777).toBe(0o600);
    const other = await start(await folder());
    const stranger = { ...second.sandbox.host, keyFiles: other.sandbox.host.keyFiles };
    const knownHostsFile = join(directory, 'known_hosts');
    const executor = createStepExecutor({ hosts: [stranger], knownHostsFile, judge: contractJudge });
    expect(await executor.probe('sandbox')).toMatchObject({ ok: false, errorClass: 'permission_denied' });
    await executor.close();
  });

  it("hands none of Chiffon's own environment to commands", async () => {
    process.env['CHIFFON_TOKEN'] = 'a-secret-of-chiffon';
    const { executor } = await start(await folder());
    const { out } = await performCommand(executor, 'sandbox', 'env; node --version');
    delete process.env['CHIFFON_TOKEN'];
    expect(out).not.toContain('a-secret-of-chiffon');
    expect(out.trim().split('\n').at(-1)).toBe(process.version);
  });

  it('cuts running commands off when it is switched off, and their outcome is unknown after the next boot', async () => {
    const directory = await folder();
    const first = await start(directory);
    const attemptId = freshAttempt();
    const letGo = new AbortController();
    const pending = performCommand(first.executor, 'sandbox', 'echo begun; sleep 600', {
      attemptId,
      detach: letGo.signal,
      onOutput: async () => letGo.abort(),
    });
    await expect(pending).rejects.toThrow('let go');
    await first.stop();
    const second = await start(directory);
    const { result } = await performCommand(second.executor, 'sandbox', 'echo begun; sleep 600', {
      attemptId,
    });
    expect(result).toMatchObject({ outcome: 'unknown', errorClass: 'outcome_unknown' });
    expect(result.summary).toContain('was restarted');
  });

  it.skipIf(!existsSync('/usr/bin/ssh'))(
    'delivers exit codes and both streams to any SSH client',
    async () => {
      const directory = await folder();
      const { sandbox } = await start(directory);
      const heard = await sshClient(sandbox, directory, 'echo out; echo err >&2; exit 9');
      expect(heard).toEqual({ status: 9, stdout: 'out\n', stderr: 'err\n' });
      expect((await sshClient(sandbox, directory, 'kill -KILL $$')).status).toBe(255);
    },
  );

  it('has keys that everybody can read, however often they are made', () => {
    const unreadable = Array.from({ length: 1_500 }, freshKeyPair).filter((pair) =>
      [pair.private, pair.public].some((text) => ssh2.utils.parseKey(text) instanceof Error),
    );
    expect(unreadable).toEqual([]);
  }, 60_000);

  it('makes its keys anew when those on the disk are no keys', async () => {
    const directory = await folder();
    for (const name of ['host_key', 'client_key']) {
      writeFileSync(join(directory, name), 'half a key');
      writeFileSync(join(directory, `${name}.pub`), '');
    }
    const { executor } = await start(directory);
    expect(await executor.probe('sandbox')).toMatchObject({ ok: true });
    expect(statSync(join(directory, 'client_key')).mode & 0o777).toBe(0o600);
  });

  it('kills no process that only has the number of one from an earlier boot', async () => {
    const directory = await folder();
    const { stop } = await start(directory);
    const attempt = join(directory, 'home/.chiffon/attempts/long-ago');
    const stranger = spawn('/bin/sh', ['-c', 'sleep 600 & wait', attempt], {
      detached: true,
      stdio: 'ignore',
    });
    mkdirSync(attempt, { recursive: true });
    writeFileSync(join(attempt, 'pid'), `${stranger.pid}\n`);
    writeFileSync(join(attempt, 'boot_id'), 'an earlier boot\n');
    await stop();
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    process.kill(-(stranger.pid ?? 0), 'SIGKILL');
    await once(stranger, 'exit');
  });

  it('runs services that somebody else put there', async () => {
    const directory = await folder();
    const { executor } = await start(directory);
    for (const { path, content, mode } of renderServiceScript({
      name: 'other',
      command: 'exec sleep 600',
      port: null,
      environment: {},
    })) {
      mkdirSync(join(directory, 'home/services/other'), { recursive: true });
      writeFileSync(join(directory, 'home', path), content, { mode: Number.parseInt(mode, 8) });
    }
    const { result, out } = await performCommand(executor, 'sandbox', 'services/other/service.sh start');
    expect([result.outcome, out]).toEqual(['succeeded', expect.stringContaining('other is running')]);
  });
});

/** OpenSSH's own client. Not run synchronously: the server answers in this very process. */
async function sshClient(sandbox: SandboxHost, directory: string, command: string) {
  const { port, user, keyFiles } = sandbox.host;
  const known = `UserKnownHostsFile=${join(directory, 'known_hosts')}`;
  const words = [
    '-F',
    'none',
    '-o',
    known,
    '-o',
    'BatchMode=yes',
    '-i',
    keyFiles[0] ?? '',
    '-p',
    String(port),
  ];
  const child = spawn('ssh', [...words, `${user}@127.0.0.1`, command]);
  const heard = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].on('data', (piece) => {
      heard[stream] += piece;
    });
  }
  const [status] = await once(child, 'close');
  return { status, ...heard };
}
