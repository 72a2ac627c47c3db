import { useEffect, useRef, useState } from 'preact/hooks';
import type { Problem } from '#api/contract/problem.ts';
import type { RecordReplyAnswer } from '#api/contract/record.ts';
import { announce } from '../app/announce.ts';
import { call } from '../app/api.ts';
import { offlineReason } from '../app/connection.ts';
import { go, place } from '../app/router.ts';
import { AnswerView } from '../card/answer-view.tsx';
import { Icon } from '../parts/icon.tsx';
import { Notice, ProblemNotice } from '../parts/notice.tsx';
import { viewerZone } from '../parts/viewer-zone.ts';

/**
 * A question about the past in plain words. What it was taken for becomes the page's filter, which stands in the
 * address, so that it can be narrowed, linked and saved; the words stand beside it.
 */
export function RecordQuestion() {
  const asked = new URLSearchParams(place.value.search).get('q') ?? '';
  const [text, setText] = useState(asked);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [reply, setReply] = useState<{ readonly words: string; readonly is: RecordReplyAnswer } | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const newest = useRef(0);
  const offline = offlineReason();

  const ask = async (words: string, arrived: boolean) => {
    const number = newest.current + 1;
    newest.current = number;
    setBusy(true);
    setProblem(null);
    const query = new URLSearchParams({ q: words, zone: viewerZone() });
    const answer = await call<RecordReplyAnswer>('GET', `/audit/answer?${query}`);
    // Somebody may have asked something else meanwhile.
    if (newest.current !== number) return;
    setBusy(false);
    if (!answer.ok) return setProblem(answer.problem);
    setReply({ words, is: answer.value });
    if (answer.value.answer === null || arrived) return;
    go(withWords(answer.value.answer.path, words));
    announce(answer.value.reply.split('\n')[0] ?? '');
  };

  // A link with a question in it is answered on arrival; a filter that was taken away takes the question with it.
  useEffect(() => {
    setText(asked);
    if (asked === '') {
      newest.current += 1;
      setReply(null);
      setBusy(false);
    } else if (reply?.words !== asked) void ask(asked, true);
  }, [asked]);

  const send = (words: string) => {
    if (words.trim() === '' || busy || offline !== null) return;
    setText(words);
    void ask(words.trim(), false);
  };
  const shown = reply !== null && (reply.words === asked || reply.is.answer === null) ? reply.is : null;
  return (
    <div class="ask record-question">
      <form
        class="ask-form"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          send(text);
        }}
      >
        <input
          ref={field}
          class="ask-field"
          aria-label="Ask about the past"
          placeholder="Ask about the past: what failed last week?"
          value={text}
          maxLength={4000}
          autocomplete="off"
          enterkeyhint="search"
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button
          type="submit"
          class="ask-send"
          aria-label="Find"
          aria-disabled={text.trim() === '' || busy || offline !== null ? 'true' : undefined}
        >
          {busy ? <span class="spinner" aria-hidden="true" /> : <Icon name="send" />}
        </button>
      </form>
      {offline === null ? null : <p class="action-reason">{offline}</p>}
      {problem === null ? null : <ProblemNotice problem={problem} />}
      {shown === null ? null : shown.answer === null ? (
        <Unanswered reply={shown} ask={send} />
      ) : (
        <div class="panel" role="region" aria-label="The answer">
          <AnswerView answer={shown.answer} onAuditPage />
        </div>
      )}
    </div>
  );
}

function Unanswered({ reply, ask }: { reply: RecordReplyAnswer; ask: (words: string) => void }) {
  return (
    <Notice family="wait" shape="diamond-hollow" alert>
      <p>{reply.reply.split('\n')[0]}</p>
      <ul class="examples">
        {reply.suggestions.map((example) => (
          <li key={example}>
            <button type="button" class="example" onClick={() => ask(example)}>
              {example}
            </button>
          </li>
        ))}
      </ul>
    </Notice>
  );
}

function withWords(path: string, words: string): string {
  const [page = '/audit', query = ''] = path.split('?');
  const address = new URLSearchParams(query);
  address.set('q', words);
  return `${page}?${address}`;
}
