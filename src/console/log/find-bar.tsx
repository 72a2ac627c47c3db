import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { announce } from '../app/announce.ts';
import { numberWords } from '../parts/format.ts';
import { Icon } from '../parts/icon.tsx';
import { find, type Hit } from './find.ts';
import type { GrowingLog } from './use-log.ts';

/** Finds in the log: the next and previous line with the words, and the next line of stderr. */
export function FindBar(props: { log: GrowingLog; mark: (hit: Hit) => void; close: () => void }) {
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const [atError, setAtError] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  const hits = find(props.log.model, query);
  const show = (index: number) => {
    const hit = hits[(index + hits.length) % hits.length];
    if (!hit) return;
    setAt((index + hits.length) % hits.length);
    props.mark(hit);
  };
  const nextError = () => {
    const errors = find(props.log.model, '', 'err');
    const error = errors[atError % errors.length];
    if (!error) return announce('There are no error lines.');
    setAtError((atError + 1) % errors.length);
    props.mark(error);
  };
  return (
    <search class="log-find">
      <input
        ref={field}
        class="grow"
        aria-label="Find in the log"
        placeholder="Find in the log"
        value={query}
        onInput={(event) => {
          const text = event.currentTarget.value;
          setQuery(text);
          setAt(0);
          const first = find(props.log.model, text)[0];
          if (first) props.mark(first);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') props.close();
          if (event.key === 'Enter') show(at + (event.shiftKey ? -1 : 1));
        }}
      />
      <span class="muted tabular nowrap" role="status">
        {query === ''
          ? ''
          : hits.length === 0
            ? 'none'
            : `${numberWords(at + 1)} of ${numberWords(hits.length)}`}
      </span>
      <button type="button" class="icon-button" aria-label="Previous" onClick={() => show(at - 1)}>
        <Icon name="up" />
      </button>
      <button type="button" class="icon-button" aria-label="Next" onClick={() => show(at + 1)}>
        <Icon name="down" />
      </button>
      <button type="button" class="tool" onClick={nextError}>
        Next error
      </button>
      <button type="button" class="icon-button" aria-label="Close find" onClick={props.close}>
        <Icon name="close" />
      </button>
    </search>
  );
}
