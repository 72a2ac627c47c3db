import type { LogGroup, LogModel } from './log-model.ts';

/** A line that matches. */
export interface Hit {
  readonly group: LogGroup;
  readonly line: number;
}

/** Lines that contain a text, capitals or not, in the order they stand; with a stream, only that stream's lines. */
export function find(model: LogModel, text: string, stream?: 'out' | 'err' | 'note'): Hit[] {
  const wanted = text.toLowerCase();
  if (wanted === '' && stream === undefined) return [];
  return model.groups.flatMap((group) =>
    group.lines
      .filter((line) => stream === undefined || line.stream === stream)
      .filter((line) => line.text.toLowerCase().includes(wanted))
      .map((line) => ({ group, line: line.number })),
  );
}
