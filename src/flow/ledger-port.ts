import type { EventKind, NewEvent, StoredEvent } from '#core/event.ts';
import type { HostFacts } from '#core/host.ts';
import type { Intent } from '#core/intent.ts';
import type { Surface } from '#core/person.ts';
import type { PlanContent, PlanState, Rehearsal } from '#core/plan.ts';
import type { PolicySnapshot } from '#core/policy-snapshot.ts';
import type { RecordAnswer } from '#core/record-answer.ts';
import type { Risk } from '#core/risk.ts';
import type { Step } from '#core/step.ts';
import type { ErrorClass, Outcome, RunState, TaskState } from '#core/task.ts';
import type { Choice } from '#core/understanding.ts';
import type { AlertRecord, AlertRow, NewAlert } from './alert-record.ts';
import type { ConversationRecord, ConversationRow } from './conversation-record.ts';
import type { OutputChunk } from './executor-port.ts';
import type { Job } from './queue-port.ts';
import type { RecordQuestions } from './record-questions.ts';

/** `planned`: it became a plan of the same number. The others are answered without one. */
export type RequestState = 'received' | 'planned' | 'answered' | 'question' | 'refused';

export interface RequestRow {
  /** The number people, and P-142 for its plan. */
  readonly id: number;
  readonly thread: string;
  readonly text: string;
  readonly person: string;
  readonly surface: Surface;
  readonly state: RequestState;
  /** What Chiffon answered, in Chiffon's words. */
  readonly reply: string | null;
  readonly choices: readonly Choice[];
  readonly suggestions: readonly string[];
  readonly intents: readonly Intent[];
  /** What the record answered, in parts; null for everything that is no question about it. */
  readonly answer: RecordAnswer | null;
  readonly at: string;
}

export interface PlanRow {
  /** The same number as its request. */
  readonly id: number;
  readonly state: PlanState;
  /** The current revision, 0 while the first is being drafted. */
  readonly revision: number;
  readonly hash: string | null;
  readonly risk: Risk | null;
  readonly title: string;
  /** Why it is rejected, parked or expired, as a sentence. */
  readonly note: string | null;
  /** When an unanswered proposal is parked, ISO 8601. */
  readonly answerBy: string | null;
  readonly at: string;
  readonly changedAt: string;
}

export interface RevisionRow {
  readonly plan: number;
  readonly revision: number;
  readonly content: PlanContent;
  readonly hash: string;
  readonly rehearsal: Rehearsal;
  /** What the person asked to be different; null for the first revision. */
  readonly askedFor: string | null;
  readonly at: string;
}

export interface ApprovalRow {
  readonly plan: number;
  readonly revision: number;
  readonly hash: string;
  readonly decision: 'approve' | 'reject' | 'changes';
  readonly person: string;
  readonly surface: Surface;
  /** The rule's name when policy itself approved; null for a person's decision. */
  readonly rule: string | null;
  readonly comment: string | null;
  /** Why it counted; null for decisions from before this was kept. */
  readonly policy: PolicySnapshot | null;
  readonly at: string;
}

/** What says that a run was approved: three things that don't come from one row. */
export interface ApprovalEvidence {
  /** The revision that the run carries out; null when there is none. */
  readonly content: PlanContent | null;
  /** The hash that stands beside it. */
  readonly hash: string | null;
  readonly approvals: readonly Pick<ApprovalRow, 'decision' | 'revision' | 'hash'>[];
  /** The hashes that events of the plan's approvals speak of. */
  readonly recorded: readonly string[];
}

export interface RunRow {
  /** `142-1`: the plan's number and which run of it this is. */
  readonly id: string;
  readonly plan: number;
  readonly revision: number;
  readonly hash: string;
  readonly state: RunState;
  readonly mutates: boolean;
  readonly hosts: readonly string[];
  /** The run that holds a host this one waits for. */
  readonly blockedBy: string | null;
  /** What it came to, as a sentence from the checks. */
  readonly summary: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly at: string;
}

export interface TaskRow {
  /** `142-1-s3`: run and step. */
  readonly id: string;
  readonly run: string;
  readonly position: number;
  readonly step: Step;
  readonly state: TaskState;
  readonly summary: string | null;
  readonly errorClass: ErrorClass | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly attempts: readonly AttemptRow[];
}

