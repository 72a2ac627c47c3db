import { useState } from 'preact/hooks';
import { countWords } from '../parts/format.ts';
import { type Diff, type DiffLine, shownLines } from './diff.ts';

/**
 * A change of a file: the count first, then as many lines as the card has room for; the rest is one press away. Added
 * and removed are typed and said, not only coloured.
 */
export function DiffView({ diff, room }: { diff: Diff; room: number }) {
  const [whole, setWhole] = useState(false);
  const lines = shownLines(diff);
  const more = lines.length - room;
  const shown = whole ? lines : lines.slice(0, room);
  return (
    <div class="diff">
      <p class="diff-count">
        <DiffCount added={diff.added} removed={diff.removed} />
      </p>
      {shown.length === 0 ? null : (
        <pre class="code diff-lines">
          {shown.map((line, index) => (
            <Line key={index} line={line} />
          ))}
        </pre>
      )}
      {more > 0 ? (
        <button type="button" class="link-button" aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {whole
            ? 'Show less'
            : room === 0
              ? `Show ${countWords(more, 'line')}`
              : `… ${countWords(more, 'more line')}`}
        </button>
      ) : null}
    </div>
  );
}

/** "+14 −2": what is added and what is removed, in lines. */
export function DiffCount({ added, removed }: { added: number; removed: number }) {
  return (
    <>
      <span aria-hidden="true">
        <span class="family-ok">+{added}</span> <span class="family-bad">−{removed}</span>
      </span>
      <span class="unseen">
        {countWords(added, 'line')} added, {countWords(removed, 'line')} removed
      </span>
    </>
  );
}

function Line({ line }: { line: DiffLine }) {
  if (line.kind === 'added')
    return (
      <ins>
        <span class="unseen">added: </span>
        {`+ ${line.text}\n`}
      </ins>
    );
  if (line.kind === 'removed')
    return (
      <del>
        <span class="unseen">removed: </span>
        {`− ${line.text}\n`}
      </del>
    );
  if (line.kind === 'place') return <span class="diff-place">{`${line.text}\n`}</span>;
  return <span>{`  ${line.text}\n`}</span>;
}
