import { expect, test } from 'vitest';
import { openRun } from '#flow/run-lifecycle.ts';
import { clock } from '../../flow/house-of-flows.ts';
import { contentWith, propose, shellStep } from '../../ledger/house-of-tests.ts';
import { approve, conversationsForTests, PaperSurface, soon } from './house-of-conversations.ts';

const { ledger, talk, newest, proposeFor, proposeAnew, carryOut, freshHost } = conversationsForTests(
  (line) => {
    if (line.includes('on h')) return { output: [{ stream: 'out', text: `${line}\n` }] };
    return undefined;
  },
);

test('asked, changed, approved, carried out: the thread reads as it happened, and each thing stands there once', async () => {
  const { surface } = await talk(new PaperSurface());
  expect(await surface.act('2', { kind: 'say', text: 'restart jellyfin please' })).toEqual({ kind: 'done' });
  const plan = await newest();
  const first = await proposeFor(plan);
  await soon(() => surface.transcript()).toBe('[Needs you] Restart Jellyfin on n100 (calls 2)');
  expect(surface.messages[0]?.place).toMatchObject({ channel: 'general' });

  await surface.act('2', { ...approve(plan, first.hash), decision: 'changes', comment: 'at night' });
  const second = await proposeAnew(plan, first.host);
  await soon(() => surface.cards().map((drawn) => drawn.card.stateWord)).toEqual([
    'Replaced by revision 2',
    'Needs you',
  ]);
  await surface.act('1', approve(plan, second));
  await carryOut(plan);
  await soon(() => surface.transcript()).toBe(
    [
      '[Replaced by revision 2] Restart Jellyfin on n100 (calls 2)',
      'Changes requested by Ben on Discord (revision 1): at night',
      '[Done] Restart Jellyfin on n100 at night (calls 2)',
      'Approved by Anna on Discord (revision 2).',
      'Done. It is said.',
    ].join('\n'),
  );
  await soon(() => ledger().openConversations('discord')).not.toContain(plan);
});

test('a card that no longer counts cannot be approved, and whoever tries is told why', async () => {
  const { surface } = await talk(new PaperSurface());
  await surface.act('2', { kind: 'say', text: 'restart jellyfin' });
  const plan = await newest();
  const first = await proposeFor(plan);
  await surface.act('2', { ...approve(plan, first.hash), decision: 'changes', comment: 'at night' });
  await proposeAnew(plan, first.host);
  expect(await surface.act('1', approve(plan, first.hash))).toEqual({
    kind: 'tell',
    words: expect.stringContaining('revision 2 is current'),
  });
  expect((await ledger().plan(plan))?.state).toBe('awaiting_approval');
  expect(await surface.act('1', { ...approve(plan, 'ffffffffffff') })).toMatchObject({ kind: 'tell' });
  expect(await ledger().runs(plan)).toEqual([]);
});

test('a command typed beside the thread counts where the plan is talked about, and everything else said there is nobody’s business', async () => {
  const { surface } = await talk(new PaperSurface());
  const overheard = { overheard: true } as const;
  const before = await newest();
  await surface.act('2', { kind: 'say', text: 'restart jellyfin' }, overheard);
  expect(await newest()).toBe(before);
  await surface.act('2', { kind: 'say', text: 'restart jellyfin' });
  const plan = await newest();
  const { hash } = await proposeFor(plan);
  await soon(() => surface.cards()).toHaveLength(1);
  const words = `approve ${plan} ${hash.slice(0, 8)}`;
  const elsewhere = { ...overheard, place: { channel: 'kitchen', thread: null } };
  expect(await surface.act('1', { kind: 'say', text: words }, elsewhere)).toEqual({ kind: 'done' });
  expect(await surface.act('9', { kind: 'say', text: 'reject 999999' }, overheard)).toEqual({ kind: 'done' });
  expect((await ledger().plan(plan))?.state).toBe('awaiting_approval');
  await surface.act('1', { kind: 'say', text: words }, overheard);
  expect((await ledger().plan(plan))?.state).toBe('approved');
});

