import { useState } from 'preact/hooks';
import { countWords } from '../parts/format.ts';
import { type DiffLine, readDiff } from './diff.ts';

/** Twelve lines is what people read inline; the rest is one press away. */
const shownLines = 12;

/** A change of a file: the count first, then up to twelve lines. Added and removed are typed and said, not only coloured. */
export function DiffView({ unified }: { unified: string }) {
  const [whole, setWhole] = useState(false);
  const diff = readDiff(unified);
  const lines = diff.lines.filter((line, index) => line.kind !== 'place' || index > 0);
  const more = lines.length - shownLines;
  const shown = whole || more <= 1 ? lines : lines.slice(0, shownLines);
  return (
    <div class="diff">
      <p class="diff-count">
        <span class="family-ok">+{diff.added}</span> <span class="family-bad">−{diff.removed}</span>
        <span class="unseen">
          {countWords(diff.added, 'line')} added, {countWords(diff.removed, 'line')} removed
        </span>
      </p>
      <pre class="code diff-lines">
        {shown.map((line, index) => (
          <Line key={index} line={line} />
        ))}
      </pre>
      {more > 1 ? (
        <button type="button" class="link-button" onClick={() => setWhole(!whole)}>
          {whole ? 'Show less' : `… ${countWords(more, 'more line')}`}
        </button>
      ) : null}
    </div>
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
