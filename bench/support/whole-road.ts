import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Person } from '#core/person.ts';
import { type PlanContent, planHash } from '#core/plan.ts';
import type { ShellStep } from '#core/step.ts';
import { createStepExecutor } from '#executors/create-step-executor.ts';
import type { HostAddress } from '#executors/host-address.ts';
import { decideApproval } from '#flow/decide-approval.ts';
import { deliverOutbox } from '#flow/deliver-outbox.ts';
import { createHouse } from '#flow/house.ts';
import type { Ledger } from '#flow/ledger-port.ts';
import { startEmbeddedPostgres } from '#ledger/embedded-postgres.ts';
import { createPostgresLedger } from '#ledger/postgres-ledger.ts';
import { startPersonas } from '#personas/start-personas.ts';
import { loadCatalog } from '#planning/catalog/load-catalog.ts';
import { loadRecipes } from '#planning/composing/load-recipes.ts';
import { createPlanner } from '#planning/create-planner.ts';
import { createRedactor } from '#platform/redaction/redactor.ts';
import { systemClock } from '#platform/system-clock.ts';
import { judgeCommand } from '#policy/shell/judge-command.ts';
import { createDeliveryQueue } from '#queue/create-delivery-queue.ts';

/** All that a plan passes between the yes and its end, as `src/main.ts` puts it together. */
export interface WholeRoad {
  readonly ledger: Ledger;
  /** Puts a plan before Anna: one shell step for each command, all on one host. */
  propose(host: string, commands: readonly string[]): Promise<Proposal>;
  /** Her yes; answers how to wait for the end of the run, which throws when it did not complete. */
  approve(proposal: Proposal): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

interface Proposal {
  readonly plan: number;
  readonly hash: string;
}

const anna: Person = { id: 'anna', name: 'Anna', role: 'owner' };

/** Opens the road: embedded PostgreSQL for ledger and queue, real redaction, real judge, SSH to the given hosts. */
export async function openWholeRoad(
  hosts: readonly HostAddress[],
  knownHostsFile: string,
  workers: number,
): Promise<WholeRoad> {
  const directory = await mkdtemp(join(tmpdir(), 'chiffon-bench-road-'));
  const complain = (_: object, message: string) => console.error(message);
  const log = { info: () => {}, warn: complain, error: complain };
  const postgres = await startEmbeddedPostgres({ directory: join(directory, 'postgres'), log });
  const ledger = await createPostgresLedger({ url: postgres.url, applicationName: 'bench' });
  const queue = await createDeliveryQueue({ url: postgres.url });
  const redaction = createRedactor();
  for (let i = 0; i < 20; i += 1) redaction.register(`secret ${i}`, `hunter-${randomUUID()}`);
  const executor = createStepExecutor({ hosts, knownHostsFile, judge: judgeCommand });
  const planner = planFor(hosts);
  const personas = await startPersonas(
    {
      ledger,
      planner,
      executor,
      redaction,
      log,
      clock: systemClock,
      leaseSeconds: 10,
      worker: 'bench',
      answerWithinHours: 24,
    },
    queue,
    { concurrency: workers, newReference: randomUUID },
  );
  const stopDelivery = await deliverOutbox({ ledger, queue, log }, { everySeconds: 3, sweepAfterSeconds: 5 });
  const ends = new Map<number, (kind: string) => void>();
  await ledger.listen({
    event: ({ plan, kind }) => {
      if (plan !== undefined && /^run\.(completed|failed|review|cancelled)$/.test(kind))
        ends.get(plan)?.(kind);
    },
  });

  async function approve({ plan, hash }: Proposal): Promise<() => Promise<void>> {
    const over = Promise.withResolvers<string>();
    ends.set(plan, over.resolve);
    const decided = await decideApproval(
      { ledger, house: createHouse([anna]), clock: systemClock },
      {
        plan,
        person: anna,
        surface: 'console',
        decision: { decision: 'approve', hash, comment: null, code: null },
      },
    );
    if (!decided.ok) throw new Error(decided.reason);
    return async () => {
      const kind = await over.promise;
      ends.delete(plan);
      if (kind === 'run.completed') return;
      const [run] = await ledger.runs(plan);
      throw new Error(`plan ${plan} did not complete: ${run?.summary}`);
    };
  }

  return {
    ledger,
    approve,
    propose: (host, commands) => propose(ledger, planOf(host, commands)),
    async close() {
      await personas.stop(5_000);
      await stopDelivery();
      await executor.close();
      await queue.close();
      await ledger.close();
      await postgres.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function planFor(hosts: readonly HostAddress[]) {
  const commands = fileURLToPath(new URL('../../commands', import.meta.url));
  const catalog = loadCatalog(commands);
  if (!catalog.ok) throw new Error('the catalog has mistakes');
  const recipes = loadRecipes(commands, catalog.catalog);
  if (!recipes.ok) throw new Error('the recipes have mistakes');
  return createPlanner({
    catalog: catalog.catalog,
    recipes: recipes.recipes,
    hosts: hosts.map(({ name, address }) => ({ name, aliases: [], serviceAddress: address })),
    defaultHost: null,
    services: [],
  });
}

function planOf(host: string, commands: readonly string[]): PlanContent {
  const steps = commands.map((command, index): ShellStep => {
    return {
      id: `s${index + 1}`,
      target: host,
      summary: `Run ${command}`,
      uses: 'shell',
      command,
      undo: { kind: 'not_needed', how: 'nothing changes' },
      idempotent: false,
      timeoutSeconds: 60,
    };
  });
  return {
    version: 1,
    title: `Ten steps on ${host}`,
    risk: 'change',
    intents: [],
    steps,
    effects: [],
    verification: 'All of them ran.',
    undo: 'Nothing to undo.',
    link: null,
  };
}

async function propose(ledger: Ledger, content: PlanContent): Promise<Proposal> {
  const hash = planHash(content);
  const plan = await ledger.transact(async (tx) => {
    const request = await tx.insertRequest({
      text: content.title,
      person: anna.id,
      surface: 'console',
      thread: null,
    });
    await tx.answerRequest(request.id, { state: 'planned', reply: 'Looking.' });
    await tx.insertPlan({ id: request.id, title: content.title });
    const rehearsal = { at: new Date().toISOString(), steps: [], facts: [], notes: [] };
    await tx.insertRevision({ plan: request.id, revision: 1, content, hash, rehearsal, askedFor: null });
    const { risk, title } = content;
    await tx.movePlan(
      request.id,
      { states: ['drafting'] },
      { state: 'awaiting_approval', revision: 1, hash, risk, title },
    );
    return request.id;
  });
  return { plan, hash };
}
