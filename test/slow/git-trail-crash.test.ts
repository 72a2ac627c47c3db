import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decide, finish, git, subjects, trailHouseForTests } from '../ledger/house-of-trails.ts';

const house = trailHouseForTests();
const kills = Number(process.env['CHIFFON_TRAIL_KILLS'] ?? 12);

/** A process that does nothing but keep the trail. */
async function startKeeper(): Promise<ChildProcess> {
  const { folder, database } = house();
  const program = `
    import { createPostgresLedger } from ${JSON.stringify(import.meta.resolve('#ledger/postgres-ledger.ts'))};
    import { createRedactor } from ${JSON.stringify(import.meta.resolve('#platform/redaction/redactor.ts'))};
    const by = { authorName: 'Chiffon', authorEmail: 'chiffon@localhost', signingKey: null, remote: null };
    const trail = { ...by, folder: ${JSON.stringify(folder)} };
    const ledger = await createPostgresLedger({ url: ${JSON.stringify(database.url)}, applicationName: 'keeper', trail });
    const log = { info() {}, warn: (fields) => console.error(fields), error() {} };
    await ledger.keepTrail({ redaction: createRedactor(), pageOf: () => null, log });
    console.log('keeping');`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout ?? child, 'data');
  return child;
}

test(`killed ${kills} times while it commits, the trail lacks nothing and has nothing twice`, {
  timeout: 600_000,
}, async () => {
  const plans: number[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    const keeper = await startKeeper();
    const before = plans.length;
    const writing = (async () => {
      for (let i = 0; i < 4; i += 1) {
        const plan = await decide(house(), `plan ${before + i}`);
        plans.push(plan);
        await finish(house(), plan);
      }
    })();
    // Any moment will do; they are spread over the commits by the work that goes on meanwhile.
    await new Promise((done) => setTimeout(done, Math.random() * 600));
    keeper.kill('SIGKILL');
    await once(keeper, 'exit');
    await writing;
  }
  await house().keepUp();
  const said = subjects(house().folder).filter((subject) => subject.startsWith('P-'));
  const due = plans.flatMap((plan, i) => [
    `P-${plan} approved by anna: Say plan ${i} on n100`,
    `P-${plan} completed: Say plan ${i} on n100`,
  ]);
  expect(said.toSorted()).toEqual(due.toSorted());
  expect(await house().ledger.verify()).toMatchObject({ ok: true, unanchored: 0, firstBad: null });
  expect(git(house().folder, 'status', '--porcelain')).toBe('');
  const last = plans.at(-1);
  const report = join(house().folder, 'plans', `P-${last}`, `report-${last}-1.md`);
  expect(await readFile(report, 'utf8')).toContain('completed');
});
