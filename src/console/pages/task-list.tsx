import type { RunDetail } from '#api/contract/runs.ts';
import { errorWord } from '#core/error-words.ts';
import { taskWords } from '#core/state-words.ts';
import { durationWords } from '../parts/format.ts';
import { Shape, StateMark } from '../parts/shape.tsx';
import { outcomeLook, stateLook, taskLook } from '../parts/states.ts';
import { Elapsed, Time } from '../parts/time.tsx';

type Task = RunDetail['tasks'][number];

/** The tasks of a run in order, each with its tries. */
export function TaskList({ run }: { run: RunDetail }) {
  const targets = new Set(run.tasks.map((task) => task.target));
  return (
    <section class="task-list" aria-label="Steps">
      <ol class="steps">
        {run.tasks.map((task) => (
          <TaskRow key={task.taskId} run={run} task={task} withTarget={targets.size > 1} />
        ))}
      </ol>
    </section>
  );
}

function TaskRow({ run, task, withTarget }: { run: RunDetail; task: Task; withTarget: boolean }) {
  const look = taskLook(run, task);
  const { family, shape } = stateLook(look.state);
  return (
    <li class={`step step-${family}`} data-state={task.state}>
      <span class={`step-mark family-${family}`}>
        <Shape name={shape} />
      </span>
      <div class="step-body">
        <div class="step-head">
          <span class="step-summary">
            <span class="muted">{task.position}. </span>
            {task.summary}
            {withTarget ? <span class="muted"> on {task.target}</span> : null}
          </span>
          <span class="step-aside">
            {task.state === 'completed' ? (
              <span class="unseen">{look.word}</span>
            ) : (
              <span class={`family-${family}`}>{look.word}</span>
            )}{' '}
            <Lasted task={task} />
          </span>
        </div>
        {task.errorClass === null ? null : <p class="small muted">{errorWord(task.errorClass)}</p>}
        <Attempts task={task} />
      </div>
    </li>
  );
}

function Lasted({ task }: { task: Task }) {
  if (task.startedAt === null) return null;
  return (
    <span class="muted tabular nowrap">
      {task.endedAt === null ? (
        task.state === 'running' ? (
          <Elapsed since={task.startedAt} />
        ) : null
      ) : (
        durationWords(Date.parse(task.endedAt) - Date.parse(task.startedAt))
      )}
    </span>
  );
}

function Attempts({ task }: { task: Task }) {
  if (task.attempts.length < 2 && task.attempts.every((attempt) => Object.keys(attempt.records).length === 0))
    return null;
  return (
    <ul class="attempts plain-list">
      {task.attempts.map((attempt) => {
        const look = attempt.outcome === null ? taskWords.running : outcomeLook(attempt.outcome);
        return (
          <li key={attempt.attemptId}>
            {task.attempts.length > 1 ? (
              <span class="attempt-head">
                Try {attempt.number} <StateMark state={look.state} word={look.word} />{' '}
                <span class="muted small">
                  <Time at={attempt.startedAt} how="seconds" />
                  {attempt.exitCode === null ? null : `, exit code ${attempt.exitCode}`}
                </span>
              </span>
            ) : null}
            {Object.entries(attempt.records).map(([name, value]) => (
              <span class="record small" key={name}>
                <span class="muted">{name}</span> {value}
              </span>
            ))}
          </li>
        );
      })}
    </ul>
  );
}
