import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { renderServiceScript, type ServiceSpec } from '#planning/composing/service-files.ts';

const shells = ['/bin/sh', '/bin/bash', '/bin/busybox'].filter((path) => existsSync(path));

describe.each(shells)('a service supervised by its script under %s', (shell) => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'chiffon-service-'));
  });
  afterEach(() => {
    for (const name of readdirSync(join(home, 'services'))) service('stop', name);
    rmSync(home, { recursive: true, force: true });
  });

  const install = (spec: Partial<ServiceSpec> = {}) => {
    const files = renderServiceScript({
      name: 'napper',
      command: 'echo "up on $PORT as $WHO"; exec sleep 600',
      port: 4321,
      environment: { WHO: "it's me" },
      ...spec,
    });
    for (const { path, content, mode } of files) {
      mkdirSync(dirname(join(home, path)), { recursive: true });
      writeFileSync(join(home, path), content, { mode: Number.parseInt(mode, 8) });
    }
  };
  const service = (verb: string, name = 'napper', ...more: string[]) => {
    const words = shell.endsWith('busybox') ? ['sh'] : [];
    const script = join(home, 'services', name, 'service.sh');
    const { status, stdout, stderr } = spawnSync(shell, [...words, script, verb, ...more], {
      encoding: 'utf8',
    });
    return { status, said: `${stdout}${stderr}`.trim() };
  };
  const file = (name: string) => join(home, 'services', 'napper', name);
  const supervisor = () => Number(readFileSync(file('service.pid'), 'utf8'));
  /** Processes of a group, without those that have ended. */
  const groupOf = (leader: number) =>
    execFileSync('ps', ['-e', '-o', 'pgid=,pid=,stat=,args='], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => Number(line.trim().split(/\s+/)[0]) === leader && !/^\s*\d+\s+\d+\s+Z/.test(line))
      .map((line) => ({ pid: Number(line.trim().split(/\s+/)[1]), line }));
  const sleeper = () => groupOf(supervisor()).find(({ line }) => line.endsWith('sleep 600'))?.pid;
  const until = async <T>(look: () => T | undefined | false): Promise<T> => {
    for (let tries = 0; tries < 200; tries++) {
      const found = look();
      if (found !== undefined && found !== false) return found;
      await sleep(25);
    }
    throw new Error('it did not happen within five seconds');
  };

  it('starts once, however often it is asked to', async () => {
    install();
    expect(service('start')).toMatchObject({ status: 0, said: expect.stringContaining('napper is running') });
    const first = supervisor();
    expect(service('start')).toMatchObject({ status: 0, said: expect.stringContaining('already running') });
    expect(supervisor()).toBe(first);
    await until(sleeper);
    expect(groupOf(first).filter(({ line }) => line.endsWith('sleep 600'))).toHaveLength(1);
  });

  it('passes port and environment on and keeps the log', async () => {
    install();
    service('start');
    await until(() => service('logs').said.includes('up on 4321 as it'));
    expect(service('logs', 'napper', '1').said).toBe("up on 4321 as it's me");
  });

  it('starts the command again when it dies', async () => {
    install();
    service('start');
    const first = await until(sleeper);
    process.kill(first, 'SIGKILL');
    const second = await until(() => {
      const now = sleeper();
      return now !== first && now;
    });
    expect(second).not.toBe(first);
    expect(service('logs').said).toContain('ended with exit code 137; starting it again in 0 s');
  });

  it('says whether it runs, in words and by exit code', () => {
    install();
    expect(service('status')).toEqual({ status: 3, said: 'napper is stopped' });
    service('start');
    expect(service('status')).toMatchObject({
      status: 0,
      said: expect.stringMatching(/^napper is running \(pid \d+, port 4321\)$/),
    });
    service('stop');
    expect(service('status').status).toBe(3);
  });

  it('leaves nothing of the group behind when it stops, and stops twice without complaint', async () => {
    install({ command: 'sleep 600 & sleep 600 & wait' });
    service('start');
    const leader = supervisor();
    await until(() => groupOf(leader).filter(({ line }) => line.endsWith('sleep 600')).length === 2);
    expect(service('stop')).toEqual({ status: 0, said: 'napper is stopped' });
    expect(groupOf(leader)).toEqual([]);
    expect(service('stop')).toEqual({ status: 0, said: 'napper is stopped' });
  });

  it('restarts with a new supervisor', () => {
    install();
    service('start');
    const first = supervisor();
    expect(service('restart').status).toBe(0);
    expect(supervisor()).not.toBe(first);
    expect(groupOf(first)).toEqual([]);
  });

  it('is not taken in by a number that belongs to another process by now', () => {
    install();
    writeFileSync(file('service.pid'), `${process.pid}\n`);
    expect(service('status').status).toBe(3);
    expect(service('start')).toMatchObject({ status: 0, said: expect.stringContaining('napper is running') });
    expect(supervisor()).not.toBe(process.pid);
  });

  it('is wanted at boot from start to stop, and stays wanted when the machine only goes down', () => {
    install();
    service('start');
    expect(existsSync(file('enabled'))).toBe(true);
    expect(service('halt').status).toBe(0);
    expect(existsSync(file('enabled'))).toBe(true);
    service('start');
    service('stop');
    expect(existsSync(file('enabled'))).toBe(false);
  });

  it('starts its log anew when it has grown beyond five megabytes', async () => {
    install();
    writeFileSync(file('service.log'), 'x'.repeat(5 * 1024 * 1024 + 1));
    service('start');
    await until(() => service('logs').said.includes('up on'));
    expect(readFileSync(file('service.log'), 'utf8').length).toBeLessThan(1000);
    expect(readFileSync(file('service.log.1'), 'utf8').length).toBe(5 * 1024 * 1024 + 1);
  });

  it('explains how it is used', () => {
    install();
    expect(service('dance')).toMatchObject({ status: 2, said: expect.stringContaining('usage:') });
  });
});

describe('what a service may be called', () => {
  const spec: ServiceSpec = { name: 'web', command: 'true', port: null, environment: {} };

  it.each(['', '../up', 'Web', 'a b', "a'b", '-x', '.hidden'])('refuses %j as a name', (name) => {
    expect(() => renderServiceScript({ ...spec, name })).toThrow(TypeError);
  });

  it('refuses what cannot be the name of a variable', () => {
    expect(() => renderServiceScript({ ...spec, environment: { 'A-B': '1' } })).toThrow(TypeError);
  });

  it('renders a service without a port', () => {
    const [conf, script] = renderServiceScript({ ...spec, title: 'Web\npage' });
    expect(conf).toEqual({
      path: 'services/web/service.conf',
      content: 'name=web\nport=\ntitle=Web page\n',
      mode: '0644',
    });
    expect(script?.content).not.toContain('PORT=');
  });
});
