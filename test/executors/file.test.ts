import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FileStep } from '#core/step.ts';
import { createStepExecutor } from '#executors/create-step-executor.ts';
import { performFile } from '#executors/file/perform-file.ts';
import type { PerformOptions } from '#flow/executor-port.ts';
import { freshAttempt, shellStep } from './support/perform-command.ts';
import { contractJudge, openSandboxWorld, type SandboxWorld } from './support/sandbox-world.ts';

describe('a file step', () => {
  let world: SandboxWorld;
  beforeAll(async () => {
    world = await openSandboxWorld();
  });
  afterAll(async () => {
    await world.stop();
  });

  const step = (path: string, content: string, mode = '0644'): FileStep => {
    const { command: _, ...common } = shellStep(world.host, 'unused');
    return { ...common, uses: 'file', path, content, mode };
  };
  const options = (more: Partial<PerformOptions> = {}): PerformOptions => {
    const never = new AbortController().signal;
    const given = { attemptId: freshAttempt(), resumeAt: { out: 0, err: 0 }, signal: never, detach: never };
    return { ...given, onOutput: async () => {}, ...more };
  };
  const write = async (path: string, content: string, mode?: string) =>
    await world.executor.perform(step(path, content, mode), options());
  const at = (path: string) => join(world.home, path);

  it.each([
    ['plain', 'one\ntwo\n'],
    ['no line feed at the end', 'one'],
    ['empty', ''],
    ['quotes and dollars', `'it''s' "$HOME" \`id\` \\n \\\\ %s %% $(reboot)\n`],
    ['unicode', 'grüße 🌷 ﻿\u2028\n'],
    ['carriage returns', 'a\r\nb\r\n'],
    ['blank lines around', '\n\n x \n\n\n'],
    ['large', 'x'.repeat(700_000)],
  ])('arrives to the letter: %s', async (name, content) => {
    expect(await write(`letters/${name}`, content, '0600')).toMatchObject({
      outcome: 'succeeded',
      records: { file: 'created' },
    });
    expect(readFileSync(at(`letters/${name}`), 'utf8')).toBe(content);
    expect(statSync(at(`letters/${name}`)).mode & 0o777).toBe(0o600);
  });

  it('keeps its time limit on a host that accepts connections and then says nothing', async () => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => void sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const hosts = world.hosts.map((host) => ({ ...host, port }));
    const executor = createStepExecutor({
      hosts,
      knownHostsFile: world.knownHostsFile,
      judge: contractJudge,
    });
    const began = performance.now();
    const result = await executor.perform({ ...step('late', 'x'), timeoutSeconds: 1 }, options());
    expect(result).toMatchObject({ outcome: 'failed', errorClass: 'timed_out' });
    expect(result.summary).toContain('within 1 s');
    expect(performance.now() - began).toBeLessThan(5_000);

    const stop = AbortSignal.timeout(50);
    expect(await executor.perform(step('late', 'x'), options({ signal: stop }))).toMatchObject({
      outcome: 'cancelled',
    });
    for (const socket of sockets) socket.destroy();
    server.close();
    await executor.close();
  });

  it('whose connection broke after it was sent has an unknown outcome, and is not called failed', async () => {
    const broken = {
      reached: false,
      errorClass: 'network_error',
      reason: 'The connection was lost.',
      mayPass: false,
      mayHaveRun: true,
    } as const;
    const result = await performFile(async () => broken, step('half', 'x'), options());
    expect(result).toMatchObject({ outcome: 'unknown', errorClass: 'outcome_unknown' });
    const unsent = { ...broken, mayHaveRun: false };
    expect(await performFile(async () => unsent, step('half', 'x'), options())).toMatchObject({
      outcome: 'failed',
      errorClass: 'network_error',
    });
  });

  it.each(["it's here.txt", 'a b/$HOME', '-rf', 'new\nline', '`id`'])(
    'may be called anything: %j',
    async (path) => {
      await write(path, 'here\n');
      expect(readFileSync(at(path), 'utf8')).toBe('here\n');
    },
  );

  it('keeps what was there before, and only when it differs', async () => {
    await write('kept', 'first\n');
    expect(existsSync(at('kept.chiffon-before'))).toBe(false);
    const replaced = await write('kept', 'second\n');
    expect(replaced).toMatchObject({ records: { file: 'replaced' } });
    expect(replaced.summary).toContain('kept beside it');
    expect(await write('kept', 'second\n')).toMatchObject({ records: { file: 'unchanged' } });
    expect(readFileSync(at('kept'), 'utf8')).toBe('second\n');
    expect(readFileSync(at('kept.chiffon-before'), 'utf8')).toBe('first\n');
  });

  it('leaves no scraps beside the file', async () => {
    await write('tidy/file', 'a');
    await write('tidy/file', 'b');
    expect(readdirSync(at('tidy')).sort()).toEqual(['file', 'file.chiffon-before']);
  });

  it('may be written by its absolute path', async () => {
    const path = join(world.directory, 'elsewhere', 'file');
    await write(path, 'there\n');
    expect(readFileSync(path, 'utf8')).toBe('there\n');
  });

  it('changes the file behind a link and leaves the link', async () => {
    mkdirSync(at('linked'));
    writeFileSync(at('linked/real'), 'old\n');
    symlinkSync('real', at('linked/link'));
    await write('linked/link', 'new\n');
    expect(readFileSync(at('linked/real'), 'utf8')).toBe('new\n');
    expect(readdirSync(at('linked')).sort()).toEqual(['link', 'real', 'real.chiffon-before']);
  });

  it('fails with a sentence where a folder stands in its place, or a file in its folder', async () => {
    mkdirSync(at('in-the-way'));
    const folder = await write('in-the-way', 'x');
    expect(folder).toMatchObject({ outcome: 'failed', exitCode: 21 });
    expect(folder.summary).toContain('is a folder');
    writeFileSync(at('a-file'), '');
    expect(await write('a-file/below', 'x')).toMatchObject({ outcome: 'failed' });
  });

  it('is not begun when the run was stopped before', async () => {
    const result = await world.executor.perform(step('never', 'x'), {
      attemptId: freshAttempt(),
      resumeAt: { out: 0, err: 0 },
      onOutput: async () => {},
      signal: AbortSignal.abort(),
      detach: new AbortController().signal,
    });
    expect([result.outcome, existsSync(at('never'))]).toEqual(['cancelled', false]);
  });

  describe('rehearsed', () => {
    const present = (path: string, content: string | Buffer, mode = 0o644) => {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), content);
      chmodSync(at(path), mode);
    };

    it('shows a new file as added lines and touches nothing', async () => {
      const said = await world.executor.rehearse(step('fresh/file', 'one\ntwo\n'));
      expect(said).toEqual({
        note: 'fresh/file will be created (2 lines, mode 0644).',
        diff: '--- /dev/null\n+++ ./fresh/file\n@@ -0,0 +1,2 @@\n+one\n+two\n',
      });
      expect(existsSync(at('fresh'))).toBe(false);
    });

    it('shows what changes in a file that is there, and a change of mode', async () => {
      present('changing', 'one\ntwo\n', 0o600);
      const said = await world.executor.rehearse(step('changing', 'one\n2\n'));
      expect(said?.diff).toContain('-two\n+2\n');
      expect(said?.note).toContain('mode changes from 0600 to 0644');
    });

    it('says when nothing changes', async () => {
      present('same', 'x\n');
      expect(await world.executor.rehearse(step('same', 'x\n'))).toEqual({
        note: 'same is already as planned.',
      });
    });

    it('does not compare what is not text or too large', async () => {
      present('binary', Buffer.from([0, 1, 2, 255]));
      present('latin', Buffer.from([0x67, 0x72, 0xfc]));
      present('huge', Buffer.alloc(1_100_000, 'a'));
      const notes = ['binary', 'latin', 'huge'].map(
        async (path) => await world.executor.rehearse(step(path, 'x')),
      );
      for (const said of await Promise.all(notes)) expect(said?.diff).toBeUndefined();
      expect((await notes[0])?.note).toContain('not text');
      expect((await notes[2])?.note).toContain('too large');
    });

    it('says when a folder is in the way', async () => {
      mkdirSync(at('some-folder'));
      expect((await world.executor.rehearse(step('some-folder', 'x')))?.note).toContain('is a folder');
    });

    it('says when the host cannot be reached', async () => {
      const said = await world.executor.rehearse({ ...step('file', 'x'), target: world.unreachableHost });
      expect(said?.note).toContain('cannot be reached');
    });
  });
});
