import type { ComponentChildren } from 'preact';
import type { Problem } from '#api/contract/problem.ts';
import type { StateFamily } from '#core/state-words.ts';
import { Shape } from './shape.tsx';
import type { ShapeName } from './states.ts';

/** A sentence with a shape before it, in a family's colour. */
export function Notice(props: {
  family: StateFamily;
  shape: ShapeName;
  children: ComponentChildren;
  alert?: boolean;
}) {
  return (
    <div class={`notice family-${props.family}`} role={props.alert ? 'alert' : undefined}>
      <Shape name={props.shape} />
      <div class="notice-words">{props.children}</div>
    </div>
  );
}

/** What the server said went wrong, with its reference and a way to try again. */
export function ProblemNotice({ problem, retry }: { problem: Problem; retry?: () => void }) {
  const quiet = problem.status === 403 || problem.status === 409;
  return (
    <Notice family={quiet ? 'wait' : 'bad'} shape={quiet ? 'diamond-hollow' : 'cross'} alert>
      <p>{problem.detail}</p>
      {problem.reference === undefined ? null : (
        <p class="muted small">
          Reference <code>{problem.reference}</code>, also in the log.
        </p>
      )}
      {retry === undefined ? null : (
        <button type="button" class="button" onClick={retry}>
          Try again
        </button>
      )}
    </Notice>
  );
}

/** What a page says when there is nothing on it: what this is, and the one thing to do next. */
export function Empty({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      <div class="muted">{children}</div>
    </div>
  );
}
