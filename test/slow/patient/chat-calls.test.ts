import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type ChiffonProcess,
  startChiffonProcess,
  temporaryDirectory,
} from '../../support/chiffon-process.ts';
import {
  type DiscordDouble,
  realLimits,
  startDiscordDouble,
} from '../../support/discord-double/discord-double.ts';
import { type MatrixDouble, startMatrixDouble } from '../../support/matrix-double/start-matrix-double.ts';
import { createRestClient, type RestClient } from '../../support/rest-client.ts';

/** How long the run prints, in minutes; the promise is about ten (CHIFFON_CHAT_MINUTES=10), CI takes one. */
const minutes = Number(process.env['CHIFFON_CHAT_MINUTES'] ?? 1);
const linesAMinute = 10_000;

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let discord: DiscordDouble;
let matrix: MatrixDouble;
let chiffon: ChiffonProcess;
let owner: RestClient;
let room: string;

beforeAll(async () => {
  directory = await temporaryDirectory();
  discord = await startDiscordDouble({ limits: realLimits });
  matrix = await startMatrixDouble();
  matrix.limit({ perSecond: 0.2, burst: 10 });
  const bot = matrix.account('chiffon', 'Chiffon');
  const anna = matrix.person('anna');
  room = matrix.room([anna]);
  anna.invite(room, bot.userId);
  const account = discord.user('anna').id;
  await writeFile(
    join(directory.path, 'chiffon.yaml'),
    `people:
  - { id: anna, name: Anna, role: owner, accounts: ['discord:${account}', 'matrix:${anna.userId}'] }
discord: { home: '${discord.channel.id}' }
matrix: { homeserver: '${matrix.url}', userId: '${bot.userId}', rooms: ['${room}'], home: '${room}' }
`,
  );
  // An npm that has a lot to say and installs something that answers. Seventeen lines every tenth of a second is ten
  // thousand a minute.
  const programs = join(directory.path, 'programs');
  await mkdir(programs);
  await writeFile(
    join(programs, 'npm'),
    `#!/bin/sh
[ "$1" = install ] || { echo 11.0.0; exit 0; }
n=0
while [ $n -lt ${Math.round(minutes * linesAMinute)} ]; do
  for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17; do n=$((n + 1)); echo "npm http fetch GET 200 package-$n"; done
  sleep 0.1
done
program=node_modules/uptime-kuma
mkdir -p "$program/db/old_migrations" "$program/server"
echo 'SELECT 1;' >"$program/db/patch-1.sql"
echo "require('http').createServer((q, a) => a.end('fine')).listen(process.env.UPTIME_KUMA_PORT, process.env.UPTIME_KUMA_HOST)" >"$program/server/server.js"
`,
    { mode: 0o755 },
  );
  chiffon = await startChiffonProcess({
    directory: join(directory.path, 'data'),
    args: ['--config', join(directory.path, 'chiffon.yaml')],
    environment: {
      PATH: `${programs}:${process.env['PATH'] ?? ''}`,
      DISCORD_TOKEN: discord.token,
      DISCORD_API_URL: discord.apiUrl,
      MATRIX_TOKEN: bot.token,
    },
  });
  owner = createRestClient(chiffon.url, chiffon.token);
}, 120_000);

afterAll(async () => {
  await chiffon?.stop();
  await discord?.stop();
  await matrix?.stop();
  await directory?.remove();
}, 60_000);

test(
  `${minutes} min of ten thousand lines each are followed on both platforms without one refusal for too many calls`,
  async () => {
    const { planId } = await owner.ask('deploy kuma');
    const plan = await owner.drafted(planId ?? '');
    const calls = { discord: discord.callCount(), matrix: matrix.calls().length };
    const started = Date.now();
    const decided = await owner.decide(plan, 'approve');
    const runId = decided.body.runId ?? '';
    for (;;) {
      const { body } = await owner.call<{ state: string }>('GET', `/api/v1/runs/${runId}`);
      if (!['pending', 'running', 'blocked'].includes(body.state)) {
        expect(body).toMatchObject({ state: 'completed' });
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    const took = (Date.now() - started) / 60_000;
    const number = (planId ?? '').replace('P-', '');
    const thread = discord.threads().find((one) => one.name.includes(`R-${number}`));
    try {
      await discord.until(
        () => /Done\. /.test(discord.transcript(thread)) || null,
        'Discord tells the end',
        60_000,
      );
      await matrix.until('Matrix tells the end', () => /Done\. /.test(matrix.transcript(room)), 120_000);
    } catch (cause) {
      const said = `Chiffon said:\n${chiffon.stderr().slice(-4_000)}\nIn the room:\n${matrix.transcript(room).slice(-2_000)}`;
      throw new Error(`${String(cause)}\n${said}`, { cause });
    }

    const made = {
      discord: discord.callCount() - calls.discord,
      matrix: matrix
        .calls()
        .slice(calls.matrix)
        .filter((call) => call.method === 'PUT').length,
    };
    process.stdout.write(
      `${took.toFixed(1)} min: ${made.discord} calls to Discord, ${made.matrix} messages and edits to Matrix\n`,
    );
    expect(discord.answered(429)).toBe(0);
    expect(matrix.calls().filter((call) => call.status === 429)).toEqual([]);
    // It was followed all the time: at least an edit every half minute.
    expect(made.discord).toBeGreaterThan(took * 2);
    expect(made.matrix).toBeGreaterThan(took * 2);
    expect(made.discord).toBeLessThan(took * 31 + 20);
    expect(made.matrix).toBeLessThan(took * 12 + 20);
  },
  (minutes + 6) * 60_000,
);
