import type { RequestSummary } from '#api/contract/requests.ts';
import { stateSigns } from '#core/state-words.ts';
import { requestPath } from '../app/routes.ts';
import { durationWords, surfacePhrase } from '../parts/format.ts';
import { StateMark } from '../parts/shape.tsx';
import { stateLook } from '../parts/states.ts';
import { Elapsed, Time } from '../parts/time.tsx';

/** One request in a list: what, how it stands, who asked, when, how long it took. */
export function RequestRow({ request, full }: { request: RequestSummary; full?: boolean }) {
  const { title, message, state, word } = told(request);
  const { family } = stateLook(state);
  return (
    <li class={`row family-edge-${family}`}>
      <a class="row-link" href={requestPath(request.number)}>
        <span class="row-main">
          <span class="row-title">{title}</span>
          {message === null ? null : <span class="row-message muted">{oneLine(message)}</span>}
        </span>
        <span class="row-state">
          <StateMark state={state} word={word} />
          {request.step === null ? null : (
            <span class="muted small tabular">
              step {request.step.position} of {request.step.of}
            </span>
          )}
        </span>
        <span class="row-facts muted small">
          <span>{request.person}</span>
          {full ? <span>{surfacePhrase(request.surface)}</span> : null}
          <Time at={request.at} />
          {request.answerBy === null ? null : (
            <span>
              until <Time at={request.answerBy} how="day" />
            </span>
          )}
          <Lasted request={request} />
        </span>
      </a>
    </li>
  );
}

/** What a row says. While a request calls for somebody, that is its news: what is true and what is needed. */
function told({ title, message, state, stateWord, alert }: RequestSummary) {
  if (alert === null) return { title, message, state, word: stateWord };
  const calls = { title: alert.headline, message: alert.need };
  return alert.kind === 'gave_up'
    ? { ...calls, state: 'gave_up', word: stateSigns.gave_up.word }
    : { ...calls, state, word: stateWord };
}

function Lasted({ request }: { request: RequestSummary }) {
  if (request.startedAt === null) return null;
  if (request.endedAt === null)
    return request.state === 'running' ? <Elapsed since={request.startedAt} /> : null;
  return (
    <span class="tabular">{durationWords(Date.parse(request.endedAt) - Date.parse(request.startedAt))}</span>
  );
}

function oneLine(message: string): string {
  return message.split('\n', 1)[0] ?? '';
}