test('an approval without a hash means the newest card that was shown on that platform', async () => {
  const { surface } = await talk(new PaperSurface());
  await surface.act('2', { kind: 'say', text: 'restart jellyfin' });
  const plan = await newest();
  await proposeFor(plan);
  // Before any card is shown nobody can mean one.
  const elsewhere = await talk(new PaperSurface('matrix'));
  expect(
    await elsewhere.surface.act('@ben:example.org', { kind: 'say', text: `approve ${plan}` }),
  ).toMatchObject({
    kind: 'tell',
    words: expect.stringContaining(`No card of P-${plan} was shown here`),
  });
  await soon(() => surface.cards()[0]?.kind).toBe('card');
  await soon(() => surface.messages[0]?.edits).toBeGreaterThan(0);
  expect(await surface.act('2', { kind: 'say', text: `approve ${plan}` })).toEqual({ kind: 'done' });
  expect((await ledger().plan(plan))?.state).toBe('approved');
});

test('whoever answers a card faster than the platform confirms it is heard: nobody can have meant another card', async () => {
  const surface = new PaperSurface();
  const confirmed = Promise.withResolvers<void>();
  surface.confirming = confirmed.promise;
  // The platform confirms in the worst moment: when it was just looked up which cards are there.
  const real = ledger();
  const posts: typeof real.posts = async (...of) => {
    const found = await real.posts(...of);
    if (found.some((post) => post.kind === 'card')) setImmediate(confirmed.resolve);
    return found;
  };
  const looking = { ...real };
  await talk(surface, { ledger: looking });
  await surface.act('2', { kind: 'say', text: 'restart jellyfin' });
  const plan = await newest();
  const first = await proposeFor(plan);
  await soon(() => surface.cards()).toHaveLength(1);
  looking.posts = posts;
  expect(await surface.act('2', { kind: 'say', text: `changes ${plan} at night` })).toEqual({ kind: 'done' });
  expect((await ledger().plan(plan))?.state).toBe('changes_requested');

  // With a card that was shown before, the next one is not what they meant: they may not have seen it.
  looking.posts = real.posts;
  const again = Promise.withResolvers<void>();
  surface.confirming = again.promise;
  try {
    await proposeAnew(plan, first.host);
    await soon(() => surface.cards()).toHaveLength(2);
    expect(await surface.act('2', { kind: 'say', text: `approve ${plan}` })).toEqual({
      kind: 'tell',
      words: expect.stringContaining('revision 2 is current'),
    });
  } finally {
    again.resolve();
  }
});

test('a card that is pressed faster than the platform confirms it is known all the same', async () => {
  const surface = new PaperSurface();
  const confirmed = Promise.withResolvers<void>();
  surface.confirming = confirmed.promise;
  await talk(surface);
  await surface.act('2', { kind: 'say', text: 'restart jellyfin' });
  const plan = await newest();
  const { hash } = await proposeFor(plan);
  await soon(() => surface.cards()).toHaveLength(1);
  const pressed = surface.memory?.actedOn(surface.messages[0]?.id ?? '');
  setTimeout(confirmed.resolve, 50);
  expect(await pressed).toEqual({ request: plan, kind: 'card', hash });
});

test('yes and no in the same instant from two platforms: one counts, the other is told who was first', async () => {
  const discord = (await talk(new PaperSurface('discord'), { home: 'general' })).surface;
  const matrix = (await talk(new PaperSurface('matrix'), { home: '!room' })).surface;
  for (let round = 0; round < 10; round += 1) {
    await discord.act('2', { kind: 'say', text: 'restart jellyfin' });
    const plan = await newest();
    const { hash } = await proposeFor(plan);
    const answers = await Promise.all([
      discord.act('1', approve(plan, hash)),
      matrix.act('@ben:example.org', { ...approve(plan, hash), decision: 'reject' }),
    ]);
    expect(answers.filter((answer) => answer.kind === 'done')).toHaveLength(1);
    expect(answers.find((answer) => answer.kind === 'tell')).toMatchObject({
      words: expect.stringMatching(/already (approved by Anna|rejected by Ben)/),
    });
    const approvals = await ledger().approvals(plan);
    expect(approvals).toHaveLength(1);
    expect(await ledger().runs(plan)).toHaveLength(approvals[0]?.decision === 'approve' ? 1 : 0);
  }
}, 60_000);

