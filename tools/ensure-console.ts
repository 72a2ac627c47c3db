import { existsSync, globSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

/** What the console is made from, besides the packages. */
const sources = ['src/console/**', 'src/api/contract/**', 'src/core/**', 'vite.config.ts'];

/**
 * Sees to it that `dist/console` holds the console of these sources: builds it when it is missing or older than one of
 * them, and answers whether it did. The old one stays in place until the new one is complete.
 *
 * @throws whatever `build` throws; nothing is changed then.
 */
export async function ensureConsole(
  root: string,
  build: (outDir: string) => Promise<void>,
): Promise<'fresh' | 'built'> {
  const console = path.join(root, 'dist/console');
  const page = path.join(console, 'index.html');
  if (existsSync(page) && newestSource(root) <= statSync(page).mtimeMs) return 'fresh';

  // A folder of this process, so that two starts at the same time don't build into each other.
  const building = path.join(root, `dist/console-${process.pid}`);
  try {
    await build(building);
    mkdirSync(path.dirname(console), { recursive: true });
    rmSync(console, { recursive: true, force: true });
    renameSync(building, console);
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
  return 'built';
}

/** When a source was last written, in milliseconds since 1970. */
function newestSource(root: string): number {
  const files = globSync(sources, { cwd: root });
  return Math.max(0, ...files.map((file) => statSync(path.join(root, file)).mtimeMs));
}

async function buildWithVite(root: string, outDir: string): Promise<void> {
  process.stderr.write('Building the console, which takes a few seconds …\n');
  const { build } = await import('vite');
  await build({
    configFile: path.join(root, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir, emptyOutDir: true },
  });
}

if (import.meta.main) {
  const root = path.join(import.meta.dirname, '..');
  await ensureConsole(root, (outDir) => buildWithVite(root, outDir));
}
