import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { type Known, reload } from '../app/answers.ts';
import { headingHasCome } from '../app/router.ts';
import { ProblemNotice } from './notice.tsx';
import { RowsSkeleton } from './skeleton.tsx';

/** The heading of a page. It takes the focus of somebody who has just come, so that a screen reader begins there. */
export function Heading(props: { id?: string; class?: string; children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => headingHasCome(heading.current), []);
  return (
    <h1 ref={heading} id={props.id} class={props.class} tabIndex={-1}>
      {props.children}
    </h1>
  );
}

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
          <Heading>{props.title}</Heading>
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
  /** Where to go when there is nothing at the address. */
  way?: ComponentChildren;
  children: (value: T) => ComponentChildren;
}) {
  const { value, at, problem, slow } = props.known;
  const retry = () => reload(props.path);
  if (value === null && problem) return <ProblemNotice problem={problem} retry={retry} way={props.way} />;
  if (value === null)
    return <div aria-busy="true">{slow ? (props.skeleton ?? <RowsSkeleton rows={6} />) : null}</div>;
  // A lost connection has its own strip over the page; everything else that went wrong is said here.
  const said = problem && problem.code !== 'no_connection' ? problem : null;
  return (
    <>
      {said ? <ProblemNotice problem={said} knownAt={at} retry={retry} /> : null}
      {props.children(value)}
    </>
  );
}