test('what is asked on one platform is shown in the home channel of the other, decided there, and followed on both', async () => {
  const discord = (await talk(new PaperSurface('discord'), { home: 'general' })).surface;
  const matrix = (await talk(new PaperSurface('matrix'), { home: '!room' })).surface;
  await discord.act('2', { kind: 'say', text: 'restart jellyfin' });
  const plan = await newest();
  const { hash } = await proposeFor(plan);
  await soon(() => matrix.transcript()).toBe('[Needs you] Restart Jellyfin on n100 (calls @ben:example.org)');
  expect(matrix.messages[0]?.place.channel).toBe('!room');
  await matrix.act('@anna:example.org', approve(plan, hash));
  await carryOut(plan);
  for (const surface of [discord, matrix]) {
    await soon(() => surface.transcript().replace(/ \(calls .*\)/, '')).toBe(
      '[Done] Restart Jellyfin on n100\nApproved by Anna on Matrix (revision 1).\nDone. It is said.',
    );
  }
});

test('a platform that is away for an hour hears everything when it returns, in order and once', async () => {
  const talking = await talk(new PaperSurface());
  const { surface } = talking;
  await surface.act('2', { kind: 'say', text: 'restart jellyfin' });
  const plan = await newest();
  surface.trouble = { ok: false, why: 'later', afterMs: 20, detail: 'The platform is away.' };
  const { hash } = await proposeFor(plan);
  const elsewhere = (await talk(new PaperSurface('matrix'))).surface;
  await elsewhere.act('@anna:example.org', { kind: 'say', text: `approve ${plan} ${hash.slice(0, 8)}` });
  await carryOut(plan);
  await soon(() => surface.calls.thread).toBeGreaterThan(2);
  expect(surface.messages).toEqual([]);
  surface.trouble = null;
  await soon(() => surface.transcript()).toBe(
    '[Done] Restart Jellyfin on n100\nApproved by Anna on Matrix (revision 1).\nDone. It is said.',
  );
  // Nobody is called about what is decided already.
  expect(surface.messages.every(({ drawn }) => drawn.kind === 'file' || drawn.mentions.length === 0)).toBe(
    true,
  );
});

test('a restart at any moment posts nothing twice and leaves nothing out', async () => {
  const surface = new PaperSurface();
  let talking = await talk(surface);
  const again = async () => {
    await talking.stop();
    talking = await talk(surface);
  };
  await surface.act('2', { kind: 'say', text: 'restart jellyfin' });
  const plan = await newest();
  await again();
  const { hash } = await proposeFor(plan, { steps: 2 });
  await again();
  await soon(() => surface.cards().length).toBe(1);
  await again();
  await surface.act('1', approve(plan, hash));
  await again();
  await carryOut(plan);
  await again();
  await again();
  await soon(() => surface.transcript()).toBe(
    '[Done] Restart Jellyfin on n100 (calls 2)\nApproved by Anna on Discord (revision 1).\nDone. It is said.',
  );
});

