import type { RunDetail } from '#api/contract/runs.ts';
import { stateSigns } from '#core/state-words.ts';
import { durationWords } from '../parts/format.ts';
import { outcomeLook, stateLook, taskLook } from '../parts/states.ts';
import type { GroupHead } from './group-view.ts';
import type { LogGroup } from './log-model.ts';

type Task = RunDetail['tasks'][number];

/** The task a group's output belongs to. */
export function taskOf(run: RunDetail, group: LogGroup): Task | undefined {
  return run.tasks.find((task) => task.taskId === group.taskId);
}

/** The heading of a group, and whether it is open: what went well folds away. */
export function groupHead(run: RunDetail, group: LogGroup, openAll: boolean): GroupHead {
  const task = taskOf(run, group);
  if (!task) return { title: group.stepId, state: '', family: 'idle', open: true };
  const attempt = task.attempts.find((candidate) => candidate.number === group.attempt);
  const tries = Math.max(task.attempts.length, group.attempt);
  const look = attempt?.outcome == null ? taskLook(run, task) : outcomeLook(attempt.outcome);
  const lasted =
    attempt?.endedAt == null
      ? ''
      : durationWords(Date.parse(attempt.endedAt) - Date.parse(attempt.startedAt));
  const went = look.state === 'done' || look.state === 'queued';
  return {
    title: `${task.position} ${task.summary}${tries > 1 ? ` · try ${group.attempt} of ${tries}` : ''}`,
    state: [stateSigns[look.state].symbol, look.word, lasted].filter((part) => part !== '').join(' '),
    family: stateLook(look.state).family,
    open: openAll || !went,
  };
}
