import type { CardStep } from '#core/card.ts';
import type { LogModel } from '../log/log-model.ts';
import { Tail } from '../log/tail.tsx';
import { CopyButton } from '../parts/copy-button.tsx';
import { countWords, durationWords } from '../parts/format.ts';
import { Shape } from '../parts/shape.tsx';
import { stateLook } from '../parts/states.ts';
import { Elapsed } from '../parts/time.tsx';
import type { Diff } from './diff.ts';
import { DiffView } from './diff-view.tsx';

const exactWords = { shell: 'runs', file: 'writes', http: 'asks', wait: 'waits' } as const;

/** One step. What exactly runs is always complete: it wraps, it is never cut. */
export function StepRow(props: {
  step: CardStep;
  planned: boolean;
  run: string | null;
  /** The run's output so far, while there is a run. */
  log: LogModel | null;
  withTarget: boolean;
  /** What the card says already, so that the step need not repeat it. */
  said: string | null;
  /** What it changes in a file, and how many lines of that have room. */
  diff: Diff | null;
  room: number;
}) {
  const { step, planned } = props;
  const { family, shape } = stateLook(step.state);
  const live = step.state === 'running' || step.state === 'retrying';
  const open = live || step.state === 'failed' || step.state === 'unknown' || step.state === 'gave_up';
  const news = step.result !== null && step.state !== 'done' && !props.said?.includes(step.result);
  return (
    <li class={`step${planned ? '' : ` step-${family}`}`} data-step={step.position} data-state={step.state}>
      <span class={`step-mark family-${planned ? 'idle' : family}`}>
        {planned ? <span class="step-number">{step.position}</span> : <Shape name={shape} />}
      </span>
      <div class="step-body">
        {planned ? (
          <>
            <Head {...props} />
            <Exact {...props} />
            <p class="step-notes muted">
              {step.rehearsalNote === null ? null : <span>{step.rehearsalNote} </span>}
              <span>Undo: {sentence(step.undo)}</span>
            </p>
          </>
        ) : (
          <details class="step-more" open={open && !live}>
            <summary>
              <Head {...props} />
            </summary>
            <Exact {...props} />
            {step.state === 'done' && step.result !== null ? <p class="step-notes">{step.result}</p> : null}
            <p class="step-notes muted">Undo: {sentence(step.undo)}</p>
          </details>
        )}
        {news ? <p class={`step-result family-${family}`}>{step.result}</p> : null}
        {live && props.run !== null && props.log !== null ? (
          <Tail run={props.run} step={step.id} model={props.log} />
        ) : null}
      </div>
    </li>
  );
}

/** Ends words with a full stop unless they have one. */
function sentence(words: string): string {
  return /[.!?]$/.test(words) ? words : `${words}.`;
}

function Head({ step, planned, withTarget }: { step: CardStep; planned: boolean; withTarget: boolean }) {
  return (
    <span class="step-head">
      <span class="step-summary">
        {planned ? null : <span class="muted">{step.position}. </span>}
        {step.summary}
        {withTarget ? <span class="muted"> on {step.target}</span> : null}
      </span>
      <span class="step-aside">{planned ? <Rehearsal step={step} /> : <Outcome step={step} />}</span>
    </span>
  );
}

function Rehearsal({ step }: { step: CardStep }) {
  return step.rehearsed ? (
    <span class="family-ok rehearsed">
      <Shape name="check" /> rehearsed
    </span>
  ) : (
    <span class="muted rehearsed">– not rehearsed</span>
  );
}

function Outcome({ step }: { step: CardStep }) {
  const { family } = stateLook(step.state);
  return (
    <>
      {step.state === 'done' ? null : <span class={`family-${family}`}>{step.stateWord}</span>}{' '}
      <span class="muted tabular nowrap">
        <Lasted step={step} />
        {step.state === 'running' && step.usualMs != null ? `, usually ${durationWords(step.usualMs)}` : null}
      </span>
    </>
  );
}

function Lasted({ step }: { step: CardStep }) {
  if (step.startedAt === null) return null;
  if (step.endedAt !== null)
    return <>{durationWords(Date.parse(step.endedAt) - Date.parse(step.startedAt))}</>;
  return step.state === 'running' ? <Elapsed since={step.startedAt} /> : null;
}

function Exact({ step, diff, room }: { step: CardStep; diff: Diff | null; room: number }) {
  return (
    <div class="exact">
      <div class="exact-line">
        <span class="exact-word muted">{exactWords[step.uses]}</span>
        <code class="code exact-code">{step.exact}</code>
        <CopyButton text={step.exact} what={`Copy what step ${step.position} ${exactWords[step.uses]}`} />
      </div>
      {diff === null ? null : <DiffView diff={diff} room={room} />}
      {step.content === null ? null : <Content content={step.content} />}
    </div>
  );
}

function Content({ content }: { content: string }) {
  const lines = content.replace(/\n$/, '').split('\n').length;
  return (
    <details class="file-content">
      <summary>Whole file, {countWords(lines, 'line')}</summary>
      <pre class="code">{content}</pre>
    </details>
  );
}