test('what happens while the platform is not talked to at all is told at the next start', async () => {
  const surface = new PaperSurface();
  const talking = await talk(surface);
  await surface.act('2', { kind: 'say', text: 'restart jellyfin' });
  const plan = await newest();
  await talking.stop();
  const { hash } = await proposeFor(plan);
  await ledger().transact(async (tx) => {
    await tx.movePlan(
      plan,
      { states: ['awaiting_approval'], revision: 1, hash },
      { state: 'rejected', note: 'Not today' },
    );
    await tx.insertApproval({
      plan,
      revision: 1,
      hash,
      decision: 'reject',
      person: 'anna',
      surface: 'console',
      rule: null,
      comment: 'Not today',
    });
    await tx.append({
      stream: `plan:${plan}`,
      kind: 'plan.rejected',
      actor: 'anna',
      plan,
      summary: 'Rejected.',
    });
  });
  await talk(surface);
  await soon(() => surface.transcript()).toBe(
    '[Rejected by Anna] Restart Jellyfin on n100\nRejected by Anna in the console (revision 1): Not today',
  );
});

test('the same event delivered twice is acted on once, also at the same moment', async () => {
  const { surface } = await talk(new PaperSurface());
  const before = (await ledger().requestCounts()).all;
  await Promise.all([
    surface.act('2', { kind: 'say', text: 'restart jellyfin' }, { id: 'one-event-of-two' }),
    surface.act('2', { kind: 'say', text: 'restart jellyfin' }, { id: 'one-event-of-two' }),
  ]);
  expect(
    await surface.act('2', { kind: 'say', text: 'restart jellyfin' }, { id: 'one-event-of-two' }),
  ).toEqual({
    kind: 'done',
  });
  expect((await ledger().requestCounts()).all).toBe(before + 1);

  const plan = await newest();
  const { hash } = await proposeFor(plan);
  const pressed = { id: 'one-press' };
  expect(await surface.act('1', approve(plan, hash), pressed)).toEqual({ kind: 'done' });
  expect(await surface.act('1', approve(plan, hash), pressed)).toEqual({ kind: 'done' });
  expect(await ledger().approvals(plan)).toHaveLength(1);
});

test('a message deleted by somebody comes again while it is needed; notes stay deleted', async () => {
  const { surface } = await talk(new PaperSurface());
  await surface.act('2', { kind: 'say', text: 'restart jellyfin' });
  const plan = await newest();
  const { hash } = await proposeFor(plan);
  await soon(() => surface.cards().length).toBe(1);
  surface.delete(surface.messages[0]?.id ?? '');
  await surface.act('1', approve(plan, hash));
  await carryOut(plan);
  await soon(() => surface.transcript()).toContain('[Done] Restart Jellyfin on n100');
  expect(surface.cards()).toHaveLength(1);
});

test('a deleted thread is opened anew, a deleted channel gives way to the home channel, and without one it is left at that', async () => {
  const { surface } = await talk(new PaperSurface(), { home: 'home' });
  await surface.act(
    '2',
    { kind: 'say', text: 'restart jellyfin' },
    { message: 'asked-here', place: { channel: 'kitchen', thread: null } },
  );
  const plan = await newest();
  const { hash } = await proposeFor(plan);
  await soon(() => surface.messages[0]?.place).toEqual({ channel: 'kitchen', thread: 'asked-here' });
  surface.delete('asked-here');
  surface.delete(surface.messages[0]?.id ?? '');
  await surface.act('1', approve(plan, hash));
  await soon(() => surface.cards()[0]?.card.stateWord).toMatch(/Queued|Running/);
  expect(surface.messages.at(-1)?.place.thread).not.toBe('asked-here');
  surface.delete('kitchen');
  for (const message of surface.messages) surface.delete(message.id);
  await carryOut(plan);
  await soon(() => surface.messages.at(-1)?.place.channel).toBe('home');
  await soon(() => surface.transcript()).toContain('Done. It is said.');
  surface.delete('home');
  expect((await ledger().conversation('discord', plan))?.lost).toBeNull();
});

