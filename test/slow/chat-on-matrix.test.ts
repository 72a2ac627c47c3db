import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ChiffonProcess, startChiffonProcess, temporaryDirectory } from '../support/chiffon-process.ts';
import { freePort } from '../support/free-port.ts';
import {
  type DoublePerson,
  type MatrixDouble,
  startMatrixDouble,
} from '../support/matrix-double/start-matrix-double.ts';
import { createRestClient, type RestClient } from '../support/rest-client.ts';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let matrix: MatrixDouble;
let chiffon: ChiffonProcess;
let owner: RestClient;
let anna: DoublePerson;
let ben: DoublePerson;
let bot: { readonly userId: string; readonly token: string };
let room: string;

const patience = 30_000;
const start = (): Promise<ChiffonProcess> =>
  startChiffonProcess({
    directory: join(directory.path, 'data'),
    args: ['--config', join(directory.path, 'chiffon.yaml')],
    environment: { MATRIX_TOKEN: bot.token, MATRIX_HOMESERVER: matrix.url, MATRIX_USER_ID: bot.userId },
  });

beforeAll(async () => {
  directory = await temporaryDirectory();
  matrix = await startMatrixDouble();
  bot = matrix.account('chiffon', 'Chiffon');
  anna = matrix.person('anna');
  ben = matrix.person('ben');
  room = matrix.room([anna, ben]);
  await writeFile(
    join(directory.path, 'chiffon.yaml'),
    `people:
  - { id: anna, name: Anna, role: owner, accounts: ['matrix:${anna.userId}'] }
  - { id: ben, name: Ben, role: operator, accounts: ['matrix:${ben.userId}'] }
console: { publicUrl: 'https://chiffon.example.org' }
matrix: { rooms: ['${room}'], home: '${room}', messagesPerSecond: 50 }
timeZone: Europe/Berlin
`,
  );
  chiffon = await start();
  owner = createRestClient(chiffon.url, chiffon.token);
}, 120_000);

afterAll(async () => {
  await chiffon?.stop();
  await matrix?.stop();
  await directory?.remove();
}, 60_000);

interface Said {
  readonly id: string;
  readonly body: string;
}

/** What the bot said in the thread below an event, as it looks now. */
function saidBelow(root: string): Said[] {
  const doubled = matrix.roomNamed(room);
  return matrix
    .messagesOf(room, bot.userId)
    .filter((event) => {
      const relation = event.content['m.relates_to'] as { event_id?: string; rel_type?: string } | undefined;
      return relation?.rel_type === 'm.thread' && relation.event_id === root;
    })
    .map((event) => {
      const edits = doubled.events.filter((other) => {
        const relation = other.content['m.relates_to'] as
          | { event_id?: string; rel_type?: string }
          | undefined;
        return relation?.rel_type === 'm.replace' && relation.event_id === event.event_id;
      });
      const shown = (edits.at(-1)?.content['m.new_content'] ?? event.content) as { body?: string };
      return { id: event.event_id, body: shown.body ?? '' };
    });
}

/** The newest message of a thread that reads like the words; when none comes, the error shows what stands there. */
const below = (root: string, words: RegExp): Promise<Said> =>
  matrix
    .until(
      `the thread reads ${words}`,
      () => saidBelow(root).findLast(({ body }) => words.test(body)),
      patience,
    )
    .catch((cause: Error) => {
      const shown = saidBelow(root).map(({ body }) => body);
      throw new Error(`${cause.message}. It reads:\n${shown.join('\n---\n')}`, { cause });
    });

test('what is proposed before Chiffon is let into the room is told there once it is', async () => {
  const { planId } = await owner.ask('restart demo-web');
  const plan = await owner.drafted(planId ?? '');
  await matrix.until(
    'Chiffon was not let in',
    () => matrix.calls().some(({ status }) => status === 403),
    patience,
  );
  anna.invite(room, bot.userId);
  await matrix.until(
    'the plan is shown in the room',
    () => /Needs you[\s\S]*Restart demo-web on sandbox/.test(matrix.transcript(room)),
    patience,
  );
  await owner.decide(plan, 'reject');
  await matrix.until(
    'the room hears the end',
    () => /Rejected by Anna/.test(matrix.transcript(room)),
    patience,
  );
});

