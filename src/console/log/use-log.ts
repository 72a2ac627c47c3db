import { useEffect, useState } from 'preact/hooks';
import type { Problem } from '#api/contract/problem.ts';
import { followLog } from './feed.ts';
import { LogModel } from './log-model.ts';

/** A run's log as it grows. `beat` changes with every piece that arrives. */
export interface GrowingLog {
  readonly model: LogModel;
  readonly beat: number;
  readonly complete: boolean;
  /** Why there is nothing newer, when the server said so. */
  readonly problem: Problem | null;
}

/** Follows a run's log for as long as the component is on the page. */
export function useLog(runId: string): GrowingLog {
  const [log, setLog] = useState<GrowingLog>(() => ({
    model: new LogModel(),
    beat: 0,
    complete: false,
    problem: null,
  }));
  useEffect(() => {
    const model = new LogModel();
    setLog({ model, beat: 0, complete: false, problem: null });
    return followLog(runId, {
      heard: (chunks, complete) => {
        model.take(chunks);
        setLog((before) => ({ ...before, model, beat: before.beat + 1, complete }));
      },
      problem: (problem) =>
        setLog((before) => (before.problem === problem ? before : { ...before, problem })),
    });
  }, [runId]);
  return log;
}
