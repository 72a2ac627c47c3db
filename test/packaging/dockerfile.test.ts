import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Instruction, reachesTheBuild, readCopy, readDockerfile, root } from './dockerfile.ts';

const stages = readDockerfile();
const last = stages.at(-1);
if (last === undefined) throw new Error('the Dockerfile has no stage');
const names = stages.map(({ name }) => name);
const copies = stages.flatMap(({ instructions }, stage) =>
  instructions
    .filter(({ name }) => name === 'COPY')
    .map((copy) => ({ stage, ...readCopy(copy), words: copy.words })),
);
const packageJson = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  devDependencies: Record<string, string>;
};

describe('the Dockerfile', () => {
  test('runs the very Node that the tests run with', () => {
    expect(new Set(stages.map(({ image }) => image))).toEqual(
      new Set([`node:${packageJson.devDependencies['node']}-bookworm-slim`]),
    );
  });

  test.each(copies.filter(({ from }) => from === null))(
    'copies what is in the checkout: $words',
    ({ sources }) => {
      for (const source of sources) {
        expect(existsSync(path.join(root, source)), source).toBe(true);
        expect(reachesTheBuild(source), `${source} is kept out by .dockerignore`).toBe(true);
      }
    },
  );

  test.each(copies.filter(({ from }) => from !== null))(
    'copies from a stage that comes before: $words',
    ({ from, stage }) => {
      expect(names.slice(0, stage)).toContain(from);
    },
  );

  test('ends as somebody who is not root, and who owns the data folder', () => {
    expect(all('USER').map(({ words }) => words)).toEqual(['node']);
    expect(position('USER')).toBeGreaterThan(Math.max(...['COPY', 'RUN'].map((name) => lastPosition(name))));
    expect(
      all('RUN')
        .map(({ words }) => words)
        .join('\n'),
    ).toContain('install -d -o node -g node -m 0700 /data');
    expect(
      all('ENV')
        .map(({ words }) => words)
        .join(' '),
    ).toContain('CHIFFON_DATA=/data');
  });

  test('takes `docker run chiffon <command>`, starts without one, and knows whether it is well', () => {
    expect(all('ENTRYPOINT').map(({ words }) => words)).toEqual(['["chiffon"]']);
    expect(all('CMD').map(({ words }) => words)).toEqual(['["start"]']);
    expect(all('HEALTHCHECK')).toHaveLength(1);
    expect(all('HEALTHCHECK')[0]?.words).toContain('tools/container-health.ts');
  });

  test('brings the programs Chiffon calls, and leaves the developers’ packages out', () => {
    const runs = stages.flatMap(({ instructions }) => instructions.filter(({ name }) => name === 'RUN'));
    expect(
      all('RUN')
        .map(({ words }) => words)
        .join('\n'),
    ).toMatch(/apt-get install.*\bgit\b.*\bopenssh-client\b/);
    expect(runs.map(({ words }) => words).join('\n')).toContain('npm ci --omit=dev');
    expect(copies).toContainEqual(expect.objectContaining({ from: 'packages', target: 'node_modules' }));
  });

  test('carries no secret and no data of the machine that builds it', () => {
    const settings = stages.flatMap(({ instructions }) =>
      instructions.filter(({ name }) => /^(?:ENV|ARG)$/.test(name)),
    );
    expect(settings.map(({ words }) => words).join(' ')).not.toMatch(/token|password|secret|_URL/i);
    for (const file of [
      'data',
      '.git',
      '.env',
      'secrets',
      'node_modules',
      'dist',
      'test',
      'src/ledger/prisma-client',
    ]) {
      expect(reachesTheBuild(file), file).toBe(false);
    }
  });
});

function all(name: string): readonly Instruction[] {
  return last?.instructions.filter((instruction) => instruction.name === name) ?? [];
}

function position(name: string): number {
  return last?.instructions.findIndex((instruction) => instruction.name === name) ?? -1;
}

function lastPosition(name: string): number {
  return last?.instructions.findLastIndex((instruction) => instruction.name === name) ?? -1;
}
