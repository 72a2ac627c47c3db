import type { AuditRow } from '#api/contract/requests.ts';
import { StateMark } from '../parts/shape.tsx';
import { outcomeLook } from '../parts/states.ts';
import { Time } from '../parts/time.tsx';

/** Lines of the record, short. */
export function AuditLines({ rows }: { rows: readonly AuditRow[] }) {
  return (
    <ul class="plain-list audit-lines">
      {rows.map((row) => (
        <li key={row.id}>
          <a class="audit-time muted" href={`/audit#e${row.id}`}>
            <Time at={row.at} how="seconds" />
          </a>
          <span class="audit-words">
            {row.summary} <span class="muted small">{row.actor}</span>
          </span>
          <Outcome outcome={row.outcome} />
        </li>
      ))}
    </ul>
  );
}

/** What became of it, when the record says. */
export function Outcome({ outcome }: { outcome: string | null }) {
  if (outcome === null) return null;
  const look = outcomeLook(outcome);
  return <StateMark state={look.state} word={look.word} />;
}
