import { useEffect, useState } from 'preact/hooks';
import { followLog } from './feed.ts';
import { LogModel } from './log-model.ts';

/** A run's log as it grows. `beat` changes with every piece that arrives. */
export interface GrowingLog {
  readonly model: LogModel;
  readonly beat: number;
  readonly complete: boolean;
}

/** Follows a run's log for as long as the component is on the page. */
export function useLog(runId: string): GrowingLog {
  const [log, setLog] = useState<GrowingLog>(() => ({ model: new LogModel(), beat: 0, complete: false }));
  useEffect(() => {
    const model = new LogModel();
    setLog({ model, beat: 0, complete: false });
    return followLog(runId, (chunks, complete) => {
      model.take(chunks);
      setLog((before) => ({ model, beat: before.beat + 1, complete }));
    });
  }, [runId]);
  return log;
}
