import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fillRecord, tamper, tamperEverywhere } from '../ledger/house-of-tampering.ts';
import {
  decide,
  finish,
  git,
  openTrailHouse,
  type TrailHouse,
  trailHouseForTests,
  trailState,
  until,
} from '../ledger/house-of-trails.ts';

describe('whatever is done to the record shows, up to the last commit that vouches for it', () => {
  const house = trailHouseForTests();
  beforeAll(async () => {
    await fillRecord(house(), { streams: 2, rounds: 2, perRound: 6 });
  });

  test('and a record nobody touched is in order', async () => {
    expect(await tamper(house(), 'SELECT 1')).toEqual({
      ok: true,
      events: 24,
      streams: 2,
      gitCommits: 3,
      unanchored: 0,
      firstBad: null,
    });
  });

  test('twelve kinds, at the beginning, in the middle and at the end of a stream', async () => {
    const spots = [1, 2, 6, 7, 12].map((seq) => ({ stream: 'host:1', seq, length: 12 }));
    const { done, missed } = await tamperEverywhere(house(), spots);
    expect(missed).toEqual([]);
    expect(done).toBe(12 * 5 - 6);
  });
});

describe('whatever is done to git shows', () => {
  let house: TrailHouse;
  let plan: number;
  beforeEach(async () => {
    house = await openTrailHouse();
    plan = await decide(house);
    await finish(house, plan);
    await decide(house, 'another');
    await house.keepUp();
    expect(await house.ledger.verify()).toMatchObject({ ok: true, gitCommits: 4 });
  });
  afterEach(async () => {
    await house.close();
  });
  const me = ['-c', 'user.name=Chiffon', '-c', 'user.email=chiffon@localhost'];
  const bad = async (): Promise<string> => {
    const { ok, firstBad } = await house.ledger.verify();
    expect(ok).toBe(false);
    expect(firstBad?.stream).toBe('git');
    return firstBad?.why ?? '';
  };

  test('the newest commits cut off', async () => {
    git(house.folder, 'reset', '--hard', '--quiet', 'HEAD~2');
    expect(await bad()).toMatch(/^commit [0-9a-f]{10} is gone from the git trail, with 2 commits in all$/);
  });

  test('a commit written anew', async () => {
    git(house.folder, ...me, 'commit', '--amend', '--quiet', '--allow-empty', '-m', 'something else');
    expect(await bad()).toMatch(/its history was rewritten/);
  });

  test('a history written anew from the beginning, with the same messages', async () => {
    git(
      house.folder,
      // Whoever is too fast with the same name writes the very same commits again, and has changed nothing.
      '-c',
      'user.name=Chiffon',
      '-c',
      'user.email=chiffon@elsewhere',
      'rebase',
      '--quiet',
      '--root',
      '--force-rebase',
      '--committer-date-is-author-date',
    );
    expect(await bad()).toMatch(/its history was rewritten/);
  });

  test('a commit added that is not Chiffon’s', async () => {
    git(house.folder, ...me, 'commit', '--quiet', '--allow-empty', '-m', 'mine');
    expect(await bad()).toMatch(/was not written by Chiffon/);
  });

  test('a file changed in the folder', async () => {
    await writeFile(join(house.folder, 'plans', `P-${plan}`, 'decisions.md'), 'Nobody approved anything.\n');
    expect(await bad()).toBe(
      `the file plans/P-${plan}/decisions.md of the git trail is not as it was committed`,
    );
  });

  test('an object of git’s store damaged', async () => {
    const tree = git(house.folder, 'rev-parse', 'HEAD:plans');
    await rm(join(house.folder, '.git', 'objects', tree.slice(0, 2), tree.slice(2)));
    expect(await bad()).toMatch(/git's own store is broken: (missing tree|broken link)/);
  });

  test('the repository deleted, and the one that begins anew', async () => {
    await rm(house.folder, { recursive: true });
    expect(await bad()).toMatch(/the git trail is gone/);
    await house.keepUp();
    expect(await bad()).toMatch(/lost and begun anew: 4 commits up to [0-9a-f]{10} are gone/);
    // What is linked to is the history that is there.
    for (const { commit } of await house.ledger.trailCommits([plan]))
      expect(git(house.folder, 'cat-file', '-t', commit)).toBe('commit');
    expect(await house.ledger.trailCommits([plan])).toHaveLength(2);
    expect(git(house.folder, 'log', '--format=%s').split('\n').at(-1)).toBe('The git trail begins anew');
  });

  test('an older copy of the folder put back: nothing is committed onto it until a person has looked', async () => {
    const copy = `${house.folder}.copy`;
    await cp(house.folder, copy, { recursive: true });
    await decide(house, 'a third');
    await house.keepUp();
    await rm(house.folder, { recursive: true });
    await cp(copy, house.folder, { recursive: true });
    expect(await bad()).toMatch(/is gone from the git trail, with 1 commit in all/);
    const stop = await house.keep();
    await until(async () => expect(await trailState(house)).toMatch(/^not ok: .*changed or cut/));
    await stop();
    expect(git(house.folder, 'log', '--format=%s').split('\n')).toHaveLength(4);
  });

  test('the list of commits changed in the database', async () => {
    const why = await tamper(house, `UPDATE trail_commits SET position = position + 1 WHERE number = 3`);
    expect(why).toMatchObject({ ok: false });
    const gone = await tamper(house, `DELETE FROM trail_commits WHERE number = 2`);
    expect(gone).toMatchObject({ ok: false, firstBad: { stream: 'git' } });
  });
});

test('an older copy of the database beside the newer trail: said by name, and nothing is committed onto it', async () => {
  const house = await openTrailHouse();
  await finish(house, await decide(house));
  await house.keepUp();
  const { onConnection } = await import('../support/postgres.ts');
  await onConnection(house.database.superuserUrl, (client) =>
    client.query(`BEGIN; SET LOCAL session_replication_role = replica;
      DELETE FROM events WHERE stream LIKE 'run:%'; DELETE FROM stream_heads WHERE stream LIKE 'run:%';
      DELETE FROM trail_commits WHERE kind = 'result'; COMMIT`),
  );
  const { ok, firstBad } = await house.ledger.verify();
  expect(ok).toBe(false);
  expect(firstBad).toMatchObject({
    stream: expect.stringMatching(/^run:/),
    seq: 1,
    why: expect.stringMatching(/^it is missing, and commit/),
  });
  const stop = await house.keep();
  await until(async () => expect(await trailState(house)).toMatch(/^not ok: .*older copy, or was changed/));
  await stop();
  await house.close();
});
