import { runPath } from '../app/routes.ts';
import type { LogModel } from './log-model.ts';
import { Spans } from './spans.tsx';

const shownLines = 6;

/** The last lines of a step while it runs. */
export function Tail({ run, step, model }: { run: string; step: string; model: LogModel }) {
  const lines = model.lastOf(step)?.lines.slice(-shownLines) ?? [];
  return (
    <div class="tail">
      {lines.length === 0 ? (
        <p class="muted small">No output yet.</p>
      ) : (
        <pre class="code tail-lines">
          {lines.map((line) => (
            <span key={line.number} class={line.stream === 'err' ? 'tail-line tail-err' : 'tail-line'}>
              <Spans spans={line.spans} />
            </span>
          ))}
        </pre>
      )}
      <a class="small" href={runPath(run)}>
        Open the log
      </a>
    </div>
  );
}
