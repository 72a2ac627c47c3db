import type { ComponentChildren } from 'preact';
import type { LogModel } from './log-model.ts';
import { useLog } from './use-log.ts';

/** Hands a run's growing log to what is drawn with it, fetched once for all steps. */
export function WithLog(props: { run: string; children: (model: LogModel) => ComponentChildren }) {
  const { model } = useLog(props.run);
  return <>{props.children(model)}</>;
}
