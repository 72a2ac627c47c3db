import { useState } from 'preact/hooks';
import type { Me, Now } from '#api/contract/house.ts';
import type { RequestSummary } from '#api/contract/requests.ts';
import { anyEvent, useAnswer } from '../app/answers.ts';
import { requestPath } from '../app/routes.ts';
import { countWords } from '../parts/format.ts';
import { Empty } from '../parts/notice.tsx';
import { Page, Shown } from '../parts/page.tsx';
import { StateMark } from '../parts/shape.tsx';
import { RowsSkeleton } from '../parts/skeleton.tsx';
import { Time } from '../parts/time.tsx';
import { AskBox } from './ask-box.tsx';
import { RequestRow } from './request-row.tsx';

/** Does anything need me? */
export function NowPage({ me }: { me: Me }) {
  const known = useAnswer<Now>('/now', anyEvent);
  const [text, setText] = useState('');
  const now = known.value;
  // The box keeps its place among the children whatever comes and goes around it: somebody may be typing in it.
  return (
    <Page
      title={now === null ? 'Now' : headline(now, me)}
      question={now === null ? null : <Subline now={now} />}
    >
      <Shown path="/now" known={known} skeleton={<></>}>
        {(value) => (
          <>
            <Rows
              title={me.person.role === 'viewer' ? 'Waiting for somebody' : 'Needs you'}
              rows={value.needsYou}
            />
            {value.needsYouCount > value.needsYou.length ? (
              <p class="all-waiting">
                <a href="/requests?filter=needs_you">All {value.needsYouCount} that wait</a>
              </p>
            ) : null}
          </>
        )}
      </Shown>
      <AskBox me={me} text={text} change={setText} autofocus={matchMedia('(min-width: 900px)').matches} />
      {now === null ? known.slow ? <RowsSkeleton rows={6} /> : null : <House now={now} />}
    </Page>
  );
}

function House({ now }: { now: Now }) {
  return (
    <>
      <Rows title="Running" rows={now.running} />
      <div class="now-lower">
        <section class="block">
          <h2 class="block-title">
            Recent <a href="/requests">All requests</a>
          </h2>
          {now.recent.length === 0 ? (
            <Empty title="Nothing was asked yet.">
              Type what should happen, in plain words. Chiffon answers with a plan; nothing runs before it is
              approved.
            </Empty>
          ) : (
            <ul class="rows">
              {now.recent.map((request) => (
                <RequestRow key={request.requestId} request={request} />
              ))}
            </ul>
          )}
        </section>
        <div class="now-side">
          <MachinesStrip now={now} />
          <section class="block">
            <h2 class="block-title">Today</h2>
            <p class="muted">{today(now.today)}.</p>
          </section>
        </div>
      </div>
    </>
  );
}

function headline(now: Now, me: Me): string {
  const count = now.needsYouCount;
  // Who may not decide is not needed: it waits for others.
  if (me.person.role === 'viewer')
    return count === 0
      ? 'Nothing waits for anybody'
      : `${countWords(count, 'thing')} ${count === 1 ? 'waits' : 'wait'} for somebody`;
  if (count === 0) return 'Nothing needs you';
  return count === 1 ? 'One thing needs you' : `${count} things need you`;
}

function Subline({ now }: { now: Now }) {
  if (now.lastChange === null) return <>Nothing was changed here yet.</>;
  return (
    <>
      Last change: <a href={requestPath(now.lastChange.requestId)}>{now.lastChange.title}</a>,{' '}
      <Time at={now.lastChange.at} how="day" />
    </>
  );
}

function Rows({ title, rows }: { title: string; rows: readonly RequestSummary[] }) {
  if (rows.length === 0) return null;
  return (
    <section class="block">
      <h2 class="block-title">{title}</h2>
      <ul class="rows rows-marked">
        {rows.map((request) => (
          <RequestRow key={request.requestId} request={request} full />
        ))}
      </ul>
    </section>
  );
}

function MachinesStrip({ now }: { now: Now }) {
  return (
    <section class="block">
      <h2 class="block-title">
        Machines <a href="/machines">All</a>
      </h2>
      {now.machines.length === 0 ? (
        <p class="muted">No machine is set up yet. They stand in the configuration under hosts.</p>
      ) : (
        <ul class="plain-list strip">
          {now.machines.map((machine) => (
            <li key={machine.host}>
              <a class="strip-link" href={`/machines/${encodeURIComponent(machine.host)}`}>
                <span class="strip-name">{machine.host}</span>
                <StateMark
                  state={machine.reachable ? 'done' : machine.seenAt === null ? 'queued' : 'failed'}
                  word={
                    machine.reachable ? 'Answers' : machine.seenAt === null ? 'Not looked yet' : 'No answer'
                  }
                />
                <span class="muted small nowrap">
                  {machine.seenAt === null ? null : (
                    <>
                      {machine.reachable ? 'as of' : 'last seen'} <Time at={machine.seenAt} />
                    </>
                  )}
                </span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function today({ runs, failures }: Now['today']): string {
  if (runs === 0) return 'No runs yet';
  if (failures === 0) return `${countWords(runs, 'run')}, none failed`;
  return `${countWords(runs, 'run')}, ${failures} failed`;
}