export interface AttemptRow {
  /** Names the attempt on the host too. */
  readonly id: string;
  readonly task: string;
  readonly number: number;
  /** Who holds it, while it runs. */
  readonly worker: string;
  readonly leaseUntil: string;
  readonly outcome: Outcome | null;
  readonly exitCode: number | null;
  readonly errorClass: ErrorClass | null;
  readonly summary: string | null;
  readonly records: Readonly<Record<string, string>>;
  /** Bytes of the host's output that are stored. */
  readonly outOffset: number;
  readonly errOffset: number;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

/** A stored piece of a run's log. `offset` counts bytes of UTF-8 from the run's first byte. */
export interface LogChunk {
  readonly offset: number;
  readonly bytes: number;
  readonly task: string;
  readonly attempt: number;
  readonly stream: OutputChunk['stream'];
  readonly text: string;
  readonly at: string;
}

export interface AuditQuestion {
  /** Inclusive, ISO 8601. */
  readonly since?: string;
  /** Exclusive, ISO 8601. */
  readonly until?: string;
  readonly outcome?: string;
  readonly service?: string;
  readonly host?: string;
  readonly person?: string;
  readonly plan?: number;
  readonly kinds?: readonly EventKind[];
  /** Leaves out what only looked: approvals by rule, and runs that changed nothing. */
  readonly changesOnly?: boolean;
  /** Leaves out what Chiffon did by itself. */
  readonly personsOnly?: boolean;
  /** Newest first; only events before this id. */
  readonly before?: number;
  /** 1 to 1000. */
  readonly limit: number;
}

export interface Verification {
  readonly ok: boolean;
  readonly events: number;
  readonly streams: number;
  /** Commits of the git trail; 0 where none is kept. */
  readonly gitCommits: number;
  /** Events that no commit vouches for yet: the newest few. Not an error. */
  readonly unanchored: number;
  readonly firstBad: null | { readonly stream: string; readonly seq: number; readonly why: string };
}

/**
 * Changes, all inside one PostgreSQL transaction: row, event and outbox entry stand or fall together. Every `move…`
 * is a compare-and-set that answers false when somebody else was first.
 */
export interface LedgerTransaction {
  insertRequest(
    row: Pick<RequestRow, 'text' | 'person' | 'surface'> & { readonly thread: string | null },
  ): Promise<RequestRow>;
  answerRequest(
    id: number,
    answer: Pick<RequestRow, 'state' | 'reply'> &
      Partial<Pick<RequestRow, 'choices' | 'suggestions' | 'intents' | 'answer'>>,
  ): Promise<void>;

  /** Takes back a question because it was answered; false when it was answered before. */
  closeQuestion(id: number): Promise<boolean>;

  /** Opens a plan in `drafting` for the request of the same number. */
  insertPlan(plan: Pick<PlanRow, 'id' | 'title'>): Promise<void>;
  insertRevision(row: Omit<RevisionRow, 'at'>): Promise<void>;
  /** Moves a plan if it is in one of the states and, where given, at that revision and hash. */
  movePlan(
    id: number,
    from: { readonly states: readonly PlanState[]; readonly revision?: number; readonly hash?: string },
    to: Partial<Pick<PlanRow, 'state' | 'revision' | 'hash' | 'risk' | 'title' | 'note' | 'answerBy'>> & {
      readonly state: PlanState;
    },
  ): Promise<boolean>;
  insertApproval(
    row: Omit<ApprovalRow, 'at' | 'policy'> & Partial<Pick<ApprovalRow, 'policy'>>,
  ): Promise<void>;

  /** The next run of a plan with its tasks, all pending, positions from 1. */
  insertRun(
    run: Pick<RunRow, 'plan' | 'revision' | 'hash' | 'mutates' | 'hosts'>,
    steps: readonly Step[],
  ): Promise<RunRow>;
  moveRun(
    id: string,
    from: readonly RunState[],
    to: Partial<Pick<RunRow, 'blockedBy' | 'summary' | 'startedAt' | 'endedAt'>> & {
      readonly state: RunState;
    },
  ): Promise<boolean>;
  /** Locks a run until the transaction ends, so that its end and its tasks' ends are seen in one order; null when unknown. */
  lockRun(id: string): Promise<{ readonly run: RunRow; readonly tasks: readonly TaskRow[] } | null>;
  moveTask(
    id: string,
    from: readonly TaskState[],
    to: Partial<Pick<TaskRow, 'summary' | 'errorClass' | 'startedAt' | 'endedAt'>> & {
      readonly state: TaskState;
    },
  ): Promise<boolean>;

