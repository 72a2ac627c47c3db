import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Me } from '#api/contract/house.ts';
import type { Problem } from '#api/contract/problem.ts';
import { offlineReason } from '../app/connection.ts';
import { askFor } from '../card/act.ts';
import { Icon } from '../parts/icon.tsx';
import { ProblemNotice } from '../parts/notice.tsx';

/** One box for words, with three examples from this house. Enter sends. */
export function AskBox(props: {
  me: Me;
  text: string;
  change: (text: string) => void;
  sent?: () => void;
  autofocus?: boolean;
}) {
  const { text, change } = props;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    if (props.autofocus) field.current?.focus();
  }, []);
  const offline = offlineReason();

  const send = async (words: string) => {
    if (words.trim() === '' || busy || offline !== null) return;
    setBusy(true);
    setProblem(null);
    const refused = await askFor(words.trim());
    setBusy(false);
    setProblem(refused);
    if (refused !== null) return field.current?.focus();
    change('');
    props.sent?.();
  };

  const suggestions = suggestionsOf(problem);
  return (
    <div class="ask">
      <form
        class="ask-form"
        onSubmit={(event) => {
          event.preventDefault();
          void send(text);
        }}
      >
        <input
          ref={field}
          autofocus={props.autofocus}
          class="ask-field"
          aria-label="What do you want done?"
          placeholder={`Ask for anything, such as ${props.me.examples[0] ?? 'a restart'}`}
          value={text}
          maxLength={4000}
          autocomplete="off"
          enterkeyhint="send"
          onInput={(event) => change(event.currentTarget.value)}
        />
        <button
          type="submit"
          class="ask-send"
          aria-label="Ask"
          aria-disabled={text.trim() === '' || busy || offline !== null ? 'true' : undefined}
        >
          {busy ? <span class="spinner" aria-hidden="true" /> : <Icon name="send" />}
        </button>
      </form>
      {offline === null ? null : <p class="action-reason">{offline}</p>}
      {problem ? <ProblemNotice problem={problem} /> : null}
      <ul class="examples">
        {(suggestions.length > 0 ? suggestions : props.me.examples).map((example) => (
          <li key={example}>
            <button
              type="button"
              class="example"
              aria-disabled={busy || offline !== null ? 'true' : undefined}
              title={offline ?? undefined}
              onClick={() => void send(example)}
            >
              {example}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A problem about words may bring better words along. */
function suggestionsOf(problem: Problem | null): readonly string[] {
  if (problem === null || !('suggestions' in problem) || !Array.isArray(problem.suggestions)) return [];
  return problem.suggestions.filter((suggestion) => typeof suggestion === 'string');
}
