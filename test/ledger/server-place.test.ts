import { spawnSync } from 'node:child_process';
import { chown, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { findServerPlace } from '#ledger/server-place.ts';

const isRoot = process.getuid?.() === 0;
const hasSetpriv = spawnSync('setpriv', ['--version']).status === 0;

let base: string;
/** A stand-in for the programs: only whether they can be reached matters here. */
let native: string;
let directory: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'chiffon-place-'));
  native = join(base, 'package', 'native');
  directory = join(base, 'data');
  await mkdir(join(native, 'bin'), { recursive: true });
  await mkdir(join(native, 'share', 'postgresql'), { recursive: true });
  await writeFile(join(native, 'bin', 'postgres'), '', { mode: 0o755 });
  await writeFile(join(base, 'package', 'package.json'), '{"version":"1"}');
  await mkdir(directory, { mode: 0o700 });
  await writeFile(join(directory, 'kept'), 'kept');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(base, { recursive: true, force: true });
});

test.skipIf(isRoot)('an ordinary user’s server runs as that user, where it is', async () => {
  expect(await findServerPlace(directory, native)).toEqual({
    native,
    home: directory,
    owner: null,
    rights: [],
  });
});

describe.skipIf(!isRoot)('root’s server', () => {
  test('runs as a user of its own with no rights more, where everything can be reached', async () => {
    spawnSync('chmod', ['755', base]);
    const place = await findServerPlace(directory, native);
    expect(place).toMatchObject({ native, home: directory, rights: [] });
    expect(place.owner).toBeGreaterThan(0);
    expect((await stat(directory)).uid).toBe(place.owner);
  });

  test('keeps the user it had', async () => {
    spawnSync('chmod', ['755', base]);
    await chown(directory, 61_000, 61_000);
    expect((await findServerPlace(directory, native)).owner).toBe(61_000);
  });

  test.skipIf(!hasSetpriv)(
    'may pass through what it doesn’t own, and no more, where it can’t reach its files',
    async () => {
      const place = await findServerPlace(directory, native);
      expect(place).toMatchObject({ native, home: directory });
      expect(place.rights).toContain('--ambient-caps=-all,+dac_read_search');
      expect(place.rights).toContain('--bounding-set=-all,+dac_read_search');
    },
  );

  test('moves to a place everybody reaches where that right is withheld, and stays there', async () => {
    vi.stubEnv('PATH', join(base, 'nothing-here'));
    const reachable = await mkdtemp('/var/tmp/chiffon-reachable-');
    await rm(reachable, { recursive: true });
    try {
      const place = await findServerPlace(directory, native, reachable);
      expect(place.rights).toEqual([]);
      expect(place.home.startsWith(reachable)).toBe(true);
      expect(place.native.startsWith(reachable)).toBe(true);
      expect(await readFile(join(place.home, 'kept'), 'utf8')).toBe('kept');
      expect((await stat(join(place.home, 'kept'))).uid).toBe(place.owner);
      expect((await readFile(join(directory, 'moved-to'), 'utf8')).trim()).toBe(place.home);
      vi.unstubAllEnvs();
      expect(await findServerPlace(directory, native, reachable)).toEqual(place);
    } finally {
      await rm(reachable, { recursive: true, force: true });
    }
  });

  test('says what to do when there is no such place', async () => {
    vi.stubEnv('PATH', join(base, 'nothing-here'));
    await expect(findServerPlace(directory, native, join(base, 'hidden', 'too'))).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(/Start Chiffon as an ordinary user, or choose a data directory/),
    });
  });
});
