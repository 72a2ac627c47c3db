import { describe, expect, test } from 'vitest';
import { usualDurations } from '#chat/cards/usual-durations.ts';
import type { Step } from '#core/step.ts';
import type { Ledger, RevisionRow, RunRow, TaskRow } from '#flow/ledger-port.ts';

function step(id: string, command: string, target = 'n100'): Step {
  return {
    id,
    target,
    summary: command,
    undo: { kind: 'not_needed', how: 'not needed' },
    idempotent: true,
    timeoutSeconds: 60,
    uses: 'shell',
    command,
  };
}

function task(one: Step, seconds: number | null, state: TaskRow['state'] = 'completed'): TaskRow {
  return {
    id: one.id,
    run: 'past',
    position: 1,
    step: one,
    state,
    summary: null,
    errorClass: null,
    startedAt: '2026-11-20T12:00:00.000Z',
    endedAt:
      seconds === null ? null : new Date(Date.parse('2026-11-20T12:00:00Z') + seconds * 1000).toISOString(),
    attempts: [],
  };
}

/** How long the steps usually take, given the tasks of past runs, newest run first. */
async function usual(steps: readonly Step[], past: readonly (readonly TaskRow[])[]) {
  const run = { id: '9-1' } as RunRow;
  const revision = { content: { steps, intents: [] } } as unknown as RevisionRow;
  const ledger = {
    audit: async () => [{ run: '9-1' }, ...past.map((_, index) => ({ run: `past-${index}` }))],
    tasks: async (id: string) => past[Number(id.replace('past-', ''))] ?? [],
  } as unknown as Pick<Ledger, 'audit' | 'tasks'>;
  return Object.fromEntries(await usualDurations(ledger, run, revision));
}

describe('how long a step usually takes', () => {
  const pull = step('s1', 'docker compose pull');

  test('is the median of the last runs', async () => {
    expect(await usual([pull], [[task(pull, 9)], [task(pull, 300)], [task(pull, 11)]])).toEqual({
      s1: 11_000,
    });
  });

  test('is learned from the same command on the same host only, whatever its place was', async () => {
    const past = [task(step('s4', 'docker compose pull'), 7), task(step('s1', 'docker compose up'), 80)];
    expect(await usual([pull], [past])).toEqual({ s1: 7000 });
    expect(await usual([pull], [[task(step('s1', 'docker compose pull', 'nas'), 7)]])).toEqual({});
  });

  test('is not learned from what failed or never ended, nor from the run itself', async () => {
    expect(await usual([pull], [[task(pull, 2, 'failed'), task(pull, null)]])).toEqual({});
    expect(await usual([pull], [])).toEqual({});
  });
});
