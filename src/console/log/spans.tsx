import { classesOf, type Span } from './ansi.ts';

/** A line's text in its colours. */
export function Spans({ spans }: { spans: readonly Span[] }) {
  return (
    <>
      {spans.map((span, index) => (
        <span key={index} class={classesOf(span.style)}>
          {span.text}
        </span>
      ))}
    </>
  );
}