  /** Takes every host for a run, or none: answers the run that holds one or is earlier in line for one. */
  holdHosts(
    run: string,
    hosts: readonly string[],
  ): Promise<{ readonly held: true } | { readonly held: false; readonly by: string }>;
  /** Lets go of a run's hosts and answers the blocked runs that may now be tried, oldest first. */
  releaseHosts(run: string): Promise<readonly string[]>;
  /** Notes of every blocked run whom it waits for now; answers those for whom that has changed. */
  nameHolders(): Promise<readonly (Pick<RunRow, 'id' | 'plan' | 'hosts'> & { readonly by: string })[]>;

  /** Opens the next attempt of a task for a worker. */
  openAttempt(row: {
    readonly id: string;
    readonly task: string;
    readonly worker: string;
    readonly leaseSeconds: number;
  }): Promise<AttemptRow>;
  /** Takes over an attempt whose lease ran out. False when somebody holds it or it has ended. */
  takeOverAttempt(id: string, worker: string, leaseSeconds: number): Promise<boolean>;
  closeAttempt(
    id: string,
    worker: string,
    end: Pick<AttemptRow, 'exitCode' | 'errorClass' | 'summary' | 'records'> & { readonly outcome: Outcome },
  ): Promise<boolean>;
  /** As the ledger's own: output that is stored together with what it led to. */
  appendLog(attempt: string, chunks: readonly OutputChunk[], worker: string): Promise<boolean>;

  /** Writes down where a request is talked about. */
  saveConversation(row: ConversationRow): Promise<void>;
  /** Notes an event of a chat platform; false when it was taken in before. */
  noteHeard(surface: Surface, id: string): Promise<boolean>;

  /** Calls for a person; null when the same call is open already. */
  raiseAlert(alert: NewAlert): Promise<number | null>;
  /** Somebody is on it: the open alerts of a request stop ringing. Answers how many there were. */
  acknowledgeAlerts(request: number, person: string): Promise<number>;

  saveHostFacts(facts: HostFacts): Promise<void>;
  saveHostUnreachable(host: string, reason: string): Promise<void>;

  append(event: NewEvent): Promise<StoredEvent>;
  /** Appends several, in order, at the cost of one. */
  appendAll(events: readonly NewEvent[]): Promise<readonly StoredEvent[]>;
  /** Puts a job into the outbox; it reaches the queue after the commit. */
  enqueue(job: Job): Promise<void>;
}

/** A task that succeeded, and the next one of its run. */
export interface StepChange {
  readonly run: string;
  readonly ended: Pick<AttemptRow, 'exitCode' | 'summary' | 'records'> & {
    readonly attempt: string;
    readonly worker: string;
    /** ISO 8601. */
    readonly at: string;
  };
  /** What of its output is not stored yet. */
  readonly output: readonly OutputChunk[];
  /** The next task as it was approved, and the attempt that is opened for it. */
  readonly begun: Pick<TaskRow, 'step'> & {
    readonly task: string;
    readonly attempt: string;
    readonly worker: string;
    readonly leaseSeconds: number;
  };
  /** What is recorded about both, in order. */
  readonly events: readonly NewEvent[];
}

/** How a request stands, without what its steps are: what one row of a list needs. */
export interface RequestOverview {
  readonly request: RequestRow;
  readonly plan: PlanRow | null;
  /** Oldest first. */
  readonly approvals: readonly ApprovalRow[];
  /** The newest one. */
  readonly run: RunRow | null;
  /** The newest run's tasks, in the order they run. */
  readonly tasks: readonly Pick<TaskRow, 'position' | 'state'>[];
  /** The plan of the run that the newest run waits for. */
  readonly holder: Pick<PlanRow, 'id' | 'title'> | null;
  /** The newest call for a person that nobody is on. */
  readonly openAlert: Pick<AlertRow, 'kind' | 'headline' | 'need' | 'at'> | null;
}

export interface HostRow {
  readonly host: string;
  readonly facts: HostFacts | null;
  /** Why the last look failed; null when it succeeded. */
  readonly unreachable: string | null;
  readonly seenAt: string | null;
  readonly triedAt: string;
  /** The run that holds the host. */
  readonly heldBy: string | null;
  /** The plan of that run. */
  readonly heldFor: Pick<PlanRow, 'id' | 'title'> | null;
}

/** The record of everything. The only room that knows PostgreSQL. */
export interface Ledger extends ConversationRecord, AlertRecord, RecordQuestions {
  /** Runs `work` in one transaction; retried by itself on serialisation failures and deadlocks. */
  transact<T>(work: (tx: LedgerTransaction) => Promise<T>): Promise<T>;

