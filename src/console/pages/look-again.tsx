import { useState } from 'preact/hooks';
import type { Problem } from '#api/contract/problem.ts';
import { announce } from '../app/announce.ts';
import { reload } from '../app/answers.ts';
import { call } from '../app/api.ts';
import { offlineReason } from '../app/connection.ts';
import { ProblemNotice } from '../parts/notice.tsx';

/** Looks at a machine again, reading only. */
export function LookAgain({ host }: { host: string }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const blocked = offlineReason();
  const look = async () => {
    if (busy || blocked !== null) return;
    setBusy(true);
    const answer = await call('POST', `/machines/${encodeURIComponent(host)}/probe`, {});
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    if (answer.ok) announce(`Looked at ${host} again.`);
    reload('/machines');
    reload(`/machines/${encodeURIComponent(host)}`);
  };
  return (
    <>
      <button
        type="button"
        class="button button-small"
        aria-busy={busy}
        aria-disabled={blocked === null ? undefined : 'true'}
        title={blocked ?? undefined}
        onClick={() => void look()}
      >
        {busy ? <span class="spinner" aria-hidden="true" /> : null}
        Look again
        <span class="unseen"> at {host}</span>
      </button>
      {problem ? <ProblemNotice problem={problem} /> : null}
    </>
  );
}