test('what was to be said in a room that Chiffon was not let into yet is said there, in order, as soon as it is', async () => {
  const { surface } = await talk(new PaperSurface(), { home: 'home' });
  surface.delete('home');
  await surface.act(
    '2',
    { kind: 'say', text: 'restart jellyfin' },
    { place: { channel: 'home', thread: null } },
  );
  const plan = await newest();
  const { hash } = await proposeFor(plan);
  await soon(async () => (await ledger().conversation('discord', plan))?.lost).toBe('The channel is gone');
  await surface.act('1', approve(plan, hash));
  await carryOut(plan);
  expect(surface.messages).toEqual([]);
  surface.letIn('home');
  await soon(() => surface.transcript()).toContain('Done. It is said.');
  expect(surface.transcript()).toBe(
    [
      '[Done] Restart Jellyfin on n100',
      'Approved by Anna on Discord (revision 1).',
      'Done. It is said.',
    ].join('\n'),
  );
});

test('somebody unknown is told how to become known, and nothing is done', async () => {
  const { surface } = await talk(new PaperSurface());
  const before = (await ledger().requestCounts()).all;
  expect(await surface.act('99', { kind: 'say', text: 'restart jellyfin' })).toEqual({
    kind: 'tell',
    words: expect.stringContaining('discord:99'),
  });
  expect((await ledger().requestCounts()).all).toBe(before);
});

test('guests may look where the configuration says so, and only there; they change and decide nothing', async () => {
  const { surface } = await talk(new PaperSurface(), { guestsIn: ['lobby'] });
  const lobby = { place: { channel: 'lobby', thread: null } };
  expect(await surface.act('99', { kind: 'say', text: 'disk on n100' }, lobby)).toEqual({ kind: 'done' });
  expect(await surface.act('99', { kind: 'say', text: 'disk on n100' })).toMatchObject({ kind: 'tell' });
  expect(await surface.act('99', { kind: 'say', text: 'restart jellyfin' }, lobby)).toEqual({
    kind: 'tell',
    words: expect.stringContaining('guests can look'),
  });
  await surface.act('2', { kind: 'say', text: 'restart jellyfin' });
  const plan = await newest();
  const { hash } = await proposeFor(plan);
  for (const decision of ['approve', 'reject', 'changes'] as const) {
    expect(
      await surface.act('99', { ...approve(plan, hash), decision, comment: 'x' }, lobby),
      decision,
    ).toMatchObject({ kind: 'tell' });
  }
  expect(await surface.act('99', { kind: 'stop', plan }, lobby)).toMatchObject({ kind: 'tell' });
  expect((await ledger().plan(plan))?.state).toBe('awaiting_approval');
});

test('a viewer asks, and those who may decide are called', async () => {
  const { surface } = await talk(new PaperSurface());
  await surface.act('3', { kind: 'say', text: 'restart jellyfin' });
  const plan = await newest();
  const { hash } = await proposeFor(plan);
  await soon(() => surface.transcript()).toBe('[Needs you] Restart Jellyfin on n100 (calls 1, 2)');
  expect(await surface.act('3', approve(plan, hash))).toMatchObject({
    kind: 'tell',
    words: expect.stringContaining('Anna or Ben can'),
  });
});

test('a question is answered by its button, by its number and in words, and becomes one plan', async () => {
  const { surface } = await talk(new PaperSurface());
  await surface.act('2', { kind: 'say', text: 'which kuma' }, { message: 'q1' });
  const question = await newest();
  await soon(() => surface.cards()[0]?.card.state).toBe('question');
  expect(surface.messages[0]?.called).toEqual(['2']);
  await surface.act(
    '2',
    { kind: 'answer', request: question, index: 1 },
    { place: { channel: 'general', thread: 'q1' } },
  );
  const answered = await newest();
  expect((await ledger().request(answered))?.text).toBe('restart kuma-test');
  expect((await ledger().request(question))?.state).toBe('answered');
  // The question is over: its button does nothing more.
  expect(await surface.act('2', { kind: 'answer', request: question, index: 0 })).toMatchObject({
    kind: 'tell',
  });

  await surface.act('2', { kind: 'say', text: 'which kuma' }, { message: 'q2' });
  await surface.act('2', { kind: 'say', text: '1' }, { place: { channel: 'general', thread: 'q2' } });
  expect((await ledger().request(await newest()))?.text).toBe('1');
  expect((await ledger().plan(await newest()))?.state).toBe('drafting');
});

