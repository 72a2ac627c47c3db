import { type AuditRow, type RequestDetail, type RequestSummary } from '#api/contract/requests.ts';
import { type RunDetail, type RunLog } from '#api/contract/runs.ts';
import { type Card, type CardStep } from '#core/card.ts';

export type Chunk = RunLog['chunks'][number];
export type Task = RunDetail['tasks'][number];

/** A request in the fixture house, with its run and log when it has one. */
export interface Story {
  detail: RequestDetail;
  run: RunDetail | null;
  log: Chunk[];
  /** The call for a person that nobody is on. */
  alert?: RequestSummary['alert'];
}

/** A moment so many seconds ago. */
export function ago(seconds: number): string {
  return new Date(Date.now() - seconds * 1000).toISOString();
}

/** A hash that looks like one and differs with its seed. */
export function fakeHash(seed: string): string {
  let state = 2166136261;
  for (const character of seed) state = Math.imul(state ^ character.charCodeAt(0), 16777619);
  return Array.from({ length: 64 }, (_, i) => {
    state = Math.imul(state ^ (state >>> 13) ^ i, 16777619);
    return ((state >>> 8) & 15).toString(16);
  }).join('');
}

/** A step with everything that most steps leave as it is. */
export function step(
  position: number,
  part: Partial<CardStep> & Pick<CardStep, 'summary' | 'exact'>,
): CardStep {
  return {
    id: `s${position}`,
    position,
    target: 'sandbox',
    uses: 'shell',
    content: null,
    undo: 'not needed',
    rehearsed: true,
    rehearsalNote: null,
    diff: null,
    state: 'queued',
    stateWord: 'Queued',
    result: null,
    startedAt: null,
    endedAt: null,
    ...part,
  };
}

/** A card with everything that most cards leave empty. */
export function card(
  request: number,
  part: Partial<Card> & Pick<Card, 'state' | 'stateWord' | 'title' | 'ask'>,
): Card {
  return {
    request,
    plan: request,
    run: null,
    revision: 1,
    hash: fakeHash(`plan ${request}`),
    message: null,
    risk: 'change',
    effects: [],
    steps: [],
    rehearsal: null,
    verification: null,
    undo: null,
    cost: null,
    decisions: [],
    delta: [],
    link: null,
    confirmCode: null,
    actions: [],
    answerBy: null,
    asOf: ago(1),
    ...part,
  };
}

/** A request around a card. */
export function detailOf(shown: Card, part: Partial<RequestDetail> = {}): RequestDetail {
  return {
    requestId: `R-${shown.request}`,
    number: shown.request,
    threadId: `console:R-${shown.request}`,
    card: shown,
    earlier: [],
    runs: [],
    audit: [],
    ...part,
  };
}

/** The row of a request in a list. */
export function summaryOf(story: Story): RequestSummary {
  const shown = story.detail.card;
  const current = shown.steps.find((one) => one.state === 'running' || one.state === 'retrying');
  return {
    requestId: story.detail.requestId,
    number: story.detail.number,
    planId: shown.plan === null ? null : `P-${shown.plan}`,
    runId: shown.run,
    title: shown.title,
    words: shown.ask.words,
    person: shown.ask.person,
    surface: shown.ask.surface,
    at: shown.ask.at,
    state: shown.state,
    stateWord: shown.stateWord,
    message: shown.message,
    startedAt: story.run?.startedAt ?? null,
    endedAt: story.run?.endedAt ?? null,
    alert: story.alert ?? null,
    answerBy: shown.answerBy,
    step: current ? { position: current.position, of: shown.steps.length } : null,
  };
}

const taskStates: Readonly<Record<string, Task['state']>> = {
  queued: 'pending',
  running: 'running',
  done: 'completed',
  failed: 'failed',
  stopped: 'cancelled',
  unknown: 'review',
  waiting: 'blocked',
  retrying: 'waiting_retry',
};

/** A run that agrees with its card. */
export function runOf(shown: Card, part: Partial<RunDetail> = {}): RunDetail {
  const runId = shown.run ?? `${shown.request}-1`;
  const states: Readonly<Record<string, RunDetail['state']>> = {
    running: 'running',
    done: 'completed',
    failed: 'failed',
    stopped: 'cancelled',
    unknown: 'review',
  };
  return {
    runId,
    planId: `P-${shown.plan}`,
    requestId: `R-${shown.request}`,
    revision: shown.revision ?? 1,
    hash: shown.hash ?? '',
    state: states[shown.state] ?? 'pending',
    title: shown.title,
    summary: shown.message,
    waitsFor: null,
    startedAt: shown.steps[0]?.startedAt ?? null,
    endedAt: shown.state === 'running' ? null : (shown.steps.findLast((one) => one.endedAt)?.endedAt ?? null),
    tasks: shown.steps.map((one) => taskOf(runId, one)),
    card: shown,
    ...part,
  };
}

function taskOf(runId: string, one: CardStep): Task {
  const taskId = `${runId}.${one.position}`;
  const outcome = one.state === 'done' ? 'succeeded' : one.state === 'failed' ? 'failed' : null;
  return {
    taskId,
    stepId: one.id,
    position: one.position,
    summary: one.summary,
    target: one.target,
    // What a failure kept from starting stays pending in the ledger.
    state:
      one.startedAt === null && one.state === 'stopped' ? 'pending' : (taskStates[one.state] ?? 'pending'),
    result: one.result,
    errorClass: one.state === 'failed' ? 'port_in_use' : null,
    startedAt: one.startedAt,
    endedAt: one.endedAt,
    attempts:
      one.startedAt === null
        ? []
        : [
            {
              attemptId: `${taskId}.1`,
              number: 1,
              outcome,
              exitCode: outcome === 'succeeded' ? 0 : outcome === 'failed' ? 1 : null,
              summary: one.result,
              records: {},
              startedAt: one.startedAt,
              endedAt: one.endedAt,
            },
          ],
  };
}

/** Adds output to a story's log, at the right offset. */
export function say(story: Story, position: number, text: string, part: Partial<Chunk> = {}): void {
  const last = story.log.at(-1);
  const offset = last ? last.offset + last.bytes : 0;
  story.log.push({
    offset,
    bytes: Buffer.byteLength(text),
    taskId: `${story.run?.runId}.${position}`,
    stepId: `s${position}`,
    attempt: 1,
    stream: 'out',
    at: ago(0),
    text,
    ...part,
  });
}

let nextEventId = 4100;

/** A fact in the record. */
export function fact(
  part: Partial<AuditRow> & Pick<AuditRow, 'kind' | 'summary'> & { number: number; secondsAgo?: number },
): AuditRow {
  const { number, secondsAgo, ...rest } = part;
  const id = nextEventId++;
  const subject = part.kind.split('.')[0] ?? 'system';
  return {
    id,
    at: ago(secondsAgo ?? 0),
    stream: subject === 'run' || subject === 'task' ? `run:${number}-1` : `${subject}:${number}`,
    seq: 1 + (id % 9),
    actor: 'chiffon',
    plan: `P-${number}`,
    run: null,
    host: null,
    service: null,
    outcome: null,
    hash: fakeHash(`event ${id}`),
    ...rest,
  };
}
