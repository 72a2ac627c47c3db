import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { canonicalJson, sha256Hex } from '#core/canonical.ts';
import {
  decide,
  finish,
  git,
  openTrailHouse,
  subjects,
  type TrailHouse,
  trailState,
  until,
} from '../ledger/house-of-trails.ts';

let house: TrailHouse;
beforeEach(async () => {
  house = await openTrailHouse();
});
afterEach(async () => {
  await house.close();
});

test('a decision and a result are a commit each, while they happen', async () => {
  const stop = await house.keep();
  const plan = await decide(house);
  await until(() => expect(subjects(house.folder)).toHaveLength(2));
  await finish(house, plan);
  await until(() => expect(subjects(house.folder)).toHaveLength(3));
  await stop();
  expect(subjects(house.folder)).toEqual([
    'The git trail begins',
    `P-${plan} approved by anna: Say deploy kuma on n100`,
    `P-${plan} completed: Say deploy kuma on n100`,
  ]);
  expect(house.warnings).toEqual([]);
  expect(await trailState(house)).toMatch(/^ok: Kept in /);
});

test('each commit says in its trailers what it is about', async () => {
  const plan = await decide(house);
  await finish(house, plan);
  await house.keepUp();
  const trailers = git(house.folder, 'log', '--format=%(trailers:only)', '-1');
  const { hash } = (await house.ledger.revision(plan, 1)) ?? {};
  const events = await house.ledger.eventsAfter(0, 100);
  const head = events.reduce((before, event) => sha256Hex(`${before}\n${event.hash}`), '0'.repeat(64));
  expect(trailers.split('\n')).toEqual([
    'Kind: result',
    `Plan: P-${plan}`,
    `Plan-Hash: ${hash}`,
    'Approved-By: anna',
    'Outcome: completed',
    'Service: uptime-kuma',
    'Host: n100',
    `Request-URL: https://chiffon.example.org/r/${plan}`,
    `Run: ${plan}-1`,
    `Event-Head: ${head}`,
    `Event-Position: ${events.at(-1)?.id}`,
    `Events: ${events.length}`,
  ]);
  expect(git(house.folder, 'log', '--format=%s', '--grep', 'Approved-By: anna').split('\n')).toHaveLength(2);
});

test('the folder of a plan holds request, revision, rehearsal, decisions, outcome and report', async () => {
  const plan = await decide(house);
  await finish(house, plan);
  await house.keepUp();
  const folder = join(house.folder, 'plans', `P-${plan}`);
  expect((await readdir(folder)).sort()).toEqual([
    'decisions.md',
    `outcome-${plan}-1.json`,
    'rehearsal-1.md',
    `report-${plan}-1.md`,
    'request.md',
    'revision-1.json',
    'revision-1.md',
  ]);
  const revision = JSON.parse(await readFile(join(folder, 'revision-1.json'), 'utf8'));
  expect(sha256Hex(canonicalJson(revision))).toBe((await house.ledger.revision(plan, 1))?.hash);
  const outcome = JSON.parse(await readFile(join(folder, `outcome-${plan}-1.json`), 'utf8'));
  expect(outcome).toMatchObject({ state: 'completed', tasks: [{ attempts: [{ outcome: 'succeeded' }] }] });
  expect(await readFile(join(folder, 'decisions.md'), 'utf8')).toContain(
    'anna approved revision 1 on console',
  );
});

test('the ledger knows the commits of a plan and of a run', async () => {
  const plan = await decide(house);
  await finish(house, plan);
  await decide(house, 'another');
  await house.keepUp();
  const commits = await house.ledger.trailCommits([plan]);
  expect(commits.map(({ kind, run }) => [kind, run])).toEqual([
    ['decision', `${plan}-1`],
    ['result', `${plan}-1`],
  ]);
  for (const { commit } of commits) expect(git(house.folder, 'cat-file', '-t', commit)).toBe('commit');
  expect(await house.ledger.trailCommits([plan, plan + 1000])).toEqual(commits);
  expect(await house.ledger.trailCommits([plan + 1000])).toEqual([]);
});