test('asked, approved by a reaction, carried out, and told in the thread', async () => {
  const root = ben.say(room, '!chiffon restart demo-web');
  const card = await below(root, /Needs you[\s\S]*Restart demo-web on sandbox/);
  await matrix.until(
    'the card offers its reactions',
    () => matrix.reactions(room, card.id).size >= 3,
    patience,
  );
  ben.react(room, card.id, '✅');
  await below(root, /Approved by Ben on Matrix/);
  await below(root, /^Done\. /);
  await below(root, /Done · P-\d+/);
});

test('asked to be different, the plan comes again and the earlier card counts no more', async () => {
  const port = await freePort();
  const root = anna.say(room, '!chiffon deploy kuma');
  const first = await below(root, /Needs you[\s\S]*Deploy Uptime Kuma/);
  const number = /P-(\d+)/.exec(first.body)?.[1] ?? '';
  anna.reply(room, root, `!chiffon changes ${number} use port ${port}`);
  const second = await below(root, new RegExp(`rev 2[\\s\\S]*${port}`));
  expect(second.id).not.toBe(first.id);
  await matrix.until(
    'the first card says that it was replaced',
    () => saidBelow(root).some(({ id, body }) => id === first.id && /Replaced by revision 2/i.test(body)),
    patience,
  );
  // A late reaction on the card that no longer counts decides nothing.
  anna.react(room, first.id, '✅');
  await below(root, /revision 2 is current/);
  anna.react(room, second.id, '❌');
  await below(root, /Rejected by Anna on Matrix/);
  const plan = await owner.call<{ state: string }>('GET', `/api/v1/plans/P-${number}`);
  expect(plan.body.state).toBe('rejected');
});

test('a plan that deletes something has no reaction to approve it, only the typed code of the owner', async () => {
  const root = ben.say(room, '!chiffon remove demo-web');
  const card = await below(root, /Needs you[\s\S]*Remove demo-web/);
  const number = /P-(\d+)/.exec(card.body)?.[1] ?? '';
  const code = new RegExp(`approve ${number} ([A-HJ-NP-Z2-9]{6})`).exec(card.body)?.[1] ?? '';
  expect(code).toHaveLength(6);
  expect([...matrix.reactions(room, card.id).keys()]).not.toContain('✅');
  anna.react(room, card.id, '✅');
  await below(root, /code/);
  ben.reply(room, root, `!chiffon approve ${number} ${code}`);
  await below(root, /only the owner/);
  anna.reply(room, root, `!chiffon reject ${number} not today`);
  await below(root, /Rejected by Anna on Matrix.*not today/);
});

test('killed in the middle, what was said meanwhile is heard once, and the thread goes on', async () => {
  const root = anna.say(room, '!chiffon restart demo-web');
  const card = await below(root, /Needs you/);
  await chiffon.kill();
  anna.react(room, card.id, '✅');
  const other = anna.say(room, '!chiffon how much disk is free');
  chiffon = await start();
  owner = createRestClient(chiffon.url, chiffon.token);
  await below(root, /^Done\. /);
  await below(other, /free/i);
  expect(saidBelow(root).filter(({ body }) => /^Approved by Anna/.test(body))).toHaveLength(1);
  expect(saidBelow(other).filter(({ body }) => /Answer/.test(body))).toHaveLength(1);
}, 120_000);

test('a homeserver that is away for a while hears what happened when it is back, once', async () => {
  matrix.outage(503);
  const { planId } = await owner.ask('restart demo-web');
  const plan = await owner.drafted(planId ?? '');
  const decided = await owner.decide(plan, 'approve');
  await owner.run(decided.body.runId ?? '', ['completed']);
  matrix.outage(null);
  const number = (planId ?? '').replace('P-', '');
  const root = await matrix.until(
    'a thread for it is opened',
    () =>
      matrix
        .messagesOf(room, bot.userId)
        .find((event) => String(event.content['body']).includes(`R-${number}`)),
    60_000,
  );
  await below(root.event_id, /^Done\. /);
  const said = saidBelow(root.event_id);
  expect(said.filter(({ body }) => /^Approved by/.test(body))).toHaveLength(1);
  expect(said.filter(({ body }) => /^Done\. /.test(body))).toHaveLength(1);
}, 120_000);
