import { runPath } from '../app/routes.ts';
import { Spans } from './spans.tsx';
import { useLog } from './use-log.ts';

const shownLines = 6;

/** The last lines of a step while it runs. */
export function Tail({ run, step }: { run: string; step: string }) {
  const { model } = useLog(run);
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
