import { afterEach, expect } from 'vitest';
import { startConversations } from '#chat/conversation/start-conversations.ts';
import type { Intent } from '#core/intent.ts';
import { planHash } from '#core/plan.ts';
import { createHouse } from '#flow/house.ts';
import type { Ledger } from '#flow/ledger-port.ts';
import type { Planner } from '#flow/planner-port.ts';
import { clock, flowsForTests } from '../../flow/house-of-flows.ts';
import { contentWith, propose, shellStep } from '../../ledger/house-of-tests.ts';
import { PaperSurface } from '../../support/paper-surface.ts';

/** Anna owns the house, Ben operates it, Vera looks; each on both platforms. */
export const house = createHouse([
  { id: 'anna', name: 'Anna', role: 'owner', accounts: ['discord:1', 'matrix:@anna:example.org'] },
  { id: 'ben', name: 'Ben', role: 'operator', accounts: ['discord:2', 'matrix:@ben:example.org'] },
  { id: 'vera', name: 'Vera', role: 'viewer', accounts: ['discord:3'] },
]);

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const restart: Intent = { command: 'restart', inputs: { service: 'jellyfin' } };

/** Understands "restart …" as a change, "disk" as a look, "which" as a question; everything else is chatter. */
const planner = {
  understand: (words: string) => {
    if (words.startsWith('restart')) return { kind: 'intents', intents: [restart] };
    if (words.startsWith('logs')) return { kind: 'intents', intents: [{ command: 'logs', inputs: {} }] };
    if (words.startsWith('disk')) return { kind: 'intents', intents: [{ command: 'disk', inputs: {} }] };
    if (words.startsWith('which'))
      return {
        kind: 'question',
        question: 'Which Kuma?',
        choices: [
          { label: 'kuma', words: 'restart kuma' },
          { label: 'kuma-test', words: 'restart kuma-test' },
        ],
        intents: [restart],
      };
    return { kind: 'nothing', why: 'chatter', reply: 'You are welcome.', suggestions: ['disk on n100'] };
  },
  hands: () => 'steps',
  riskOf: (command: string) => (command === 'disk' || command === 'logs' ? 'read' : 'change'),
  place: (intents: readonly Intent[]) => ({ kind: 'placed', hosts: ['n100'], intents }),
  summarise: () => 'Said.',
} as unknown as Planner;

export interface Talking {
  readonly surface: PaperSurface;
  stop(): Promise<void>;
}

/** A house whose conversations go over paper, with real flows on a real PostgreSQL. */
export function conversationsForTests(command?: Parameters<typeof flowsForTests>[0]) {
  const flows = flowsForTests(command);
  const talking: Talking[] = [];
  afterEach(async () => {
    for (const one of talking.splice(0)) await one.stop();
    // The next test talks on platforms that know nothing of this one.
    await flows.sql(`UPDATE conversations SET lost = 'the test is over'`);
    await flows.sql(`UPDATE posts SET state = 'dropped' WHERE state IN ('waiting', 'posted')`);
    await flows.sql(
      `UPDATE chat_memory SET value = (SELECT coalesce(max(id), 0) FROM events) WHERE key = 'last event'`,
    );
  });

  const talk = async (
    surface: PaperSurface,
    options: { readonly home?: string; readonly guestsIn?: readonly string[]; readonly ledger?: Ledger } = {},
  ): Promise<Talking> => {
    const ledger = options.ledger ?? flows.ledger();
    const stop = await startConversations({
      ledger,
      planner,
      house,
      clock,
      log: quiet,
      surface,
      home: options.home ?? null,
      guestsIn: options.guestsIn ?? [],
      pageOf: (request) => `https://chiffon.example.org/r/${request}`,
      newReference: () => 'E-TEST',
      offers: async () => ({ commands: [], values: {}, openPlans: [] }),
    });
    const one = { surface, stop: async () => stop() };
    talking.push(one);
    return {
      surface,
      stop: async () => {
        talking.splice(talking.indexOf(one), 1);
        await stop();
      },
    };
  };

  /** The number of the newest request. */
  const newest = async (): Promise<number> => (await flows.ledger().requests({ limit: 1 }))[0]?.id ?? 0;

  /** Puts the first revision of a drafted plan before people, with as many steps as asked. */
  const proposeFor = async (
    plan: number,
    options: { readonly steps?: number; readonly host?: string } = {},
  ) => {
    const host = options.host ?? flows.freshHost();
    const steps = Array.from({ length: options.steps ?? 1 }, (_, i) =>
      shellStep(i + 1, host, `work ${i + 1} on ${host}`),
    );
    const content = contentWith(steps, 'Restart Jellyfin on n100');
    const hash = await flows.ledger().transact(async (tx) => {
      const proposed = await propose(tx, plan, content);
      await tx.append({
        stream: `plan:${plan}`,
        kind: 'plan.proposed',
        actor: 'planner',
        plan,
        summary: 'Proposed.',
      });
      return proposed;
    });
    return { plan, hash, host };
  };

  /** The second revision, after changes were asked for. */
  const proposeAnew = async (plan: number, host: string) => {
    const content = contentWith(
      [shellStep(1, host, `work otherwise on ${host}`)],
      'Restart Jellyfin on n100 at night',
    );
    const hash = planHash(content);
    await flows.ledger().transact(async (tx) => {
      await tx.insertRevision({
        plan,
        revision: 2,
        content,
        hash,
        rehearsal: { at: '2026-11-21T12:00:00.000Z', steps: [], facts: [], notes: [] },
        askedFor: 'at night',
      });
      await tx.movePlan(
        plan,
        { states: ['changes_requested'] },
        { state: 'awaiting_approval', revision: 2, hash, risk: 'change', title: content.title },
      );
      await tx.append({
        stream: `plan:${plan}`,
        kind: 'plan.proposed',
        actor: 'planner',
        plan,
        summary: 'Proposed.',
      });
    });
    return hash;
  };

  /** Carries out the newest run of a plan to its end. */
  const carryOut = async (plan: number): Promise<void> => {
    for (;;) {
      const run = (await flows.ledger().runs(plan)).at(-1);
      if (run === undefined) throw new Error('there is no run');
      const task = (await flows.ledger().tasks(run.id)).find(
        ({ state }) => state === 'pending' || state === 'waiting_retry',
      );
      if (task === undefined || ['completed', 'failed', 'cancelled', 'review'].includes(run.state)) return;
      await flows.perform(task.id);
    }
  };

  return { ...flows, talk, newest, proposeFor, proposeAnew, carryOut };
}

/** Waits for what a busy machine may take its time with. */
export function soon<T>(look: () => T) {
  return expect.poll(look, { timeout: 15_000 });
}

export function approve(plan: number, hash: string) {
  return {
    kind: 'decide',
    decision: 'approve',
    plan,
    hash: hash.slice(0, 8),
    comment: null,
    code: null,
  } as const;
}

export { PaperSurface };
