import { useEffect, useState } from 'preact/hooks';
import type { AuditAnswer, Me } from '#api/contract/house.ts';
import type { AuditRow } from '#api/contract/requests.ts';
import { anyEvent, useAnswer, useSteady } from '../app/answers.ts';
import { call } from '../app/api.ts';
import { place } from '../app/router.ts';
import { clockStyle, halfMinute } from '../parts/clock.ts';
import { countWords, dayHeading } from '../parts/format.ts';
import { Empty } from '../parts/notice.tsx';
import { Page, Shown } from '../parts/page.tsx';
import { AuditEntry } from './audit-entry.tsx';
import { AuditExport } from './audit-export.tsx';
import { AuditFilters } from './audit-filters.tsx';
import { auditQuery } from './audit-query.ts';
import { VerifyLine } from './verify-line.tsx';

/** Who decided what, when, and did anyone change the record? */
export function AuditPage({ me }: { me: Me }) {
  const query = auditQuery(new URLSearchParams(place.value.search));
  const path = `/audit?${query}`;
  const known = useSteady(useAnswer<AuditAnswer>(path, anyEvent));
  return (
    <Page title="Audit" question="Who decided what, when, and was the record changed?" wide>
      <VerifyLine />
      <AuditFilters me={me} />
      <Shown path={path} known={known}>
        {(answer) =>
          answer.events.length === 0 ? (
            <Empty title="Nothing in the record fits.">
              <a href="/audit">Show everything</a>
            </Empty>
          ) : (
            <>
              <div class="audit-bar">
                <span class="muted">{countWords(answer.count, 'entry', 'entries')}</span>
                <AuditExport query={query} />
              </div>
              <Rows key={path} answer={answer} path={path} />
            </>
          )
        }
      </Shown>
    </Page>
  );
}

function Rows({ answer, path }: { answer: AuditAnswer; path: string }) {
  const [older, setOlder] = useState<readonly AuditAnswer[]>([]);
  const [busy, setBusy] = useState(false);
  const next = older.length === 0 ? answer.next : (older.at(-1)?.next ?? null);
  const more = async () => {
    if (next === null || busy) return;
    setBusy(true);
    const page = await call<AuditAnswer>('GET', `${path}&before=${encodeURIComponent(next)}`);
    setBusy(false);
    if (page.ok) setOlder([...older, page.value]);
  };
  const rows = unique([answer, ...older].flatMap((page) => page.events));
  const target = /^#e(\d+)$/.exec(place.value.hash)?.[1];
  useEffect(() => {
    if (target !== undefined) document.getElementById(`e${target}`)?.scrollIntoView({ block: 'center' });
  }, [target]);
  return (
    <>
      {byDay(rows).map(([day, entries]) => (
        <section key={day} class="audit-day">
          <h2 class="audit-day-title">{day}</h2>
          <ul class="rows">
            {entries.map((row) => (
              <AuditEntry key={row.id} row={row} marked={String(row.id) === target} />
            ))}
          </ul>
        </section>
      ))}
      {next === null ? null : (
        <button type="button" class="button" aria-busy={busy} onClick={() => void more()}>
          Show older ones
        </button>
      )}
    </>
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

function unique(rows: readonly AuditRow[]): AuditRow[] {
  return [...new Map(rows.map((row) => [row.id, row])).values()];
}
