import { useState } from 'preact/hooks';
import type { StreamMessage } from '#api/contract/house.ts';
import type { Problem } from '#api/contract/problem.ts';
import type { RunDetail } from '#api/contract/runs.ts';
import { taskWords } from '#core/state-words.ts';
import { reload, useAnswer } from '../app/answers.ts';
import { call } from '../app/api.ts';
import { offlineReason } from '../app/connection.ts';
import { requestPath } from '../app/routes.ts';
import { LogPanel } from '../log/log-panel.tsx';
import { useLog } from '../log/use-log.ts';
import { durationWords, shortHash } from '../parts/format.ts';
import { ProblemNotice } from '../parts/notice.tsx';
import { Heading, Shown } from '../parts/page.tsx';
import { StateMark } from '../parts/shape.tsx';
import { RunSkeleton } from '../parts/skeleton.tsx';
import { stateLook } from '../parts/states.ts';
import { Elapsed, Time } from '../parts/time.tsx';
import { TaskList } from './task-list.tsx';
import { WhyPanel } from './why-panel.tsx';

/** Where is it, and why did it stop? */
export function RunPage({ number, run }: { number: number; run: number }) {
  const runId = `${number}-${run}`;
  const path = `/runs/${runId}`;
  const known = useAnswer<RunDetail>(path, (message) => concerns(message, runId));
  const log = useLog(runId);
  return (
    <div class="page page-wide page-run">
      {known.value === null ? (
        <header class="page-head">
          <Heading>Run {runId}</Heading>
        </header>
      ) : null}
      <Shown path={path} known={known} skeleton={<RunSkeleton />} way={<a href="/requests">All requests</a>}>
        {(detail) => (
          <>
            <RunHead run={detail} />
            <WhyPanel run={detail} model={log.model} />
            <div class="run-columns">
              <TaskList run={detail} />
              <LogPanel run={detail} log={log} />
            </div>
          </>
        )}
      </Shown>
    </div>
  );
}

function RunHead({ run }: { run: RunDetail }) {
  const look = taskWords[run.state];
  const word = run.waitsFor === null ? look.word : `Waiting for ${run.waitsFor}`;
  return (
    <header class={`run-head family-${stateLook(look.state).family}`}>
      <p class="run-state">
        <StateMark state={look.state} word={word} strong />
        <span class="muted">
          <a href={requestPath(run.requestId)}>{run.planId}</a> rev {run.revision} · run {run.runId} ·{' '}
          <code title={run.hash}>{shortHash(run.hash)}</code>
        </span>
      </p>
      <div class="run-title">
        <Heading>{run.title}</Heading>
        <StopButton run={run} />
      </div>
      {run.summary === null || run.state === 'failed' ? null : <p>{run.summary}</p>}
      <p class="muted">
        {run.startedAt === null ? (
          'Not started yet.'
        ) : (
          <>
            Started <Time at={run.startedAt} how="seconds" />
            {run.endedAt === null ? (
              <>
                , for <Elapsed since={run.startedAt} />
              </>
            ) : (
              <>
                , ended <Time at={run.endedAt} how="seconds" />, took{' '}
                {durationWords(Date.parse(run.endedAt) - Date.parse(run.startedAt))}
              </>
            )}
          </>
        )}
      </p>
    </header>
  );
}

function StopButton({ run }: { run: RunDetail }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  if (run.endedAt !== null) return null;
  const action = run.card.actions.find((candidate) => candidate.kind === 'cancel');
  const blocked = offlineReason() ?? action?.blocked ?? null;
  const stop = async () => {
    if (blocked !== null || busy) return;
    setBusy(true);
    const answer = await call<RunDetail>('POST', `/runs/${run.runId}/cancel`, {});
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    reload(`/runs/${run.runId}`);
  };
  return (
    <div class="run-stop">
      <button
        type="button"
        class="button"
        aria-disabled={blocked === null ? undefined : 'true'}
        aria-busy={busy}
        onClick={() => void stop()}
      >
        {action?.label ?? 'Stop now'}
      </button>
      {blocked === null ? null : <p class="action-reason">{blocked}</p>}
      {problem ? <ProblemNotice problem={problem} /> : null}
    </div>
  );
}

function concerns(message: StreamMessage, runId: string): boolean {
  return message.type === 'event' && (message.event.run === runId || message.event.stream === `run:${runId}`);
}
