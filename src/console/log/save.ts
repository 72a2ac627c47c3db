import type { RunDetail } from '#api/contract/runs.ts';
import { taskOf } from './group-head.ts';
import type { LogModel } from './log-model.ts';

/** The whole log as text, with a line over each group. What the server struck out stays struck out. */
export function logText(run: RunDetail, model: LogModel): string {
  return model.groups
    .map((group) => {
      const task = taskOf(run, group);
      const title = task ? `${task.position} ${task.summary}` : group.stepId;
      const lines = group.lines.map((line) => (line.stream === 'err' ? `err: ${line.text}` : line.text));
      return [`=== ${title}, try ${group.attempt} ===`, ...lines, ''].join('\n');
    })
    .join('\n');
}

/** Hands a file to the browser to keep. */
export function saveText(name: string, text: string, type: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
