import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { RunDetail, RunLog } from '#api/contract/runs.ts';
import { compareJournal, type JournalVerdict } from './compare-journal.ts';
import { type Drill, drill } from './drills.ts';
import type { House } from './house.ts';
import type { LedgerWatch } from './ledger-watch.ts';
import type { Carried, createPerson } from './person.ts';
import type { Presence } from './presence.ts';

/** What the host and the ledger say about the work, beside each other. Lists hold sentences about what is wrong. */
export interface Verdict extends JournalVerdict {
  /** Commands that had to run. */
  readonly commands: number;
  readonly outputWrong: readonly string[];
  readonly outputBytes: number;
  /** Runs and steps in another state than the host says they should be in, or with more than one try. */
  readonly statesWrong: readonly string[];
  /** Tries without exactly one intent before and one outcome after it. */
  readonly recordWrong: readonly string[];
  readonly chain: { readonly ok: boolean; readonly events: number; readonly says: string };
  /** Milliseconds a step waited although it was its turn and some worker was up; one for each. */
  readonly waits: readonly number[];
}

const root = fileURLToPath(new URL('../..', import.meta.url));

export async function judgeHouse(
  house: House,
  watch: LedgerWatch,
  presence: Presence,
  person: ReturnType<typeof createPerson>,
  carried: readonly Carried[],
  parts: number,
): Promise<Verdict> {
  const expected = carried.map(({ number }) => drill(number, parts));
  const host = compareJournal(expected, await house.journal());
  const outputWrong: string[] = [];
  const statesWrong: string[] = [];
  let outputBytes = 0;
  const until = Date.now() + 120_000;
  for (const { number, runId, state } of carried) {
    const wanted = drill(number, parts);
    const right = wanted.fails ? 'failed' : 'completed';
    if (state !== right)
      statesWrong.push(`drill ${number} (run ${runId}) is ${state} and should be ${right}`);
    if (runId === null) continue;
    const run = await person.insist<RunDetail>(`/api/v1/runs/${runId}`, until);
    statesWrong.push(...compareTasks(wanted, run, parts));
    const chunks = await readLog(person, runId, until);
    for (const part of wanted.parts) {
      for (const stream of ['out', 'err'] as const) {
        const stored = chunks
          .filter((chunk) => chunk.taskId === `${runId}-s${part.position}` && chunk.stream === stream)
          .map(({ text }) => text)
          .join('');
        outputBytes += Buffer.byteLength(part[stream]);
        if (stored !== part[stream])
          outputWrong.push(difference(runId, part.position, stream, part[stream], stored));
      }
    }
  }
  return {
    ...host,
    commands: expected.reduce((sum, one) => sum + one.parts.length, 0),
    outputWrong,
    outputBytes,
    statesWrong,
    recordWrong: await compareRecord(watch),
    chain: await verifyChain(house),
    waits: await waitsForWorkers(watch, presence),
  };
}

function compareTasks(wanted: Drill, run: RunDetail, parts: number): readonly string[] {
  const wrong: string[] = [];
  for (let position = 1; position <= parts; position += 1) {
    const task = run.tasks.find((one) => one.position === position);
    const part = wanted.parts[position - 1];
    const where = `step ${position} of run ${run.runId}`;
    const state = part === undefined ? 'pending' : part.exitCode === 0 ? 'completed' : 'failed';
    const tries = part === undefined ? 0 : 1;
    if (task?.state !== state)
      wrong.push(`${where} is ${task?.state} and should be ${state}: ${task?.result}`);
    if (task?.attempts.length !== tries)
      wrong.push(`${where} has ${task?.attempts.length} tries, not ${tries}`);
    const code = task?.attempts[0]?.exitCode;
    if (part !== undefined && code !== part.exitCode)
      wrong.push(`${where} is said to have ended with ${code}, not ${part.exitCode}`);
  }
  return wrong;
}

async function readLog(
  person: ReturnType<typeof createPerson>,
  runId: string,
  until: number,
): Promise<RunLog['chunks']> {
  const chunks: RunLog['chunks'] = [];
  for (let from = 0; ; ) {
    const log = await person.insist<RunLog>(`/api/v1/runs/${runId}/log?from=${from}`, until);
    chunks.push(...log.chunks);
    if (log.next >= log.end || log.next === from) return chunks;
    from = log.next;
  }
}

function difference(run: string, position: number, stream: string, wanted: string, stored: string): string {
  let at = 0;
  while (at < wanted.length && wanted[at] === stored[at]) at += 1;
  return `${stream} of step ${position} of run ${run}: ${wanted.length} characters were written and ${stored.length} stored; they part at ${at}: ${JSON.stringify(wanted.slice(at, at + 40))} and ${JSON.stringify(stored.slice(at, at + 40))}`;
}

/** One intent before and one outcome behind every try, and none without a try. */
async function compareRecord(watch: LedgerWatch): Promise<readonly string[]> {
  const rows = await watch.query<{ id: string; attempts: string; intents: string; outcomes: string }>(`
    WITH noted AS (
      SELECT canonical::jsonb -> 'data' ->> 'attempt' AS id,
        count(*) FILTER (WHERE kind = 'attempt.intended') AS intents,
        count(*) FILTER (WHERE kind = 'attempt.ended') AS outcomes
      FROM events WHERE kind IN ('attempt.intended', 'attempt.ended') GROUP BY 1
    )
    SELECT coalesce(a.id, n.id) AS id, (a.id IS NOT NULL)::int AS attempts, coalesce(n.intents, 0) AS intents,
      coalesce(n.outcomes, 0) AS outcomes
    FROM attempts a FULL JOIN noted n ON n.id = a.id
    WHERE a.id IS NULL OR n.intents IS DISTINCT FROM 1 OR n.outcomes IS DISTINCT FROM 1`);
  return rows.map(
    ({ id, attempts, intents, outcomes }) =>
      `try ${id}: ${attempts} rows, ${intents} intents, ${outcomes} outcomes`,
  );
}

/** `chiffon audit verify`, as a person would ask it. */
async function verifyChain(house: House): Promise<Verdict['chain']> {
  const words = ['audit', 'verify', '--json', '--config', house.configFile, '--data', house.dataFolder];
  const asked = await promisify(execFile)(process.execPath, [join(root, 'src/cli/chiffon.ts'), ...words], {
    cwd: root,
    env: { ...process.env, ...house.environment },
  }).catch((error: { stdout?: string; stderr?: string }) => ({
    stdout: error.stdout ?? '',
    stderr: error.stderr ?? 'it could not be asked',
  }));
  try {
    const { ok, events } = JSON.parse(asked.stdout) as { ok: boolean; events: number };
    return { ok, events, says: asked.stdout.trim() };
  } catch {
    return { ok: false, events: 0, says: `${asked.stdout}${asked.stderr}` };
  }
}

/** From the end of the step before it, or the start of the run, to the try. */
async function waitsForWorkers(watch: LedgerWatch, presence: Presence): Promise<readonly number[]> {
  const rows = await watch.query<{ due: string; begun: string }>(`
    SELECT extract(epoch FROM coalesce(before.ended_at, r.started_at)) * 1000 AS due,
      extract(epoch FROM a.started_at) * 1000 AS begun
    FROM attempts a JOIN tasks t ON t.id = a.task JOIN runs r ON r.id = t.run
      LEFT JOIN tasks before ON before.run = t.run AND before.position = t.position - 1
    WHERE a.number = 1`);
  return rows.map(({ due, begun }) => presence.between(Number(due), Number(begun)));
}
