import { useState } from 'preact/hooks';
import type { AuditAnswer } from '#api/contract/house.ts';
import type { Problem } from '#api/contract/problem.ts';
import type { AuditRow } from '#api/contract/requests.ts';
import { call } from '../app/api.ts';
import { offlineReason } from '../app/connection.ts';
import { saveText } from '../log/save.ts';
import { ProblemNotice } from '../parts/notice.tsx';
import { auditCsv, auditNdjson } from './csv.ts';

/** Saves everything the current filter finds, not only the page that is shown. */
export function AuditExport({ query }: { query: string }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const blocked = offlineReason();
  const dead = blocked === null ? undefined : 'true';
  const save = async (kind: 'csv' | 'ndjson') => {
    if (busy || blocked !== null) return;
    setBusy(true);
    const rows = await everything(query);
    setBusy(false);
    if ('problem' in rows) return setProblem(rows.problem);
    setProblem(null);
    if (kind === 'csv') saveText('chiffon-audit.csv', auditCsv(rows.rows), 'text/csv');
    else saveText('chiffon-audit.ndjson', auditNdjson(rows.rows), 'application/x-ndjson');
  };
  return (
    <span class="export">
      <button
        type="button"
        class="tool"
        aria-busy={busy}
        aria-disabled={dead}
        title={blocked ?? undefined}
        onClick={() => void save('csv')}
      >
        Save as CSV
      </button>
      <button
        type="button"
        class="tool"
        aria-busy={busy}
        aria-disabled={dead}
        title={blocked ?? undefined}
        onClick={() => void save('ndjson')}
      >
        Save as NDJSON
      </button>
      {problem ? <ProblemNotice problem={problem} /> : null}
    </span>
  );
}

async function everything(query: string): Promise<{ rows: AuditRow[] } | { problem: Problem }> {
  const all = new URLSearchParams(query);
  all.set('limit', '500');
  const rows: AuditRow[] = [];
  for (;;) {
    const answer = await call<AuditAnswer>('GET', `/audit?${all}`);
    if (!answer.ok) return { problem: answer.problem };
    rows.push(...answer.value.events);
    if (answer.value.next === null) return { rows };
    all.set('before', answer.value.next);
  }
}
