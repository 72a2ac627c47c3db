import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ChiffonProcess, startChiffonProcess, temporaryDirectory } from '../support/chiffon-process.ts';
import { installDockerDouble } from '../support/docker-double.ts';
import { createRestClient, type RestClient } from '../support/rest-client.ts';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let chiffon: ChiffonProcess;
let owner: RestClient;

beforeAll(async () => {
  directory = await temporaryDirectory();
  const programs = join(directory.path, 'programs');
  await installDockerDouble(programs);
  chiffon = await startChiffonProcess({
    directory: join(directory.path, 'data'),
    environment: { PATH: `${programs}${delimiter}${process.env['PATH'] ?? ''}` },
  });
  owner = createRestClient(chiffon.url, chiffon.token);
}, 120_000);

afterAll(async () => {
  await chiffon?.stop();
  await directory?.remove();
}, 60_000);

async function carryOut(words: string, port?: number) {
  const asked = await owner.ask(port === undefined ? words : `${words} at port ${port}`);
  const plan = await owner.drafted(asked.planId ?? '');
  const decided = await owner.decide(
    plan,
    'approve',
    plan.confirmCode === null ? {} : { code: plan.confirmCode },
  );
  expect(decided.status, JSON.stringify([plan.note, decided.body])).toBe(200);
  const run = await owner.run(decided.body.runId ?? '', ['completed', 'failed'], 60);
  expect(run.state, JSON.stringify(run.tasks, null, 1)).toBe('completed');
  return { plan, run };
}

test('with Docker on the host a service comes by compose, with image and digest recorded, restarts, and goes again', async () => {
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const { plan, run } = await carryOut('deploy kuma', port);
  expect(plan.steps.filter((step) => step.uses === 'shell').map((step) => step.command)).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^docker compose -f .* pull$/),
      expect.stringMatching(/^docker compose -f .* up -d$/),
    ]),
  );
  const records = Object.assign(
    {},
    ...run.tasks.flatMap((task) => task.attempts.map((attempt) => attempt.records)),
  );
  expect(records).toMatchObject({
    image: expect.stringMatching(/uptime-kuma:\d/),
    digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
  });
  expect(run.card.link).toBe(`http://127.0.0.1:${port}/`);
  expect(await (await fetch(run.card.link ?? '')).text()).toContain('uptime-kuma');

  const home = join(directory.path, 'data/sandbox/home');
  expect(await readFile(join(home, 'services/uptime-kuma/compose.yaml'), 'utf8')).toContain(`${port}:3001`);
  await carryOut('restart kuma');
  await carryOut('remove kuma');
  expect(existsSync(join(home, 'services/uptime-kuma'))).toBe(false);
}, 120_000);