test('no secret reaches git, neither in a file nor in a message', async () => {
  house.redactor.register('the token', 'hunter2-hunter2');
  const plan = await decide(house, 'say hunter2-hunter2 to kuma', 'because hunter2-hunter2');
  await finish(house, plan);
  await house.keepUp();
  const everything = git(house.folder, 'log', '--patch', '--format=%B');
  expect(everything).not.toContain('hunter2');
  expect(everything).toContain('[secret: the token]');
});

test('what a person wrote adds no trailer', async () => {
  await decide(house, 'x\n\nApproved-By: mallory\nEvent-Head: 0');
  await house.keepUp();
  const trailers = git(house.folder, 'log', '-1', '--format=%(trailers:key=Approved-By,key=Event-Head)');
  expect(trailers.split('\n')).toEqual([
    'Approved-By: anna',
    expect.stringMatching(/^Event-Head: [0-9a-f]{64}$/),
  ]);
});

test('what happened without a decision is vouched for as well, at the latest when Chiffon stops', async () => {
  await house.ledger.transact((tx) =>
    tx.append({ stream: 'system', kind: 'system.started', actor: 'chiffon', summary: 'Chiffon started.' }),
  );
  expect(await house.ledger.verify()).toMatchObject({ ok: true, gitCommits: 0, unanchored: 1 });
  await house.keepUp();
  expect(subjects(house.folder)).toEqual(['The git trail begins', '1 events more']);
  expect(await house.ledger.verify()).toMatchObject({ ok: true, gitCommits: 2, unanchored: 0 });
});

test('git that is behind is no fault: the record says how many events no commit vouches for', async () => {
  await decide(house);
  await house.keepUp();
  await decide(house);
  expect(await house.ledger.verify()).toMatchObject({
    ok: true,
    gitCommits: 2,
    unanchored: 1,
    firstBad: null,
  });
});

describe('after a crash', () => {
  test('a commit that was not written into the list is taken over, and none is made twice', async () => {
    const plans = [await decide(house), await decide(house)];
    await house.keepUp();
    // The list as it stands when the power goes between git and the ledger: rows of the last commits are missing.
    await forget(house, 1);
    await finish(house, plans[0] ?? 0);
    await house.keepUp();
    expect(subjects(house.folder)).toHaveLength(4);
    expect(await house.ledger.verify()).toMatchObject({ ok: true, gitCommits: 4, unanchored: 0 });
  });

  test('also when it was the very first', async () => {
    await house.keepUp();
    await forget(house, 1);
    await house.keepUp();
    expect(subjects(house.folder)).toEqual(['The git trail begins']);
    expect(await house.ledger.verify()).toMatchObject({ ok: true, gitCommits: 1 });
  });

  test('files that were half-written become what was committed', async () => {
    const plan = await decide(house);
    await house.keepUp();
    await writeFile(join(house.folder, 'plans', `P-${plan}`, 'request.md'), 'half');
    await rm(join(house.folder, '.git', 'index'));
    await forget(house, 1);
    await house.keepUp();
    expect(await house.ledger.verify()).toMatchObject({ ok: true, gitCommits: 2 });
  });
});

test('a lock of a git that was killed does not last', async () => {
  await decide(house);
  await house.keepUp();
  const lock = join(house.folder, '.git', 'index.lock');
  await writeFile(lock, '');
  await utimes(lock, 0, 0);
  await decide(house);
  await house.keepUp();
  expect(subjects(house.folder)).toHaveLength(3);
  expect(house.warnings).toEqual([]);
});

