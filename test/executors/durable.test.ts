import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Detached } from '#flow/executor-port.ts';
import { freshAttempt, performCommand } from './support/perform-command.ts';
import { openSandboxWorld, type SandboxWorld } from './support/sandbox-world.ts';

/** Living processes whose command line contains a text; those that ended and wait to be noticed do not count. */
function processesWith(text: string): string[] {
  return execFileSync('ps', ['-e', '-o', 'stat=,pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(text) && !line.startsWith('Z'));
}

describe('a command on a host', () => {
  let world: SandboxWorld;
  beforeAll(async () => {
    world = await openSandboxWorld();
  });
  afterAll(async () => {
    await world.stop();
  });
  const attempt = (id: string, file: string) => join(world.home, '.chiffon', 'attempts', id, file);

  it('loses and repeats no byte and runs once when its connection breaks again and again', async () => {
    const count = 300;
    const command = `echo run >>broken-runs; i=0; while [ $i -lt ${count} ]; do echo "line $i ü"; echo "err $i" >&2; i=$((i+1)); sleep 0.005; done`;
    let heard = 0;
    const { result, out, err } = await performCommand(world.executor, world.host, command, {
      onOutput: async () => {
        if (++heard % 4 === 0 && heard < 40) world.dropConnections();
      },
    });
    expect(result).toMatchObject({ outcome: 'succeeded' });
    expect(heard).toBeGreaterThan(8);
    expect(out).toBe(Array.from({ length: count }, (_, i) => `line ${i} ü\n`).join(''));
    expect(err).toBe(Array.from({ length: count }, (_, i) => `err ${i}\n`).join(''));
    expect(readFileSync(join(world.home, 'broken-runs'), 'utf8')).toBe('run\n');
  });

  it('may write five megabytes to its error stream without anybody hanging', async () => {
    const { result, err } = await performCommand(
      world.executor,
      world.host,
      'head -c 5000000 /dev/zero | tr "\\0" x >&2; echo done',
    );
    expect(result.outcome).toBe('succeeded');
    expect(err.length).toBe(5_000_000);
  });

  it('may fill both its outputs at the same time, again and again, without anybody hanging', async () => {
    const command =
      'head -c 5000000 /dev/zero | tr "\\0" x >&2 & head -c 5000000 /dev/zero | tr "\\0" y; wait; echo done';
    for (let times = 0; times < 5; times += 1) {
      const { result, out, err } = await performCommand(world.executor, world.host, command);
      expect(result.outcome).toBe('succeeded');
      expect(err.length).toBe(5_000_000);
      expect(out).toBe(`${'y'.repeat(5_000_000)}done\n`);
    }
  }, 60_000);

  it('runs 64 times at once on one host', async () => {
    const runs = await Promise.all(
      Array.from({ length: 64 }, (_, i) => performCommand(world.executor, world.host, `echo ${i}`)),
    );
    expect(runs.map(({ out }) => out)).toEqual(Array.from({ length: 64 }, (_, i) => `${i}\n`));
  }, 60_000);

  it('is stopped with everything it started, also what does not listen to TERM', async () => {
    const mark = `7${String(Date.now()).slice(-7)}`;
    const stop = new AbortController();
    const command = `(trap '' TERM; sleep ${mark}; sleep ${mark}) & sleep ${mark} & echo begun; wait`;
    const { result } = await performCommand(world.executor, world.host, command, {
      signal: stop.signal,
      onOutput: async () => stop.abort(),
    });
    expect(result.outcome).toBe('cancelled');
    expect(processesWith(`sleep ${mark}`)).toEqual([]);
  });

  it.each([
    ['when its time is up', 1, 'failed', 'timed_out'],
    ['on request', 600, 'cancelled', null],
  ] as const)(
    'that answers TERM with exit code 0 counts as stopped %s, not as finished',
    async (_, timeoutSeconds, outcome, errorClass) => {
      const stop = new AbortController();
      const command = "trap 'exit 0' TERM; echo begun; sleep 600 & wait";
      const { result } = await performCommand(world.executor, world.host, command, {
        timeoutSeconds,
        signal: stop.signal,
        onOutput: async () => void (outcome === 'cancelled' && stop.abort()),
      });
      expect(result).toMatchObject({ outcome, errorClass, exitCode: 0 });
    },
  );

  it('that had ended before it was to be stopped counts as finished', async () => {
    const attemptId = freshAttempt();
    await performCommand(world.executor, world.host, 'true', { attemptId });
    const signal = AbortSignal.abort();
    const { result } = await performCommand(world.executor, world.host, 'true', { attemptId, signal });
    expect(result).toMatchObject({ outcome: 'succeeded', exitCode: 0 });
  });

  it('is tried again only when nothing is left of the try before', async () => {
    const nap = `sleep 6${String(Date.now()).slice(-7)}`;
    const letGo = new AbortController();
    const earlier = freshAttempt();
    const pending = performCommand(world.executor, world.host, `echo begun; ${nap}`, {
      attemptId: earlier,
      detach: letGo.signal,
      onOutput: async () => letGo.abort(),
    });
    await expect(pending).rejects.toThrow(Detached);
    expect(processesWith(nap)).not.toEqual([]);
    const look = `ps -e -o args= | grep -c '^${nap}' || :`;
    const { result, out } = await performCommand(world.executor, world.host, look, {
      earlierAttempts: [earlier, 'never-started'],
    });
    expect([result.outcome, out]).toEqual(['succeeded', '0\n']);
  });

  it('has an unknown outcome when a try before it may still run and the host can’t be reached', async () => {
    const hasty = await openSandboxWorld({}, { connectSeconds: 1, reconnectSeconds: 1 });
    const { result } = await performCommand(hasty.executor, hasty.unreachableHost, 'true', {
      earlierAttempts: ['one-before'],
    });
    await hasty.stop();
    expect(result).toMatchObject({ outcome: 'unknown', errorClass: 'outcome_unknown' });
  });

  it('is let go, and says nothing about its host, when the connections are closed under it', async () => {
    const closing = await openSandboxWorld();
    const another = closing.another();
    await another.close();
    await expect(performCommand(another, closing.host, 'true')).rejects.toThrow(Detached);
    await expect(another.probe(closing.host)).rejects.toThrow(Detached);
    await closing.stop();
  });

  it('is stopped on the host when its time is up, even while nobody is there', async () => {
    const letGo = new AbortController();
    const attemptId = freshAttempt();
    const pending = performCommand(world.executor, world.host, 'echo begun; sleep 600', {
      attemptId,
      timeoutSeconds: 1,
      detach: letGo.signal,
      onOutput: async () => letGo.abort(),
    });
    await expect(pending).rejects.toThrow(Detached);
    await expect.poll(() => existsSync(attempt(attemptId, 'exit')), { timeout: 10_000 }).toBe(true);
    const { result } = await performCommand(world.executor, world.host, 'echo begun; sleep 600', {
      attemptId,
    });
    expect(result).toMatchObject({ outcome: 'failed', errorClass: 'timed_out' });
  });

  it('leaves its follower no work behind when Chiffon lets go', async () => {
    const letGo = new AbortController();
    const pending = performCommand(world.executor, world.host, 'echo begun; sleep 3', {
      detach: letGo.signal,
      onOutput: async () => letGo.abort(),
    });
    await expect(pending).rejects.toThrow(Detached);
    await expect.poll(() => processesWith(`-s chiffon ${world.home}`), { timeout: 10_000 }).toEqual([]);
  });

  it('has an unknown outcome when its supervisor is gone without a word', async () => {
    const attemptId = freshAttempt();
    const { result, out, err } = await performCommand(world.executor, world.host, 'echo begun; sleep 2', {
      attemptId,
      onOutput: async () => {
        process.kill(Number(readFileSync(attempt(attemptId, 'pid'), 'utf8')), 'SIGKILL');
      },
    });
    expect(result).toMatchObject({ outcome: 'unknown', exitCode: null, errorClass: 'outcome_unknown' });
    expect(result.summary).toContain('nobody can say');
    // What the shell on the host has to say about it is no output of the command.
    expect([out, err]).toEqual(['begun\n', '']);
  });

  it('has an unknown outcome when the host was restarted under it', async () => {
    const letGo = new AbortController();
    const attemptId = freshAttempt();
    const how = { attemptId, detach: letGo.signal, onOutput: async () => letGo.abort() };
    await expect(performCommand(world.executor, world.host, 'echo begun; sleep 2', how)).rejects.toThrow(
      Detached,
    );
    writeFileSync(attempt(attemptId, 'boot_id'), 'an earlier boot\n');
    const { result } = await performCommand(world.executor, world.host, 'echo begun; sleep 2', { attemptId });
    expect(result).toMatchObject({ outcome: 'unknown', errorClass: 'outcome_unknown' });
    expect(result.summary).toContain('was restarted');
  });

  it('keeps what it wrote before its outcome became unknown', async () => {
    const attemptId = freshAttempt();
    mkdirSync(attempt(attemptId, '.'), { recursive: true });
    for (const [file, content] of Object.entries({
      pid: '999999999\n',
      boot_id: 'old\n',
      out: 'half',
      err: '',
    })) {
      writeFileSync(attempt(attemptId, file), content);
    }
    const { result, out } = await performCommand(world.executor, world.host, 'echo never', { attemptId });
    expect([result.outcome, out]).toEqual(['unknown', 'half']);
  });

  it('runs in the login directory with nothing to read', async () => {
    const { out } = await performCommand(world.executor, world.host, 'pwd; cat; echo "[$?]"');
    expect(out).toBe(`${world.home}\n[0]\n`);
  });

  it.each([
    ["echo 'it'\\''s'", "it's\n"],
    ['printf "%s\\n" "a\\\\b" \'$HOME\' "`echo c`"', 'a\\b\n$HOME\nc\n'],
    ["cat <<'X'\nEOF\nmain\nX", 'EOF\nmain\n'],
    ['echo "ü 🌷 \\$"', 'ü 🌷 $\n'],
    ['echo one # comment', 'one\n'],
  ])('reaches the shell to the letter: %j', async (command, expected) => {
    expect((await performCommand(world.executor, world.host, command)).out).toBe(expected);
  });

  it('that is no program the shell can read fails without harm', async () => {
    const { result } = await performCommand(world.executor, world.host, 'if true; then echo "open');
    expect(result).toMatchObject({ outcome: 'failed', exitCode: 2 });
  });

  it('counts as stopped by its own exit code, however large its output', async () => {
    const { result, out } = await performCommand(
      world.executor,
      world.host,
      'head -c 3000000 /dev/zero | tr "\\0" y; exit 7',
    );
    expect([result.exitCode, out.length]).toEqual([7, 3_000_000]);
  });

  it('is not started where its folder cannot be written, and says why', async () => {
    const blocked = await openSandboxWorld();
    writeFileSync(join(blocked.home, '.chiffon', 'attempts'), 'in the way');
    const { result } = await performCommand(blocked.executor, blocked.host, 'echo no');
    expect(result).toMatchObject({ outcome: 'failed', exitCode: null });
    expect(result.summary).toMatch(/^Nothing was started: .*(Not a directory|File exists|nonexistent)/i);
    await blocked.stop();
  });

  it('works where there is neither setsid nor perl nor python', async () => {
    const programs = join(world.directory, 'bin');
    mkdirSync(programs);
    for (const program of 'awk cat cmp cp cut date dd df env find head mkdir mv printf ps rm sed sleep sync tail tr wc'.split(
      ' ',
    )) {
      const path = ['/usr/bin', '/bin']
        .map((folder) => join(folder, program))
        .find((file) => existsSync(file));
      if (path !== undefined) symlinkSync(path, join(programs, program));
    }
    const bare = await openSandboxWorld({ environment: { PATH: programs } });
    const { out } = await performCommand(
      bare.executor,
      bare.host,
      'command -v setsid perl python3; echo fine',
    );
    expect(out).toBe('fine\n');
    const stop = new AbortController();
    const nap = `sleep 8${String(Date.now()).slice(-7)}`;
    const { result } = await performCommand(bare.executor, bare.host, `echo begun; ${nap}`, {
      signal: stop.signal,
      onOutput: async () => stop.abort(),
    });
    expect(result.outcome).toBe('cancelled');
    expect(processesWith(nap)).toEqual([]);
    await bare.stop();
  });

  it('is forgotten after seven days, a large one after one, and never before it is finished', async () => {
    const boot = readFileSync(join(world.home, '.chiffon', 'boot_id'), 'utf8').split('\n')[0];
    const uptime = Math.trunc(Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]));
    const days = (count: number) => uptime - count * 86_400;
    const plant = (id: string, ended: number | null, bytes = 0) => {
      const folder = attempt(`old-${id}`, '.');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'boot_id'), `${boot}\n`);
      writeFileSync(join(folder, 'out'), '');
      truncateSync(join(folder, 'out'), bytes);
      if (ended !== null) writeFileSync(join(folder, 'exit'), `0 exited ${ended - 5} ${ended}\n`);
      // What the calendar says is not asked: a clock that is set right may jump by years.
      const longAgo = new Date(Date.now() - 900 * 24 * 3600 * 1000);
      utimesSync(folder, longAgo, longAgo);
    };
    plant('finished', days(8));
    plant('large', days(2), 200_000_000);
    plant('medium', days(2), 50_000_000);
    plant('just-now', days(0));
    plant('unfinished', null);
    writeFileSync(join(world.home, '.chiffon', 'attempts', '.swept'), 'some day before\n');
    await performCommand(world.executor, world.host, 'true');
    const kept = () =>
      readdirSync(join(world.home, '.chiffon', 'attempts')).filter((name) => name.startsWith('old-'));
    await expect
      .poll(() => kept().sort(), { timeout: 10_000 })
      .toEqual(['old-just-now', 'old-medium', 'old-unfinished']);
  });

  it('takes the shell of the one before it, when that ended at once', async () => {
    const shells = () => processesWith(`-s chiffon ${world.home}`).map((line) => line.trim().split(/\s+/)[1]);
    // On a busy machine nothing ends at once, so it is tried again.
    await expect
      .poll(
        async () => {
          await performCommand(world.executor, world.host, 'true');
          const [waiting] = shells();
          await performCommand(world.executor, world.host, 'true');
          return waiting !== undefined && shells().includes(waiting);
        },
        { timeout: 30_000 },
      )
      .toBe(true);
    await expect.poll(shells, { timeout: 10_000 }).toEqual([]);
  });

  it('is carried out once also when the shell that waited for it is gone', async () => {
    for (let times = 0; times < 10; times += 1) {
      await performCommand(world.executor, world.host, 'true');
      world.dropConnections();
      const { result, out } = await performCommand(
        world.executor,
        world.host,
        `echo x >>gone-${times}; echo done`,
      );
      expect([result.outcome, out]).toEqual(['succeeded', 'done\n']);
      expect(readFileSync(join(world.home, `gone-${times}`), 'utf8')).toBe('x\n');
    }
  });

  it('refuses ids that are no names', async () => {
    for (const attemptId of ['', '..', 'a/b', "a'b", '-x', 'a b']) {
      await expect(performCommand(world.executor, world.host, 'true', { attemptId })).rejects.toThrow(
        TypeError,
      );
    }
  });
});
