import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostAddress } from '#executors/host-address.ts';
import { ConnectionFailed } from '#executors/ssh/connection-failed.ts';
import { createConnectionPool, type PoolOptions } from '#executors/ssh/connection-pool.ts';
import { runScript } from '#executors/ssh/run-script.ts';
import { scanHostKey, trustHostKey } from '#executors/ssh/trust-host-key.ts';
import { type OpensshServer, opensshInstalled, startOpenssh } from './support/openssh-server.ts';

describe.skipIf(!opensshInstalled)('the connections to an OpenSSH server', () => {
  let server: OpensshServer;
  let narrow: OpensshServer;
  const pools: ReturnType<typeof createConnectionPool>[] = [];
  beforeAll(async () => {
    server = await startOpenssh();
    narrow = await startOpenssh({ name: 'narrow', settings: ['MaxSessions 1'] });
  });
  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.close()));
    await server.stop();
    await narrow.stop();
  });

  const poolFor = (host: HostAddress, options: Partial<PoolOptions> = {}) => {
    const pool = createConnectionPool({ hosts: [host], knownHostsFile: server.knownHostsFile, ...options });
    pools.push(pool);
    return pool;
  };
  const say = async (pool: ReturnType<typeof createConnectionPool>, host: string, script: string) =>
    (await runScript(pool, host, script)).stdout.toString();
  const failureOf = async (attempt: Promise<unknown>) => {
    const error = await attempt.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(ConnectionFailed);
    return error as ConnectionFailed;
  };

  it('answers a command on a warm connection in less than 25 ms, which takes TCP_NODELAY', async () => {
    const pool = poolFor(server.host);
    await say(pool, 'openssh', 'true');
    const times: number[] = [];
    for (let i = 0; i < 21; i++) {
      const began = performance.now();
      const channel = await pool.exec('openssh', 'true');
      await new Promise((resolve) => {
        channel.resume();
        channel.on('close', resolve);
      });
      times.push(performance.now() - began);
    }
    // The delay it would take without strikes every command, and a busy machine only some: the fastest tells them apart.
    expect(Math.min(...times)).toBeLessThan(25);
  });

  it('runs 64 commands at the same time without a refused channel', async () => {
    const pool = poolFor(server.host);
    const all = await Promise.all(
      Array.from({ length: 64 }, (_, i) => say(pool, 'openssh', `sleep 0.2; echo ${i}`)),
    );
    expect(all).toEqual(Array.from({ length: 64 }, (_, i) => `${i}\n`));
  });

  it('gets along with a server that allows one session a connection', async () => {
    const pool = poolFor(narrow.host, { knownHostsFile: narrow.knownHostsFile });
    const all = await Promise.all(Array.from({ length: 24 }, (_, i) => say(pool, 'narrow', `echo ${i}`)));
    expect(all).toEqual(Array.from({ length: 24 }, (_, i) => `${i}\n`));
  });

  it('connects anew after the connection was lost', async () => {
    const pool = poolFor(server.host);
    expect(await say(pool, 'openssh', 'echo one')).toBe('one\n');
    server.dropConnections();
    const channel = await pool.exec('openssh', 'true').catch(() => null);
    channel?.close();
    expect(await say(pool, 'openssh', 'echo two')).toBe('two\n');
  });

  it('closes a connection that nobody uses and opens another when needed', async () => {
    const pool = poolFor(server.host, { idleSeconds: 0.05 });
    const client = () => say(pool, 'openssh', 'echo $SSH_CLIENT');
    const first = await client();
    await expect.poll(client, { interval: 200 }).not.toBe(first);
  });

  it('refuses a host whose key is not known, with the fingerprint and how to trust it', async () => {
    const file = join(server.directory, 'empty');
    await writeFile(file, '');
    const error = await failureOf(poolFor(server.host, { knownHostsFile: file }).exec('openssh', 'true'));
    const fingerprint = execFileSync('ssh-keygen', ['-lf', join(server.directory, 'host_key.pub')], {
      encoding: 'utf8',
    }).split(' ')[1];
    expect(error.errorClass).toBe('host_key');
    expect(error.message).toContain(`npm run -s chiffon -- trust openssh ${fingerprint}`);
  });

  it('trusts a host by its fingerprint, and by no other', async () => {
    const file = join(server.directory, 'trusted');
    const shown = await scanHostKey(server.host, file);
    const wrong = await trustHostKey(file, server.host, `SHA256:${'A'.repeat(43)}`);
    expect(wrong).toMatchObject({ ok: false, code: 'wrong_fingerprint' });
    await failureOf(poolFor(server.host, { knownHostsFile: file }).exec('openssh', 'true'));
    expect(await trustHostKey(file, server.host, shown.fingerprint)).toMatchObject({ ok: true });
    expect(await say(poolFor(server.host, { knownHostsFile: file }), 'openssh', 'echo in')).toBe('in\n');
  });

  it('understands the hashed lines that ssh-keygen -H writes', async () => {
    const file = join(server.directory, 'hashed');
    await writeFile(file, await readFile(server.knownHostsFile));
    execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' });
    expect(await readFile(file, 'utf8')).toMatch(/^\|1\|/);
    expect(await say(poolFor(server.host, { knownHostsFile: file }), 'openssh', 'echo in')).toBe('in\n');
  });

  it('refuses a host whose key changed, with both fingerprints, until the new key is trusted', async () => {
    const changed = await startOpenssh({ name: 'changed' });
    const { knownHostsFile } = changed;
    const before = (await scanHostKey(changed.host, knownHostsFile)).fingerprint;
    await changed.changeHostKey();
    const now = (await scanHostKey(changed.host, knownHostsFile)).fingerprint;
    const error = await failureOf(poolFor(changed.host, { knownHostsFile }).exec('changed', 'true'));
    expect(error.errorClass).toBe('host_key');
    expect(error.message).toContain('HAS CHANGED');
    expect(error.message).toContain(before);
    expect(error.message).toContain(now);
    expect(await trustHostKey(knownHostsFile, changed.host, now)).toMatchObject({ ok: true });
    expect(await say(poolFor(changed.host, { knownHostsFile }), 'changed', 'echo in')).toBe('in\n');
    expect((await readFile(knownHostsFile, 'utf8')).trim().split('\n')).toHaveLength(1);
    await changed.stop();
  });

  it('goes through a jump host and checks the keys of both', async () => {
    const file = join(server.directory, 'both');
    await writeFile(file, `${await readFile(server.knownHostsFile)}${await readFile(narrow.knownHostsFile)}`);
    const behind: HostAddress = { ...narrow.host, name: 'behind', jump: 'openssh' };
    const through = poolFor(server.host, { hosts: [server.host, behind], knownHostsFile: file });
    expect(await say(through, 'behind', 'echo behind')).toBe('behind\n');
    const noJumpKey = { hosts: [server.host, behind], knownHostsFile: narrow.knownHostsFile };
    expect((await failureOf(poolFor(behind, noJumpKey).exec('behind', 'true'))).message).toContain('openssh');
    const noTargetKey = { hosts: [server.host, behind], knownHostsFile: server.knownHostsFile };
    expect((await failureOf(poolFor(behind, noTargetKey).exec('behind', 'true'))).message).toContain(
      'trust behind',
    );
  });

  it('refuses jump hosts that go in a circle', async () => {
    const hosts = [
      { ...server.host, name: 'a', jump: 'b' },
      { ...server.host, name: 'b', jump: 'a' },
    ];
    const error = await failureOf(poolFor(server.host, { hosts }).exec('a', 'true'));
    expect(error.message).toContain('a → b → a');
  });

  it('tries several keys in order and opens an encrypted one with the passphrase from a file', async () => {
    const locked = join(server.directory, 'locked');
    const stranger = join(server.directory, 'stranger');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', stranger]);
    await writeFile(locked, await readFile(server.host.keyFiles[0] ?? ''), { mode: 0o600 });
    execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'open sesame', '-f', locked]);
    const passphraseFile = join(server.directory, 'passphrase');
    await writeFile(passphraseFile, 'open sesame\n');
    const host = {
      ...server.host,
      keyFiles: [join(server.directory, 'absent'), stranger, locked],
      passphraseFile,
    };
    expect(await say(poolFor(host), 'openssh', 'echo in')).toBe('in\n');

    const without: HostAddress = { ...server.host, keyFiles: [locked] };
    const error = await failureOf(poolFor(without).exec('openssh', 'true'));
    expect(error.errorClass).toBe('permission_denied');
    expect(error.message).toContain('is encrypted and no passphrase file is configured');
    const refused = await failureOf(
      poolFor({ ...server.host, keyFiles: [stranger] }).exec('openssh', 'true'),
    );
    expect(refused.errorClass).toBe('permission_denied');
    expect(refused.message).toContain('did not accept');
  });

  it.skipIf(!existsSync('/usr/bin/ssh-agent'))('asks the SSH agent where it is told to', async () => {
    const socket = join(server.directory, 'agent');
    const agent = spawn('/usr/bin/ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    await expect.poll(() => existsSync(socket)).toBe(true);
    execFileSync('/usr/bin/ssh-add', ['-q', server.host.keyFiles[0] ?? ''], {
      env: { ...process.env, SSH_AUTH_SOCK: socket },
    });
    const before = process.env['SSH_AUTH_SOCK'];
    process.env['SSH_AUTH_SOCK'] = socket;
    const host: HostAddress = { ...server.host, keyFiles: [], agent: true };
    expect(await say(poolFor(host), 'openssh', 'echo in')).toBe('in\n');
    delete process.env['SSH_AUTH_SOCK'];
    expect((await failureOf(poolFor(host).exec('openssh', 'true'))).message).toContain(
      'no SSH agent is running',
    );
    if (before !== undefined) process.env['SSH_AUTH_SOCK'] = before;
    agent.kill();
  });

  it('finds its way past what a login shell says before it obeys', async () => {
    const noise = 'echo "Welcome. Backups ran last night."; echo "a warning" >&2\n';
    await writeFile(join(server.home, '.bashrc'), noise);
    const forced = await startOpenssh({
      name: 'talkative',
      settings: ['ForceCommand echo Welcome; /bin/sh -c "$SSH_ORIGINAL_COMMAND"'],
    });
    const pool = poolFor(forced.host, { knownHostsFile: forced.knownHostsFile });
    expect(await say(pool, 'talkative', 'echo in')).toBe('in\n');
    expect(await say(poolFor(server.host), 'openssh', 'echo in')).toBe('in\n');
    await writeFile(join(server.home, '.bashrc'), '');
    await pool.close();
    await forced.stop();
  });
});
