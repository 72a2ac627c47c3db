import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readCopy, readDockerfile, root } from './dockerfile.ts';

// Each test starts processes, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 90_000 });

/** A folder with exactly the files the last stage copies, as they would lie in `/app`. */
let app: string;

beforeAll(() => {
  app = mkdtempSync(path.join(realpathSync(os.tmpdir()), 'chiffon-image-'));
  const copies =
    readDockerfile()
      .at(-1)
      ?.instructions.filter(({ name }) => name === 'COPY') ?? [];
  for (const { sources, target } of copies.map(readCopy)) {
    for (const source of sources.map((name) => name.replace(/^\/app\//, ''))) {
      const destination = path.join(
        app,
        target.endsWith('/') ? path.join(target, path.basename(source)) : target,
      );
      // Packages are the checkout's own, and the console is not needed by the commands tried here.
      if (source === 'node_modules') symlinkSync(path.join(root, source), destination);
      else if (source !== 'dist/console') cpSync(path.join(root, source), destination, { recursive: true });
    }
  }
  mkdirSync(path.join(app, 'bin'));
  symlinkSync(path.join(app, 'tools/container-chiffon'), path.join(app, 'bin/chiffon'));
});

afterAll(() => rmSync(app, { recursive: true, force: true }));

test('what the image copies is enough for `chiffon plan` to understand a sentence', () => {
  const ran = chiffon(['plan', 'deploy uptime kuma', '--json']);
  expect(ran.stderr).not.toMatch(/Cannot find|ERR_|Warning/);
  expect(JSON.parse(ran.stdout)).toMatchObject({ understood: true, intents: [{ command: 'deploy' }] });
  expect(ran.status).toBe(0);
});

test('`chiffon policy check` judges commands line by line', () => {
  const ran = chiffon(['policy', 'check', '--json'], { input: '{"cmd":"uptime"}\n{"cmd":"rm -rf /"}\n' });
  const verdicts = ran.stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { verdict: string }).verdict);
  expect(verdicts).toEqual(['allow', 'deny']);
});

test('`chiffon start` in the image wants a token before it listens to the network', () => {
  const ran = chiffon(['start', '--data', path.join(app, 'data')]);
  expect(ran.status).toBe(2);
  expect(ran.stderr).toContain('console.host');
  expect(ran.stderr).toContain('CHIFFON_TOKEN');
});

function chiffon(
  words: readonly string[],
  given: { readonly input?: string } = {},
): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(path.join(app, 'bin/chiffon'), words, {
    cwd: app,
    encoding: 'utf8',
    timeout: 60_000,
    input: given.input ?? '',
    env: {
      PATH: `${path.join(root, 'node_modules/.bin')}:${process.env['PATH']}`,
      HOME: app,
      CHIFFON_DATA: path.join(app, 'data'),
    },
  });
}
