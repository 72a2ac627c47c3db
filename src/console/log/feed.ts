import type { Problem } from '#api/contract/problem.ts';
import type { RunLog } from '#api/contract/runs.ts';
import { call } from '../app/api.ts';
import { connection } from '../app/connection.ts';
import { listen } from '../app/live.ts';
import type { LogChunk } from './log-model.ts';

/** What is told of a log while it is followed. */
export interface LogEars {
  /** What is new, in order; `complete` when there will be no more. */
  heard(chunks: readonly LogChunk[], complete: boolean): void;
  /** Why there is nothing newer; null when that is over. A lost connection is no problem of the log's. */
  problem(problem: Problem | null): void;
}

/** A log that could not be read is asked for again after so long. */
const againMs = 5000;

/**
 * Fetches a run's log from its first byte and then follows it: a hint, a connection that comes back or a tab that is
 * looked at again makes it ask for what is new, by offset. Returns how to stop.
 */
export function followLog(runId: string, ears: LogEars): () => void {
  let next = 0;
  let asking = false;
  let again = false;
  let over = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const catchUp = async (): Promise<void> => {
    if (over) return;
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    do {
      again = false;
      const answer = await call<RunLog>('GET', `/runs/${runId}/log?from=${next}`);
      if (over) break;
      if (!answer.ok) {
        if (answer.problem.code === 'no_connection') break;
        ears.problem(answer.problem);
        clearTimeout(timer);
        if (answer.problem.status >= 500) timer = setTimeout(() => void catchUp(), againMs);
        break;
      }
      ears.problem(null);
      const moved = answer.value.next > next;
      next = answer.value.next;
      const complete = answer.value.complete && next >= answer.value.end;
      ears.heard(answer.value.chunks, complete);
      if (complete) stop();
      else if (moved && next < answer.value.end) again = true;
    } while (again && !over);
    asking = false;
  };

  const stopListening = listen((message) => {
    if (message.type === 'log' && message.runId === runId && message.end > next) void catchUp();
    if (message.type === 'event' && message.event.run === runId) void catchUp();
  });
  const stopWatching = connection.subscribe(({ state }) => {
    if (state === 'live') void catchUp();
  });
  const onVisible = () => {
    if (document.visibilityState === 'visible') void catchUp();
  };
  document.addEventListener('visibilitychange', onVisible);
  const stop = (): void => {
    over = true;
    clearTimeout(timer);
    stopListening();
    stopWatching();
    document.removeEventListener('visibilitychange', onVisible);
  };
  void catchUp();
  return stop;
}
