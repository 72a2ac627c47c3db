import type { StreamMessage } from '#api/contract/house.ts';
import type { AuditRow } from '#api/contract/requests.ts';
import type { Card, CardStep } from '#core/card.ts';
import { ago, card, detailOf, fact, fakeHash, runOf, type Story, say, step } from './build.ts';
import { decisionActions, openAction } from './stories.ts';

/** Plays a house in which things happen: requests become plans, approvals become runs, runs talk. */
export class Script {
  readonly stories: Story[];
  readonly #tell: (message: StreamMessage) => void;
  readonly #pace: number;
  readonly #rehearses: boolean;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(stories: Story[], tell: (message: StreamMessage) => void, pace: number, rehearses: boolean) {
    this.stories = stories;
    this.#tell = tell;
    this.#pace = pace;
    this.#rehearses = rehearses;
  }

  /** Lets runs that are under way go on talking, without end. */
  start(): void {
    for (const story of this.stories) if (story.run?.state === 'running') this.#chatter(story, 1);
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  find(number: number): Story | undefined {
    return this.stories.find((story) => story.detail.number === number);
  }

  findRun(runId: string): Story | undefined {
    return this.stories.find((story) => story.run?.runId === runId);
  }

  /** Everything in the record, newest first. */
  facts(): AuditRow[] {
    return this.stories.flatMap((story) => story.detail.audit).toSorted((a, b) => b.id - a.id);
  }

  /** A new request; its plan is being rehearsed and then needs a yes. */
  ask(words: string): Story {
    const number = Math.max(100, ...this.stories.map((story) => story.detail.number)) + 1;
    const drafting = card(number, {
      state: 'drafting',
      stateWord: 'Being rehearsed',
      title: `Restart demo-web on sandbox`,
      ask: { person: 'Anna', surface: 'console', at: ago(0), words },
      hash: null,
    });
    const story: Story = { detail: detailOf(drafting), run: null, log: [] };
    this.stories.unshift(story);
    this.record(story, { kind: 'request.received', actor: 'anna', summary: `Anna asked: “${words}”.` });
    if (this.#rehearses) this.#later(700, () => this.propose(story));
    return story;
  }

  /** The plan of a story is ready; again makes it the next revision. */
  propose(story: Story, delta: readonly string[] = []): void {
    const before = story.detail.card;
    const revision = delta.length === 0 ? 1 : (before.revision ?? 0) + 1;
    if (revision > 1 && before.hash !== null)
      story.detail.earlier.push({ revision: revision - 1, hash: before.hash, words: 'replaced', at: ago(0) });
    story.detail.card = {
      ...before,
      state: 'needs_you',
      stateWord: 'Needs you',
      revision,
      hash: fakeHash(`restart ${before.request} ${revision}`),
      delta: [...delta],
      effects:
        before.effects.length > 0
          ? before.effects
          : [
              {
                host: 'sandbox',
                kind: 'service',
                what: 'demo-web',
                change: 'restarted, off for about 2 s',
                before: 'running',
                after: 'running',
              },
            ],
      steps: before.steps.length > 0 ? before.steps : restartSteps(),
      rehearsal: { at: ago(0), steps: [], facts: [], notes: [] },
      verification: 'http://192.168.1.20:8080/ answers 200 within 30 s',
      undo: 'A restart needs none: the old process is gone, the files are the same.',
      cost: '0, all local',
      actions: decisionActions(),
      answerBy: ago(-8 * 3600),
      asOf: ago(0),
    };
    this.record(story, { kind: 'plan.proposed', summary: `Revision ${revision} was proposed.` });
  }

  decide(story: Story, decision: 'approve' | 'reject' | 'changes', comment: string | null): void {
    const words = { approve: 'Approved', reject: 'Rejected', changes: 'Changes asked for' }[decision];
    const shown = story.detail.card;
    shown.decisions.push({ words: `${words} by Anna in the console`, at: ago(0), comment });
    shown.actions = [];
    shown.answerBy = null;
    if (decision === 'reject') Object.assign(shown, { state: 'rejected', stateWord: 'Rejected by Anna' });
    if (decision === 'changes') {
      this.record(story, {
        kind: 'plan.changes_requested',
        actor: 'anna',
        summary: `Anna asked for changes: “${comment}”.`,
      });
      Object.assign(shown, { state: 'drafting', stateWord: 'Being rehearsed again' });
      this.#later(500, () => this.propose(story, [comment ?? 'as asked']));
      return;
    }
    if (decision === 'approve') this.#run(story);
    this.record(story, {
      kind: decision === 'approve' ? 'plan.approved' : 'plan.rejected',
      actor: 'anna',
      summary: `${words} by Anna in the console.`,
    });
  }

  /** Somebody is on what gave up. */
  acknowledge(story: Story): void {
    const shown = story.detail.card;
    story.alert = null;
    shown.actions = shown.actions.filter((action) => action.kind !== 'acknowledge');
    this.record(story, { kind: 'alert.acknowledged', actor: 'anna', summary: 'Anna is on it.' });
  }

  stopRun(story: Story): void {
    const shown = story.detail.card;
    for (const one of shown.steps)
      if (one.state === 'running' || one.state === 'queued')
        Object.assign(one, {
          state: 'stopped',
          stateWord: 'Stopped',
          endedAt: one.startedAt === null ? null : ago(0),
        });
    this.#settle(story, 'stopped', 'Stopped by Anna', 'Stopped. What had run stays as it is.');
  }

  /** A person has said what became of a step nobody knew about. */
  settleDoubt(story: Story, verdict: 'completed' | 'failed' | 'again'): void {
    const done = verdict === 'completed';
    for (const one of story.detail.card.steps)
      if (one.state === 'unknown')
        Object.assign(one, {
          state: done ? 'done' : 'failed',
          stateWord: done ? 'Done' : 'Failed',
          endedAt: ago(0),
        });
    this.#settle(
      story,
      done ? 'done' : 'failed',
      done ? 'Done' : 'Failed',
      `Anna said that the step ${verdict}.`,
    );
  }

  /** Puts a fact into the record and tells everybody. */
  record(story: Story, part: Partial<AuditRow> & Pick<AuditRow, 'kind' | 'summary'>): void {
    const row = fact({ number: story.detail.number, run: story.run?.runId ?? null, ...part });
    story.detail.audit.push(row);
    this.#tell({ type: 'event', event: row, requestId: story.detail.requestId });
  }

  #run(story: Story): void {
    const shown = story.detail.card;
    shown.state = 'running';
    shown.stateWord = 'Running';
    shown.run = `${shown.request}-1`;
    shown.message = null;
    shown.actions = [{ kind: 'cancel', label: 'Stop now', tone: 'plain', value: null, blocked: null }];
    story.run = runOf(shown, { startedAt: ago(0) });
    story.detail.runs = [
      { runId: shown.run, state: 'running', stateWord: 'Running', startedAt: ago(0), endedAt: null },
    ];
    this.#step(story, 0);
  }

  #step(story: Story, index: number): void {
    const shown = story.detail.card;
    const one = shown.steps[index];
    if (!one) {
      shown.link = 'http://192.168.1.20:8080/';
      this.#settle(story, 'done', 'Done', 'demo-web runs on sandbox and answered with 200 after 0.4 s.');
      shown.actions = [openAction(shown.link)];
      return;
    }
    Object.assign(one, { state: 'running', stateWord: 'Running', startedAt: ago(0) });
    this.#sync(story);
    this.record(story, {
      kind: 'task.started',
      summary: `Step ${one.position} began: ${one.summary}.`,
      host: one.target,
    });
    this.#talk(story, one, 1, () => {
      Object.assign(one, { state: 'done', stateWord: 'Done', endedAt: ago(0) });
      this.#sync(story);
      this.record(story, {
        kind: 'task.completed',
        summary: `Step ${one.position} is done: ${one.summary}.`,
        outcome: 'succeeded',
        host: one.target,
      });
      this.#step(story, index + 1);
    });
  }

  #talk(story: Story, one: CardStep, line: number, then: () => void): void {
    this.#later(this.#pace, () => {
      if (story.detail.card.state !== 'running') return;
      say(
        story,
        one.position,
        `\u001b[2mstep ${one.position}\u001b[0m line ${line} of \u001b[1m${one.exact.split(' ')[0]}\u001b[0m\n`,
      );
      this.#hint(story);
      if (line < 9) this.#talk(story, one, line + 1, then);
      else then();
    });
  }

  #chatter(story: Story, line: number): void {
    this.#later(this.#pace * 5, () => {
      if (story.run?.state !== 'running') return;
      say(story, 4, ` Container jellyfin  \u001b[33mWaiting\u001b[0m for health, look ${line}\n`);
      this.#hint(story);
      this.#chatter(story, line + 1);
    });
  }

  #hint(story: Story): void {
    const last = story.log.at(-1);
    this.#tell({ type: 'log', runId: story.run?.runId ?? '', end: last ? last.offset + last.bytes : 0 });
  }

  #settle(story: Story, state: Card['state'], word: string, message: string): void {
    Object.assign(story.detail.card, { state, stateWord: word, message, actions: [] });
    const endedAt = ago(0);
    this.#sync(story);
    if (story.run) story.run.endedAt = endedAt;
    for (const run of story.detail.runs)
      Object.assign(run, { state: story.run?.state, stateWord: word, endedAt });
    this.record(story, {
      kind: state === 'done' ? 'run.completed' : 'run.cancelled',
      summary: message,
      outcome: state === 'done' ? 'succeeded' : 'cancelled',
      host: 'sandbox',
      service: 'demo-web',
    });
  }

  #sync(story: Story): void {
    story.detail.card.asOf = ago(0);
    story.run = runOf(story.detail.card, { startedAt: story.run?.startedAt ?? ago(0) });
  }

  #later(milliseconds: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, milliseconds);
    this.#timers.add(timer);
  }
}

function restartSteps(): CardStep[] {
  return [
    step(1, {
      summary: 'Restart demo-web',
      exact: "systemctl --user restart 'demo-web.service'",
      undo: 'not needed',
      rehearsalNote: 'demo-web runs since 3 days.',
    }),
    step(2, {
      summary: 'Check that demo-web answers',
      uses: 'http',
      exact: 'GET http://192.168.1.20:8080/ answers 200 within 30 s',
      undo: 'reads only',
      rehearsalNote: 'It answers now, in 3 ms.',
    }),
  ];
}
