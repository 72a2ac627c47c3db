import { beforeAll, describe, expect, test } from 'vitest';
import { anna, at, ben, houseWithAPast } from './house-with-a-past.ts';

const { happened, recordAt, ask, say } = houseWithAPast();

/** Numbers of plans by what they are called here. */
const plan: Record<string, number> = {};

beforeAll(async () => {
  const port = (printed: string) =>
    ({ errorClass: 'port_in_use', summary: 'Ended with exit code 1.', printed }) as const;
  plan['old'] = await happened({
    title: 'Deploy Jellyfin on n100',
    command: 'deploy',
    service: 'jellyfin',
    started: at('2026-10-03 09:00'),
  });
  plan['worked'] = await happened({
    title: 'Update Jellyfin on n100',
    command: 'update',
    service: 'jellyfin',
    started: at('Mon 09:00'),
    approved: ben,
    hesitated: 42,
    surface: 'discord',
  });
  plan['docker'] = await happened({
    title: 'Update Traefik on n100',
    command: 'update',
    service: 'traefik',
    started: at('Wed 13:50'),
  });
  plan['elsewhere'] = await happened({
    title: 'Update Gitea on nas',
    command: 'update',
    service: 'gitea',
    host: 'nas',
    started: at('Wed 14:00'),
  });
  for (const hour of ['14:05', '15:05', '16:05'])
    plan[`failed ${hour}`] = await happened({
      title: 'Restart Jellyfin on n100',
      command: 'restart',
      service: 'jellyfin',
      started: at(`Wed ${hour}`),
      failed: port('bind: address already in use'),
    });
  await recordAt([
    {
      stream: 'host:nas',
      at: at('Thu 20:00'),
      kind: 'host.unreachable',
      actor: 'chiffon',
      host: 'nas',
      outcome: 'failed',
      summary: 'nas could not be reached: the connection timed out.',
    },
  ]);
  plan['immich'] = await happened({
    title: 'Deploy Immich on nas',
    command: 'deploy',
    service: 'immich',
    host: 'nas',
    asked: ben,
    started: at('Fri 02:30'),
    failed: { errorClass: 'disk_full', summary: 'Ended with exit code 28.' },
    retries: 2,
  });
  plan['look'] = await happened({
    title: 'Show the status of n100',
    command: 'status',
    started: at('Fri 03:00'),
    reads: true,
  });
  plan['no'] = await happened({
    title: 'Remove Plex on n100',
    command: 'remove',
    service: 'plex',
    asked: ben,
    approved: anna,
    started: at('Thu 10:00'),
    instead: 'rejected',
  });
});

/** Everything a reader sees, without the parts that only numbers make different. */
async function told(text: string): Promise<string> {
  return (await ask(text)).text;
}

describe('what failed', () => {
  test('is told with how often, when in the reader’s zone, why, and where the log of it stands', async () => {
    expect(await told('all failures in last week')).toBe(
      [
        '5 failures since Saturday 21 November:',
        `• Fri 03:32 · Deploy Immich on nas · Anna · Failed · step 1 of 1: the disk is full (Ended with exit code 28) · P-${plan['immich']} · run ${plan['immich']}-1`,
        '• Thu 21:00 · nas could not be reached: the connection timed out · Failed',
        `• Wed 17:07 · jellyfin: 3 × the port is taken · Failed · first in P-${plan['failed 14:05']}, last: Ended with exit code 1 · P-${plan['failed 16:05']} · run ${plan['failed 16:05']}-1 · log https://chiffon.example.org/r/${plan['failed 16:05']}/run/1#t1:L2`,
      ].join('\n'),
    );
  });

  test('of one service is looked for in all of the record when no time is named', async () => {
    expect(await told('what failed on jellyfin')).toMatch(/^3 failures of jellyfin:\n/);
  });

  test('in a time without failures is said kindly, with the last one before', async () => {
    expect(await told('what failed today')).toBe(
      `No failures since 00:00.\n\nThe last failure before that was P-${plan['immich']}: Deploy Immich on nas: step 1 failed. Ended with exit code 28.`,
    );
  });

  test('of a service nothing is recorded of is not called success', async () => {
    expect(await told('failures of sonarr')).toBe(
      'No failures of sonarr.\n\nNothing at all is recorded of sonarr: no plan has touched it. Is it called something else here?',
    );
  });
});

describe('what changed', () => {
  test('is one line a plan, newest first, and what only looked is left out', async () => {
    const { answer } = await ask('what changed on n100 this week');
    expect(answer?.groups[0]?.lines.map(({ what, outcome, who }) => [what, outcome, who])).toEqual([
      ['Restart Jellyfin on n100', 'failed', 'Anna'],
      ['Restart Jellyfin on n100', 'failed', 'Anna'],
      ['Restart Jellyfin on n100', 'failed', 'Anna'],
      ['Update Traefik on n100', 'succeeded', 'Anna'],
      ['Update Jellyfin on n100', 'succeeded', 'Ben'],
    ]);
  });

  test('to one service goes back to the beginning', async () => {
    expect(await told('all changes to jellyfin')).toContain(`P-${plan['old']}`);
  });

  test('since the last deploy counts from the end of that run', async () => {
    expect(await told('what changed on jellyfin since the last update')).toMatch(
      /^3 changes of jellyfin since the last update \(Mon 10:02\), newest first:/,
    );
  });
});

