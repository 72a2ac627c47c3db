import { useState } from 'preact/hooks';
import type { Problem } from '#api/contract/problem.ts';
import { offlineReason } from '../app/connection.ts';
import { ProblemNotice } from '../parts/notice.tsx';
import { askFor } from './act.ts';

/** Answers a question in free words when none of the choices fits. */
export function AnswerBox({ thread }: { thread: string }) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const ready = text.trim() !== '' && !busy && offlineReason() === null;
  return (
    <form
      class="answer-box"
      onSubmit={async (event) => {
        event.preventDefault();
        if (!ready) return;
        setBusy(true);
        const refused = await askFor(text.trim(), { thread });
        setBusy(false);
        setProblem(refused);
        if (refused === null) setText('');
      }}
    >
      <label class="muted" for="answer">
        or type an answer
      </label>
      <div class="form-row">
        <input
          id="answer"
          class="grow"
          value={text}
          maxLength={4000}
          autocomplete="off"
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button type="submit" class="button" aria-disabled={ready ? undefined : 'true'} aria-busy={busy}>
          {busy ? <span class="spinner" aria-hidden="true" /> : null}
          Answer
        </button>
      </div>
      {problem ? <ProblemNotice problem={problem} /> : null}
    </form>
  );
}
