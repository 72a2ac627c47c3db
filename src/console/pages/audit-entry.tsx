import type { AuditRow } from '#api/contract/requests.ts';
import { numberIn, requestPath, runPath } from '../app/routes.ts';
import { shortHash } from '../parts/format.ts';
import { Time } from '../parts/time.tsx';
import { Outcome } from './audit-lines.tsx';

/** One entry of the record, with a link of its own. */
export function AuditEntry({ row, marked }: { row: AuditRow; marked: boolean }) {
  return (
    <li id={`e${row.id}`} class={`row entry${marked ? ' entry-marked' : ''}`}>
      <a class="entry-time muted" href={`#e${row.id}`} title="Link to this entry">
        <Time at={row.at} how="seconds" />
      </a>
      <span class="entry-who">{row.actor}</span>
      <span class="entry-words">
        {row.summary}
        <span class="entry-kind muted small">
          {row.kind} · <code title={row.hash}>{shortHash(row.hash)}</code>
        </span>
      </span>
      <span class="entry-to muted small">
        {[row.service, row.host].filter((part) => part !== null).join(' on ')}
      </span>
      <span class="entry-outcome">
        <Outcome outcome={row.outcome} />
      </span>
      <span class="entry-link small">
        <Subject row={row} />
      </span>
    </li>
  );
}

function Subject({ row }: { row: AuditRow }) {
  if (row.run !== null) return <a href={runPath(row.run)}>run {row.run}</a>;
  const request = numberIn(row.plan) ?? (row.stream.startsWith('request:') ? numberIn(row.stream) : null);
  if (request === null) return null;
  return <a href={requestPath(request)}>{row.plan ?? `R-${request}`}</a>;
}
