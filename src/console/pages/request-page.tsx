import { useEffect, useRef, useState } from 'preact/hooks';
import type { StreamMessage } from '#api/contract/house.ts';
import type { RequestDetail } from '#api/contract/requests.ts';
import type { Card } from '#core/card.ts';
import { announce } from '../app/announce.ts';
import { useAnswer } from '../app/answers.ts';
import { numberIn, runPath } from '../app/routes.ts';
import { detailPath } from '../card/act.ts';
import { CardView } from '../card/card-view.tsx';
import { countWords, durationWords, shortHash } from '../parts/format.ts';
import { Heading, Shown } from '../parts/page.tsx';
import { StateMark } from '../parts/shape.tsx';
import { RequestSkeleton } from '../parts/skeleton.tsx';
import { runState } from '../parts/states.ts';
import { Elapsed, Time } from '../parts/time.tsx';
import { AuditLines } from './audit-lines.tsx';

/** What will happen, is happening, or happened? */
export function RequestPage({ number }: { number: number }) {
  const path = detailPath(number);
  const known = useAnswer<RequestDetail>(path, (message) => concerns(message, number));
  return (
    <div class="page page-request">
      {known.value === null ? (
        <header class="page-head">
          <Heading>Request R-{number}</Heading>
        </header>
      ) : null}
      <Shown
        path={path}
        known={known}
        skeleton={<RequestSkeleton />}
        way={<a href="/requests">All requests</a>}
      >
        {(detail) => <Request detail={detail} />}
      </Shown>
    </div>
  );
}

function Request({ detail }: { detail: RequestDetail }) {
  const { shown, newer, show } = useHeldCard(detail.card);
  useAnnouncedState(shown);
  return (
    <>
      <CardView
        card={shown}
        thread={detail.threadId}
        newer={newer ? { revision: newer.revision, delta: newer.delta, show } : null}
      />
      <Earlier detail={detail} />
      <Runs detail={detail} />
      {detail.audit.length === 0 ? null : (
        <details class="block fold">
          <summary>
            <h2 class="fold-title">In the record</h2>
            <span class="muted small">{countWords(detail.audit.length, 'entry', 'entries')}</span>
          </summary>
          <AuditLines rows={detail.audit} />
        </details>
      )}
    </>
  );
}

function Earlier({ detail }: { detail: RequestDetail }) {
  if (detail.earlier.length === 0) return null;
  return (
    <section class="block">
      <h2 class="block-title">Earlier revisions</h2>
      <ul class="plain-list lines">
        {detail.earlier.map((revision) => (
          <li key={revision.revision}>
            <span class="nowrap">
              rev {revision.revision} <code class="muted">{shortHash(revision.hash)}</code>
            </span>{' '}
            {revision.words},{' '}
            <span class="muted nowrap">
              <Time at={revision.at} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Runs({ detail }: { detail: RequestDetail }) {
  if (detail.runs.length === 0) return null;
  return (
    <section class="block">
      <h2 class="block-title">{detail.runs.length === 1 ? 'Run' : 'Runs'}</h2>
      <ul class="rows">
        {detail.runs.map((run) => (
          <li class="row" key={run.runId}>
            <a class="row-link" href={runPath(run.runId)}>
              <span class="row-main">
                <span class="row-title">Run {run.runId}</span>
                <span class="row-message link-words">Steps and log</span>
              </span>
              <span class="row-state">
                <StateMark state={runState(run.state)} word={run.stateWord} />
              </span>
              <span class="row-facts muted small">
                {run.startedAt === null ? null : <Time at={run.startedAt} />}
                {run.startedAt === null ? null : run.endedAt === null ? (
                  <Elapsed since={run.startedAt} />
                ) : (
                  <span class="tabular">
                    {durationWords(Date.parse(run.endedAt) - Date.parse(run.startedAt))}
                  </span>
                )}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

/**
 * Holds on to the card somebody is deciding on: when a newer revision arrives it is offered, never slid under the
 * finger. After the person's own request for changes there is nothing to decide on until the next revision is there.
 */
function useHeldCard(card: Card): { shown: Card; newer: Card | null; show: () => void } {
  const [held, setHeld] = useState<Card>(card);
  const decidable = held.actions.some((action) => action.kind === 'approve' && action.blocked === null);
  const replaced = held.request === card.request && held.revision !== card.revision;
  const keep = decidable && replaced && held.hash !== null;
  useEffect(() => {
    if (!keep) setHeld(card);
  }, [card, keep]);
  return { shown: keep ? held : card, newer: keep ? card : null, show: () => setHeld(card) };
}

function useAnnouncedState(card: Card): void {
  const before = useRef(card.stateWord);
  useEffect(() => {
    if (before.current !== card.stateWord) announce(`${card.title}: ${card.stateWord}.`);
    before.current = card.stateWord;
  }, [card.stateWord]);
}

function concerns(message: StreamMessage, number: number): boolean {
  if (message.type !== 'event') return false;
  const { event } = message;
  return [message.requestId, event.plan, event.run].some((id) => numberIn(id) === number);
}
