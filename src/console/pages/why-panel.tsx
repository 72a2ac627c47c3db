import type { RunDetail } from '#api/contract/runs.ts';
import { errorWord } from '#core/error-words.ts';
import type { LogModel } from '../log/log-model.ts';
import { Spans } from '../log/spans.tsx';
import { StateMark } from '../parts/shape.tsx';

const shownLines = 20;

/** Why a run stopped: the kind of error, one sentence, and the last lines that were said. */
export function WhyPanel({ run, model }: { run: RunDetail; model: LogModel }) {
  const task = run.tasks.find((candidate) => candidate.state === 'failed' || candidate.state === 'review');
  if (!task || run.state === 'running') return null;
  const unsure = task.state === 'review';
  const lines = model.lastOf(task.stepId)?.lines.slice(-shownLines) ?? [];
  const last = task.attempts.at(-1);
  return (
    <section class={`why family-edge-${unsure ? 'rule' : 'bad'}`} aria-labelledby="why-title">
      <h2 id="why-title" class="why-title">
        <StateMark
          state={unsure ? 'unknown' : 'failed'}
          word={errorWord(task.errorClass ?? 'unknown')}
          strong
        />
        <span class="muted">
          in step {task.position}, {task.summary}
        </span>
      </h2>
      <p class="why-words">{task.result ?? run.summary ?? 'The reason is in the last lines.'}</p>
      {last?.exitCode == null ? null : (
        <p class="muted small">
          Exit code {last.exitCode}, {last.number === 1 ? 'one try' : `${last.number} tries`}.
        </p>
      )}
      {lines.length === 0 ? null : (
        <pre class="code why-lines">
          {lines.map((line) => (
            <span key={line.number} class={line.stream === 'err' ? 'tail-line tail-err' : 'tail-line'}>
              <Spans spans={line.spans} />
            </span>
          ))}
        </pre>
      )}
    </section>
  );
}
