import type { ComponentChildren } from 'preact';
import { type Known, reload } from '../app/answers.ts';
import { ProblemNotice } from './notice.tsx';
import { RowsSkeleton } from './skeleton.tsx';

/** A page: its heading and the question it answers. */
export function Page(props: {
  title: ComponentChildren;
  question?: ComponentChildren;
  tools?: ComponentChildren;
  wide?: boolean;
  children: ComponentChildren;
}) {
  return (
    <div class={`page${props.wide ? ' page-wide' : ''}`}>
      <header class="page-head">
        <div>
          <h1 tabIndex={-1}>{props.title}</h1>
          {props.question ? <p class="muted page-question">{props.question}</p> : null}
        </div>
        {props.tools ? <div class="page-tools">{props.tools}</div> : null}
      </header>
      {props.children}
    </div>
  );
}

/** Draws what is known of an address: a skeleton when it takes long, the problem when there is one, else the value. */
export function Shown<T>(props: {
  path: string;
  known: Known<T>;
  skeleton?: ComponentChildren;
  children: (value: T) => ComponentChildren;
}) {
  const { value, problem, slow } = props.known;
  if (value === null && problem) return <ProblemNotice problem={problem} retry={() => reload(props.path)} />;
  if (value === null) return slow ? (props.skeleton ?? <RowsSkeleton rows={6} />) : null;
  // A lost connection has its own strip over the page; everything else that went wrong is said here.
  const said = problem && problem.code !== 'no_connection' ? problem : null;
  return (
    <>
      {said ? <ProblemNotice problem={said} retry={() => reload(props.path)} /> : null}
      {props.children(value)}
    </>
  );
}
