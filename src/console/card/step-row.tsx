import type { CardStep } from '#core/card.ts';
import { durationWords } from '../parts/format.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { countWords } from '../parts/format.ts';
import { Shape } from '../parts/shape.tsx';
import { stateLook } from '../parts/states.ts';
import { Elapsed } from '../parts/time.tsx';
import { Tail } from '../log/tail.tsx';
import { DiffView } from './diff-view.tsx';

const exactWords = { shell: 'runs', file: 'writes', http: 'asks', wait: 'waits' } as const;

/** One step. What exactly runs is always complete: it wraps, it is never cut. */
export function StepRow(props: {
  step: CardStep;
  planned: boolean;
  run: string | null;
  withTarget: boolean;
}) {
  const { step, planned } = props;
  const { family } = stateLook(step.state);
  const live = step.state === 'running' || step.state === 'retrying';
  const bad = step.state === 'failed' || step.state === 'unknown' || step.state === 'gave_up';
  return (
    <li class={`step${planned ? '' : ` step-${family}`}`} data-step={step.position} data-state={step.state}>
      <span class="step-mark">
        {planned ? (
          <span class="step-number">{step.position}</span>
        ) : (
          <span class={`family-${family}`}>
            <Shape name={stateLook(step.state).shape} />
          </span>
        )}
      </span>
      <div class="step-body">
        <div class="step-head">
          <span class="step-summary">
            {planned ? null : <span class="muted">{step.position}. </span>}
            {step.summary}
            {props.withTarget ? <span class="muted"> on {step.target}</span> : null}
          </span>
          <span class="step-aside">{planned ? <Rehearsal step={step} /> : <Outcome step={step} />}</span>
        </div>
        {step.result !== null && (bad || step.state === 'waiting' || step.state === 'retrying') ? (
          <p class={`step-result family-${family}`}>{step.result}</p>
        ) : null}
        {live && props.run !== null ? <Tail run={props.run} step={step.id} /> : null}
        {planned ? <Exact step={step} /> : <FoldedExact step={step} open={bad} />}
        {planned ? (
          <p class="step-notes muted">
            {step.rehearsalNote === null ? null : <span>{step.rehearsalNote} </span>}
            <span>Undo: {step.undo}.</span>
          </p>
        ) : null}
      </div>
    </li>
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
        {step.startedAt === null ? null : step.endedAt === null ? (
          <Elapsed since={step.startedAt} />
        ) : (
          durationWords(Date.parse(step.endedAt) - Date.parse(step.startedAt))
        )}
      </span>
    </>
  );
}

function Exact({ step }: { step: CardStep }) {
  return (
    <div class="exact">
      <div class="exact-line">
        <span class="exact-word muted">{exactWords[step.uses]}</span>
        <code class="code exact-code">{step.exact}</code>
        <CopyButton text={step.exact} what={`Copy what step ${step.position} ${exactWords[step.uses]}`} />
      </div>
      {step.diff === null || step.diff === '' ? null : <DiffView unified={step.diff} />}
      {step.content === null ? null : <Content content={step.content} />}
    </div>
  );
}

function FoldedExact({ step, open }: { step: CardStep; open: boolean }) {
  return (
    <details class="step-more" open={open}>
      <summary>
        {step.uses === 'shell' ? 'Command' : step.uses === 'file' ? 'File' : 'Details'}
        <span class="unseen"> of step {step.position}</span>
      </summary>
      <Exact step={step} />
      <p class="step-notes muted">Undo: {step.undo}.</p>
    </details>
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