test('a question asked by a command, without a message, is answered in the thread that was opened for it', async () => {
  const { surface } = await talk(new PaperSurface());
  const command = { message: null, place: { channel: 'general', thread: null } };
  await surface.act('2', { kind: 'say', text: 'which kuma' }, command);
  const question = await newest();
  await soon(() => surface.cards()[0]?.card.state).toBe('question');
  // Somebody else's command in the same channel is no answer to it.
  await surface.act('1', { kind: 'say', text: 'restart jellyfin' }, command);
  expect((await ledger().request(question))?.state).toBe('question');
  const place = surface.messages[0]?.place ?? { channel: 'general', thread: null };
  await surface.act('2', { kind: 'say', text: '2' }, { place });
  expect((await ledger().request(question))?.state).toBe('answered');
  expect((await ledger().plan(await newest()))?.state).toBe('drafting');
});

test('in a direct message an answer finds its question, though there are no threads', async () => {
  const { surface } = await talk(new PaperSurface());
  const direct = { direct: true, place: { channel: 'dm-ben', thread: null } };
  await surface.act('2', { kind: 'say', text: 'which kuma' }, { ...direct, message: 'd1' });
  await surface.act('2', { kind: 'say', text: '2' }, { ...direct, message: 'd2' });
  expect((await ledger().plan(await newest()))?.state).toBe('drafting');
});

test('chatter is answered where it was said, quietly', async () => {
  const { surface } = await talk(new PaperSurface());
  await surface.act('2', { kind: 'say', text: 'thank you' });
  await soon(() => surface.cards()[0]).toMatchObject({
    loud: false,
    mentions: [],
    card: { state: 'answer', message: 'You are welcome.' },
  });
  const request = await newest();
  await surface.act('2', { kind: 'suggestion', request, index: 0 });
  expect((await ledger().request(await newest()))?.text).toBe('disk on n100');
});

test('whoever asks for logs reads the last lines in the thread', async () => {
  const { surface } = await talk(new PaperSurface());
  await surface.act('2', { kind: 'say', text: 'logs of jellyfin' });
  const plan = await newest();
  await carryOutLogs(plan);
  await soon(() => surface.messages.at(-1)?.drawn).toMatchObject({
    kind: 'note',
    words: 'The last lines:',
    output: expect.stringContaining('echo show the log'),
  });
  expect(surface.cards()[0]?.card.state).toBe('answer');
});

/** What the planner and the executor make of a question for logs: a read-only plan that ran by rule. */
async function carryOutLogs(plan: number): Promise<void> {
  const host = freshHost();
  const step = shellStep(1, host, `echo show the log on ${host}`);
  const content = {
    ...contentWith([step], 'Show the log of Jellyfin'),
    risk: 'read' as const,
    intents: [{ command: 'logs', inputs: { service: 'jellyfin' } }],
  };
  await ledger().transact(async (tx) => {
    const hash = await propose(tx, plan, content);
    await tx.movePlan(plan, { states: ['awaiting_approval'], revision: 1, hash }, { state: 'approved' });
    await tx.insertApproval({
      plan,
      revision: 1,
      hash,
      decision: 'approve',
      person: 'chiffon',
      surface: 'api',
      rule: 'policy.read-runs-at-once',
      comment: null,
    });
    await openRun(tx, clock, { plan, revision: 1, hash, content, actor: 'chiffon' });
    await tx.append({
      stream: `plan:${plan}`,
      kind: 'plan.approved',
      actor: 'chiffon',
      plan,
      summary: 'By rule.',
      data: { revision: 1, hash },
    });
  });
  await carryOut(plan);
}