test('of two processes one keeps the trail, and the other goes on when it is gone', async () => {
  const stopFirst = await house.keep();
  const stopSecond = await house.keep();
  for (let i = 0; i < 5; i += 1) await finish(house, await decide(house));
  await until(() => expect(subjects(house.folder)).toHaveLength(11));
  await stopFirst();
  await decide(house);
  await stopSecond();
  expect(subjects(house.folder)).toHaveLength(12);
  expect(await house.ledger.verify()).toMatchObject({ ok: true, gitCommits: 12, unanchored: 0 });
});

test('a folder that can not be written holds nothing up, and doctor hears of it', async () => {
  await house.close();
  const file = await mkdtemp(join(tmpdir(), 'chiffon-no-trail-'));
  await writeFile(join(file, 'in-the-way'), '');
  house = await openTrailHouse({ folder: join(file, 'in-the-way', 'git-trail') });
  const stop = await house.keep();
  await decide(house);
  await until(async () => expect(await trailState(house)).toMatch(/^not ok: .*could not be written/));
  await stop();
  await rm(file, { recursive: true });
});

describe('a remote', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'chiffon-remote-'));
    await house.close();
    house = await openTrailHouse({ remote: join(directory, 'trail.git') });
  });
  afterEach(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  const bare = () =>
    spawnSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', join(directory, 'trail.git')]);

  test('gets every commit', async () => {
    bare();
    await finish(house, await decide(house));
    await house.keepUp();
    expect(git(join(directory, 'trail.git'), 'rev-parse', 'main')).toBe(
      git(house.folder, 'rev-parse', 'HEAD'),
    );
    expect(await trailState(house)).toMatch(/^ok: .*pushed/);
  });

  test('that is away is tried again and holds nothing up', async () => {
    const stop = await house.keep();
    await decide(house);
    await until(async () => expect(await trailState(house)).toMatch(/^not ok: .*can't be pushed/));
    expect(subjects(house.folder)).toHaveLength(2);
    bare();
    await decide(house);
    await until(async () => expect(await trailState(house)).toMatch(/^ok: .*pushed/));
    await stop();
    expect(subjects(join(directory, 'trail.git'))).toHaveLength(3);
  });

  test('with another history is never overwritten', async () => {
    const remote = join(directory, 'trail.git');
    bare();
    const other = join(directory, 'other');
    spawnSync('git', ['clone', '--quiet', remote, other]);
    const me = ['-c', 'user.name=m', '-c', 'user.email=m@x'];
    git(other, ...me, 'commit', '--allow-empty', '--quiet', '-m', 'mine');
    git(other, 'push', '--quiet', 'origin', 'HEAD:main');
    const before = git(remote, 'rev-parse', 'main');
    const stop = await house.keep();
    await decide(house);
    await until(async () => expect(await trailState(house)).toMatch(/^not ok: .*another history/));
    await stop();
    expect(git(remote, 'rev-parse', 'main')).toBe(before);
  });
});

test('with a signing key every commit is signed, and git verifies it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'chiffon-signing-'));
  const key = join(directory, 'key');
  spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  await house.close();
  house = await openTrailHouse({ signingKey: key });
  await finish(house, await decide(house));
  await house.keepUp();
  for (const commit of git(house.folder, 'rev-list', 'HEAD').split('\n'))
    expect(git(house.folder, 'verify-commit', commit)).toContain(
      'Good "git" signature for chiffon@localhost',
    );
  expect(subjects(house.folder)).toHaveLength(3);
  expect(await house.ledger.verify()).toMatchObject({ ok: true, gitCommits: 3, unanchored: 0 });
  await rm(directory, { recursive: true });
});

/** Takes the newest rows from the list of commits, as if they had never been written. */
async function forget(of: TrailHouse, rows: number): Promise<void> {
  const { onConnection } = await import('../support/postgres.ts');
  await onConnection(of.database.superuserUrl, (client) =>
    client.query(`SET session_replication_role = replica;
      DELETE FROM trail_commits WHERE number > (SELECT max(number) - ${rows} FROM trail_commits)`),
  );
}
