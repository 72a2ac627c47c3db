import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { type LoadedConfig, loadConfig } from '#platform/config/load-config.ts';
import type { Mistake } from '#platform/config/mistake.ts';

/** A folder for one test, with files of mode 0600 in it. Removed when the test is over. */
export function folderWith(files: Readonly<Record<string, string | Buffer>> = {}): string {
  const folder = mkdtempSync(path.join(realpathSync(os.tmpdir()), 'chiffon-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    chmodSync(file, 0o600);
  }
  return folder;
}

/** Loads `chiffon.yaml` with this text, beside the other files. */
export function loadText(
  yaml: string,
  given: {
    readonly environment?: Record<string, string>;
    readonly files?: Record<string, string | Buffer>;
  } = {},
): LoadedConfig {
  const cwd = folderWith({ ...given.files, 'chiffon.yaml': yaml });
  return loadConfig({ file: 'chiffon.yaml', environment: { HOME: cwd, ...given.environment }, cwd });
}

/** The mistakes of a configuration that must have some. */
export function mistakesOf(loaded: LoadedConfig): readonly Mistake[] {
  if (loaded.ok) throw new Error('the configuration was taken without complaint');
  return loaded.mistakes;
}

/** The configuration of a file that must be taken. */
export function configOf(loaded: LoadedConfig): Extract<LoadedConfig, { ok: true }>['config'] {
  if (loaded.ok) return loaded.config;
  throw new Error(loaded.mistakes.map(({ line, problem }) => `${line}: ${problem}`).join('\n'));
}
