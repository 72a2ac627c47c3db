import { globSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ensureConsole } from '../../tools/ensure-console.ts';
import { folderWith } from '../platform/config/in-folder.ts';

/** A checkout whose console was last changed in the given year. */
function checkout(changedIn: number): {
  root: string;
  built: string[];
  build: (outDir: string) => Promise<void>;
} {
  const root = folderWith({
    'src/console/index.html': 'source',
    'src/core/card.ts': 'source',
    'vite.config.ts': '',
  });
  for (const file of globSync('**', { cwd: root }))
    utimesSync(path.join(root, file), new Date(), new Date(changedIn, 0));
  const built: string[] = [];
  const build = async (outDir: string): Promise<void> => {
    built.push(outDir);
    mkdirSync(outDir, { recursive: true });
    writeFileSync(path.join(outDir, 'index.html'), `page ${built.length}`);
  };
  return { root, built, build };
}

test('the console is built when it is missing, and only then', async () => {
  const { root, built, build } = checkout(2020);
  expect(await ensureConsole(root, build)).toBe('built');
  expect(await ensureConsole(root, build)).toBe('fresh');
  expect(built).toHaveLength(1);
  expect(readFileSync(path.join(root, 'dist/console/index.html'), 'utf8')).toBe('page 1');
});

test.each(['src/console/index.html', 'src/core/card.ts', 'vite.config.ts'])(
  'the console is built anew when %s has changed since',
  async (file) => {
    const { root, build } = checkout(2020);
    await ensureConsole(root, build);
    utimesSync(path.join(root, file), new Date(), new Date(2100, 0));
    expect(await ensureConsole(root, build)).toBe('built');
    expect(readFileSync(path.join(root, 'dist/console/index.html'), 'utf8')).toBe('page 2');
  },
);

test('a build that fails leaves the console of before, and no pieces', async () => {
  const { root, build } = checkout(2020);
  await ensureConsole(root, build);
  utimesSync(path.join(root, 'vite.config.ts'), new Date(), new Date(2100, 0));
  const fail = async (outDir: string): Promise<void> => {
    await build(outDir);
    throw new Error('no room on the disk');
  };
  await expect(ensureConsole(root, fail)).rejects.toThrow('no room on the disk');
  expect(readFileSync(path.join(root, 'dist/console/index.html'), 'utf8')).toBe('page 1');
  expect(globSync('dist/*', { cwd: root })).toEqual(['dist/console']);
});