describe('who approved what', () => {
  test('names the person, the plan, the surface, the revision and how long it took', async () => {
    expect(await told('what did ben approve this week')).toBe(
      `1 decision by Ben since Monday 23 November:\n• Mon 10:00 · approved Update Jellyfin on n100 · Ben · revision 1, on Discord, after 42 s · P-${plan['worked']}\n\nPlans that only read are let through by a rule and not listed here.`,
    );
  });

  test('knows who “I” is', async () => {
    expect((await ask('what did i approve this week', { person: ben })).text).toMatch(/^1 decision by Ben/);
  });

  test('tells of a no as well', async () => {
    expect(await told('what was rejected on thursday')).toMatch(/rejected Remove Plex on n100 · Anna/);
  });

  test('of somebody nobody knows says so', async () => {
    expect(await told('what did maria approve')).toBe(
      'No decisions by maria since Saturday 21 November.\n\nNobody called maria has done anything in this house so far.',
    );
  });
});

describe('what ran', () => {
  test('between two times is what was under way then, in the reader’s hours', async () => {
    const { answer, text } = await ask('what ran between 3 and 5 am on friday');
    expect(answer?.groups[0]?.lines.map(({ what }) => what)).toEqual([
      'Show the status of n100',
      'Deploy Immich on nas',
    ]);
    expect(text).toMatch(/^2 runs between Fri 03:00 and Fri 05:00, the last first:/);
    expect(text).toMatch(/\n1 of them only looked and changed nothing\.$/);
    expect((await ask('what ran between 3 and 5 am on friday', { zone: 'America/New_York' })).text).toMatch(
      /^Nothing ran/,
    );
  });

  test('on one machine leaves out the others', async () => {
    expect(await told('what ran on nas this week')).toMatch(/^2 runs on nas since Monday 23 November/);
  });
});

describe('what changed since it last worked', () => {
  test('begins with the change right before the first failure, and leaves other machines out', async () => {
    const { answer, text } = await ask('what changed on Jellyfin since it last worked');
    expect(text.split('\n')[0]).toBe(
      `jellyfin last worked at Mon 10:02 (P-${plan['worked']}, Update Jellyfin on n100). Since then 3 failures and what may have led to them:`,
    );
    expect(answer?.groups).toEqual([
      {
        title: 'Most suspicious: changed just before the first failure',
        lines: [expect.objectContaining({ what: 'Update Traefik on n100', note: 'on the same machine' })],
      },
      {
        title: 'Everything else since, newest first',
        lines: [1, 2, 3].map(() =>
          expect.objectContaining({ what: 'Restart Jellyfin on n100', outcome: 'failed' }),
        ),
      },
    ]);
  });

  test('of what never worked tells all there is', async () => {
    expect(await told('what changed on immich since it last worked')).toMatch(
      /^Nothing on record says that immich ever worked\. 1 change of immich:/,
    );
  });
});

describe('how the work stands', () => {
  test('failures are counted by their class, with the last classified error', async () => {
    const text = await told('failures by error type this week');
    expect(text).toMatch(/^6 failed tries since Monday 23 November by type of error:\n/);
    expect(text).toMatch(/3 × The port is taken \(port_in_use\)/);
    expect(text).toMatch(new RegExp(`The last classified error was \\w+, in run ${plan['immich']}-1\\.$`));
  });

  test('retries are counted by step', async () => {
    expect(await told('how many retries this week')).toBe(
      `2 retries since Monday 23 November:\n• Fri 03:30 · Deploy Immich on nas, step 1: Deploy Immich on nas now · 3 tries, the one before the last: outcome_unknown · P-${plan['immich']} · run ${plan['immich']}-1`,
    );
  });

  test('nothing under way is said with when the last run ended', async () => {
    expect(await told('which runs are under way')).toMatch(
      /^Nothing is running\. The last run ended Fri 04:02\.$/,
    );
  });
});

describe('what is asked next in a thread', () => {
  test('“why did it fail?” is about the first failure that was just listed, with the line it failed with', async () => {
    await say('what failed on jellyfin', 'talk-1');
    const why = await say('why did it fail?', 'talk-1');
    expect(why.answer?.sentence).toEqual([
      'Restart Jellyfin on n100 failed at step 1 of 1: the port is taken.',
    ]);
    expect(why.answer?.output).toBe('bind: address already in use');
    const log = await say('show me the log of that', 'talk-1');
    expect(log.answer?.output).toBe('Pulling image\nbind: address already in use\ncleaning up');
    const who = await say('who did that?', 'talk-1');
    expect(who.reply).toMatch(/^Restart Jellyfin on n100: Anna asked for it and approved it\./);
  });

  test('a plan that is named needs no thread', async () => {
    expect(await told(`why did P-${plan['immich']} fail`)).toMatch(
      /^Deploy Immich on nas failed at step 1 of 1: the disk is full\./,
    );
    expect(await told(`who approved P-${plan['no']}`)).toContain('rejected Remove Plex on n100 · Anna');
    expect(await told('why did P-9999 fail')).toBe(
      'There is no P-9999. The list of requests shows those there are.',
    );
  });

  test('without anything said before, the last one is meant, and that is said', async () => {
    expect(await told('why did it fail')).toMatch(
      /^Nothing was talked about here before, so this is the last one: Deploy Immich on nas failed/,
    );
  });
});

test('a question that asks for a change is not answered from the record and starts nothing', async () => {
  const reply = await ask('restart jellyfin');
  expect(reply.answer).toBeNull();
  expect(reply.text).toMatch(/nothing was started/);
});

test('the path of every answer is the console’s page for exactly the filter that was asked', async () => {
  const { answer } = await ask('failures of jellyfin between 23 november and 25 november');
  expect(answer?.path).toBe(
    '/audit?about=failures&service=jellyfin&since=2026-11-22T23%3A00%3A00.000Z&until=2026-11-25T23%3A00%3A00.000Z',
  );
});
