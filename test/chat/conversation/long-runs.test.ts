import { expect, test } from 'vitest';
import { approve, conversationsForTests, PaperSurface, soon } from './house-of-conversations.ts';

const portions = Array.from({ length: 40 }, (_, portion) =>
  Array.from({ length: 50 }, (__, i) => `line ${portion * 50 + i + 1}\n`).join(''),
);
const { ledger, talk, newest, proposeFor, carryOut } = conversationsForTests((line) => {
  if (line.startsWith('work 1'))
    return { output: portions.map((text) => ({ stream: 'out', text, after: 20 })) };
  return { output: [{ stream: 'err', text: 'Bind for 0.0.0.0:8096 failed\n' }], exitCode: 1 };
});

test('two thousand lines of output make a handful of edits, and the log comes as a file when it failed', async () => {
  const paper = new PaperSurface();
  paper.editPace = 200;
  const { surface } = await talk(paper);
  await surface.act('2', { kind: 'say', text: 'restart jellyfin' });
  const plan = await newest();
  const { hash } = await proposeFor(plan, { steps: 2 });
  await soon(() => surface.cards().length).toBe(1);
  await surface.act('2', approve(plan, hash));
  const started = Date.now();
  await carryOut(plan);
  await soon(() => surface.cards()[0]?.card.state).toBe('failed');
  expect(surface.calls.edit).toBeLessThan((Date.now() - started) / 200 + 6);
  await soon(() => surface.messages.at(-1)?.drawn.kind).toBe('file');
  expect(surface.transcript().split('\n')).toEqual([
    '[Failed] Restart Jellyfin on n100 (calls 2)',
    'Approved by Ben on Discord (revision 1).',
    expect.stringMatching(/^Step 2 failed: ended with .*Bind for 0\.0\.0\.0:8096 failed \(calls 2\)$/),
    `<run-${plan}-1.log>`,
  ]);
});

test('a failed change calls for somebody once, and who is on it is said in the thread', async () => {
  const { surface } = await talk(new PaperSurface());
  await surface.act('2', { kind: 'say', text: 'restart jellyfin' });
  const plan = await newest();
  const { hash } = await proposeFor(plan, { steps: 2 });
  await surface.act('2', approve(plan, hash));
  await carryOut(plan);
  const [alert] = await ledger().alertsOf(plan);
  expect(alert).toMatchObject({ kind: 'gave_up', acknowledgedBy: null });
  await soon(() =>
    surface
      .cards()
      .at(-1)
      ?.card.actions.map((action) => action.kind),
  ).toEqual(['ask', 'acknowledge']);
  expect(await surface.act('1', { kind: 'acknowledge', request: plan })).toEqual({ kind: 'done' });
  await soon(() => surface.transcript()).toMatch(/Anna is on it\.$/m);
  await soon(() =>
    surface
      .cards()
      .at(-1)
      ?.card.actions.map((action) => action.kind),
  ).toEqual(['ask']);
  expect(await surface.act('1', { kind: 'acknowledge', request: plan })).toMatchObject({ kind: 'tell' });
});

test('whoever has it planned again from the card of what gave up is on it; typing the same is not enough', async () => {
  const { surface } = await talk(new PaperSurface());
  await surface.act('2', { kind: 'say', text: 'restart jellyfin' });
  const plan = await newest();
  const { hash } = await proposeFor(plan, { steps: 2 });
  await surface.act('2', approve(plan, hash));
  await carryOut(plan);
  const onIt = async () => (await ledger().alertsOf(plan)).map((alert) => alert.acknowledgedBy);
  await surface.act('2', { kind: 'say', text: 'restart jellyfin' });
  expect(await newest()).toBe(plan + 1);
  expect(await onIt()).toEqual([null]);
  await surface.act('1', { kind: 'suggestion', request: plan, index: 0 });
  expect(await newest()).toBe(plan + 2);
  expect(await onIt()).toEqual(['anna']);
});
