import { useEffect, useState } from 'preact/hooks';
import type { AuditAnswer, Me } from '#api/contract/house.ts';
import type { AuditRow } from '#api/contract/requests.ts';
import { anyEvent, useAnswer, useSteady } from '../app/answers.ts';
import { place } from '../app/router.ts';
import { clockStyle, halfMinute } from '../parts/clock.ts';
import { countWords, dayHeading } from '../parts/format.ts';
import { Empty } from '../parts/notice.tsx';
import { Page, Shown } from '../parts/page.tsx';
import { AuditEntry } from './audit-entry.tsx';
import { AuditExport } from './audit-export.tsx';
import { AuditFilters } from './audit-filters.tsx';
import { auditQuery } from './audit-query.ts';
import { FilterChips } from './filter-chips.tsx';
import { RecordQuestion } from './record-question.tsx';
import { VerifyLine } from './verify-line.tsx';

/** Who decided what, when, and did anyone change the record? */
export function AuditPage({ me }: { me: Me }) {
  const query = auditQuery(new URLSearchParams(place.value.search));
  const path = `/audit?${query}`;
  const known = useSteady(useAnswer<AuditAnswer>(path, anyEvent));
  return (
    <Page title="Audit" question="Who decided what, when, and was the record changed?" wide>
      <VerifyLine />
      <RecordQuestion />
      <FilterChips />
      <AuditFilters me={me} />
      <Shown path={path} known={known}>
        {(answer) =>
          answer.events.length === 0 ? (
            <NoEntries filtered={place.value.search !== ''} />
          ) : (
            <>
              <div class="audit-bar">
                <span class="muted">{countWords(answer.count, 'entry', 'entries')}</span>
                <AuditExport query={query} />
              </div>
              <LinkedEntry answer={answer} />
              <Days key={path} answer={answer} path={path} lastDay={null} />
            </>
          )
        }
      </Shown>
    </Page>
  );
}

/** The entry a link names, when it lies further back than the page goes. */
function LinkedEntry({ answer }: { answer: AuditAnswer }) {
  const target = linkedEntry();
  const oldest = answer.events.at(-1)?.id;
  if (target === null || oldest === undefined || target >= oldest) return null;
  return <FurtherBack key={target} target={target} />;
}

function FurtherBack({ target }: { target: number }) {
  const path = `/audit?before=${target + 1}&limit=1`;
  const known = useAnswer<AuditAnswer>(path, () => false);
  return (
    <section class="audit-day" aria-label="The entry of the link">
      <h2 class="audit-day-title">The entry of the link</h2>
      <Shown path={path} known={known}>
        {(answer) =>
          answer.events[0]?.id === target ? (
            <ul class="rows">
              <AuditEntry row={answer.events[0]} marked />
            </ul>
          ) : (
            <p class="muted">There is no entry {target} in the record.</p>
          )
        }
      </Shown>
    </section>
  );
}

/** The number of the entry in an address such as `/audit#e4182`. */
function linkedEntry(): number | null {
  const number = /^#e(\d{1,15})$/.exec(place.value.hash)?.[1];
  return number === undefined ? null : Number(number);
}

function NoEntries({ filtered }: { filtered: boolean }) {
  if (filtered)
    return (
      <Empty title="Nothing in the record fits.">
        <a href="/audit">Show everything</a>
      </Empty>
    );
  return (
    <Empty title="Nothing is recorded yet.">
      Every request, decision and step will stand here, each entry bound to the one before it.{' '}
      <a href="/ask">Ask for something</a>
    </Empty>
  );
}

/** The days of a page, and the pages behind it once they are asked for: each starts where the one before ends now. */
function Days({ answer, path, lastDay }: { answer: AuditAnswer; path: string; lastDay: string | null }) {
  const days = byDay(answer.events);
  const target = linkedEntry();
  useEffect(() => {
    if (target !== null) document.getElementById(`e${target}`)?.scrollIntoView({ block: 'center' });
  }, [target]);
  return (
    <>
      {days.map(([day, entries]) => (
        <section key={day} class="audit-day">
          {day === lastDay ? null : <h2 class="audit-day-title">{day}</h2>}
          <ul class="rows">
            {entries.map((row) => (
              <AuditEntry key={row.id} row={row} marked={row.id === target} />
            ))}
          </ul>
        </section>
      ))}
      {answer.next === null ? null : (
        <Older path={path} before={answer.next} lastDay={days.at(-1)?.[0] ?? lastDay} />
      )}
    </>
  );
}

interface OlderProps {
  readonly path: string;
  readonly before: string;
  readonly lastDay: string | null;
}

function Older(props: OlderProps) {
  const [open, setOpen] = useState(false);
  if (open) return <OlderPage {...props} />;
  return (
    <button type="button" class="button older" onClick={() => setOpen(true)}>
      Show older ones
    </button>
  );
}

function OlderPage({ path, before, lastDay }: OlderProps) {
  const address = `${path}&before=${encodeURIComponent(before)}`;
  const known = useSteady(useAnswer<AuditAnswer>(address, anyEvent));
  return (
    <Shown path={address} known={known}>
      {(answer) => <Days answer={answer} path={path} lastDay={lastDay} />}
    </Shown>
  );
}

function byDay(rows: readonly AuditRow[]): [string, AuditRow[]][] {
  const days = new Map<string, AuditRow[]>();
  for (const row of rows) {
    const day = dayHeading(row.at, halfMinute.value, clockStyle.value);
    days.set(day, [...(days.get(day) ?? []), row]);
  }
  return [...days];
}