  /**
   * Goes from one step to the next in one transaction that is one statement; answers the attempt that was opened. Null,
   * with nothing changed, unless the run is running, the attempt is still the worker's, and the next task is that step and
   * was never begun.
   */
  passOn(change: StepChange): Promise<AttemptRow | null>;

  request(id: number): Promise<RequestRow | null>;
  /** Newest first. */
  requests(page: {
    readonly limit: number;
    readonly before?: number;
    readonly filter?: 'needs_you' | 'running' | 'failed';
    readonly person?: string;
    readonly text?: string;
    readonly thread?: string;
  }): Promise<readonly RequestRow[]>;
  /** How requests stand, in the order of the numbers, unknown ones left out. As many statements for one as for many. */
  overviews(requests: readonly number[]): Promise<readonly RequestOverview[]>;
  /** Counts for the filter chips. */
  requestCounts(): Promise<{
    readonly all: number;
    readonly needsYou: number;
    readonly running: number;
    readonly failed: number;
  }>;
  /** The newest request of a thread that still waits for an answer to a question. */
  openQuestion(thread: string): Promise<RequestRow | null>;

  plan(id: number): Promise<PlanRow | null>;
  plans(page: {
    readonly limit: number;
    readonly before?: number;
    readonly states?: readonly PlanState[];
  }): Promise<readonly PlanRow[]>;
  revisions(plan: number): Promise<readonly RevisionRow[]>;
  revision(plan: number, revision: number): Promise<RevisionRow | null>;
  approvals(plan: number): Promise<readonly ApprovalRow[]>;
  runs(plan: number): Promise<readonly RunRow[]>;
  run(id: string): Promise<RunRow | null>;
  /** Runs in any of the states, oldest first. */
  runsIn(states: readonly RunState[]): Promise<readonly RunRow[]>;
  tasks(run: string): Promise<readonly TaskRow[]>;
  task(id: string): Promise<TaskRow | null>;
  /** Read in one statement, because it is asked before every step. */
  evidenceOf(run: Pick<RunRow, 'plan' | 'revision'>): Promise<ApprovalEvidence>;

  /** Renews the lease; false when the attempt is no longer this worker's. One statement, no event. */
  renewLease(attempt: string, worker: string, leaseSeconds: number): Promise<boolean>;
  /**
   * Stores output and the host offsets it ends at, in order; announces it to whoever follows the run. Given a worker,
   * only while the attempt is that worker's: otherwise answers false and stores nothing. The next call may begin before
   * this one has ended: it is stored behind it, and fails when this one fails.
   */
  appendLog(attempt: string, chunks: readonly OutputChunk[], worker?: string): Promise<boolean>;
  /** From a byte offset of the run's log; at most `maxBytes`, cut at a chunk. */
  readLog(
    run: string,
    from: number,
    maxBytes: number,
  ): Promise<{ readonly chunks: readonly LogChunk[]; readonly next: number; readonly end: number }>;

  hosts(): Promise<readonly HostRow[]>;
  /** Newest first. */
  audit(question: AuditQuestion): Promise<readonly StoredEvent[]>;
  /** Oldest first, up to the first that a transaction under way may still fill: going on from the last id misses none. */
  eventsAfter(id: number, limit: number): Promise<readonly StoredEvent[]>;
  verify(): Promise<Verification>;

  /** Hands outbox entries to `deliver` in order and removes them once delivered; answers how many. Safe in parallel. */
  drainOutbox(deliver: (job: Job) => Promise<void>, limit: number): Promise<number>;
  /** Work that is not final and has no living worker: drafting plans and tasks that should move. For the sweeper. */
  strandedJobs(olderThanSeconds: number): Promise<readonly Job[]>;
  /** Proposals whose time to answer is over. */
  overduePlans(): Promise<readonly PlanRow[]>;

  /** Calls back after commits, in this process and others, until unsubscribed. Survives a restart of the server. */
  listen(on: {
    readonly event?: (event: StoredEvent) => void;
    readonly log?: (run: string, end: number) => void;
    readonly outbox?: () => void;
  }): Promise<() => Promise<void>>;

  health(): Promise<{ readonly ok: boolean; readonly detail: string; readonly remedy: string | null }>;
  close(): Promise<void>;
}
