import type { ComponentChildren } from 'preact';
import type { Problem } from '#api/contract/problem.ts';
import type { StateFamily } from '#core/state-words.ts';
import { Shape } from './shape.tsx';
import type { ShapeName } from './states.ts';
import { Time } from './time.tsx';

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

/** What the server said went wrong, with its reference and a way on: trying again, or a place to go to. */
export function ProblemNotice(props: {
  problem: Problem;
  /** When what the page shows all the same was known. */
  knownAt?: string | null;
  retry?: (() => void) | undefined;
  way?: ComponentChildren;
}) {
  const { problem, knownAt, retry, way } = props;
  const quiet = [403, 404, 409].includes(problem.status);
  return (
    <Notice family={quiet ? 'wait' : 'bad'} shape={quiet ? 'diamond-hollow' : 'cross'} alert>
      <p>{problem.detail}</p>
      {knownAt == null ? null : (
        <p>
          What stands below may be out of date: it was true at <Time at={knownAt} how="seconds" />.
        </p>
      )}
      {problem.reference === undefined ? null : (
        <p class="muted small">
          Reference <code>{problem.reference}</code>, also in the log.
        </p>
      )}
      {retry === undefined || problem.status === 404 ? null : (
        <button type="button" class="button" onClick={retry}>
          Try again
        </button>
      )}
      {way}
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
