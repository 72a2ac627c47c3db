import { useState } from 'preact/hooks';
import type { VerifyAnswer } from '#api/contract/house.ts';
import type { Problem } from '#api/contract/problem.ts';
import { call } from '../app/api.ts';
import { offlineReason } from '../app/connection.ts';
import { countWords } from '../parts/format.ts';
import { Notice, ProblemNotice } from '../parts/notice.tsx';
import { Time } from '../parts/time.tsx';

/** Whether the record is as it was written: each entry carries the hash of the one before. */
export function VerifyLine() {
  const [busy, setBusy] = useState(false);
  const [verified, setVerified] = useState<VerifyAnswer | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const blocked = offlineReason();
  const verify = async () => {
    if (busy || blocked !== null) return;
    setBusy(true);
    const answer = await call<VerifyAnswer>('GET', '/audit/verify');
    setBusy(false);
    setVerified(answer.ok ? answer.value : verified);
    setProblem(answer.ok ? null : answer.problem);
  };
  return (
    <div class="verify">
      {verified === null ? (
        <p class="muted">Every entry carries the hash of the one before it, so a change shows.</p>
      ) : (
        <Result verified={verified} />
      )}
      <button
        type="button"
        class="button button-small"
        aria-busy={busy}
        aria-disabled={blocked === null ? undefined : 'true'}
        title={blocked ?? undefined}
        onClick={() => void verify()}
      >
        {busy ? <span class="spinner" aria-hidden="true" /> : null}
        Verify now
      </button>
      {problem ? <ProblemNotice problem={problem} /> : null}
    </div>
  );
}

function Result({ verified }: { verified: VerifyAnswer }) {
  if (verified.ok)
    return (
      <Notice family="ok" shape="check">
        <p>
          The chain is intact: {countWords(verified.events, 'entry', 'entries')} in{' '}
          {countWords(verified.streams, 'stream')}, {countWords(verified.gitCommits, 'commit')} in git,
          checked <Time at={verified.at} how="seconds" />.
          {verified.gitCommits > 0 && verified.unanchored > 0
            ? ` No commit vouches for the newest ${countWords(verified.unanchored, 'entry', 'entries')} yet.`
            : null}
        </p>
      </Notice>
    );
  return (
    <Notice family="bad" shape="octagon" alert>
      <p>
        The record was changed or cut
        {verified.firstBad === null
          ? '.'
          : ` at entry ${verified.firstBad.seq} of ${verified.firstBad.stream}: ${verified.firstBad.why}.`}{' '}
        Checked <Time at={verified.at} how="seconds" />. Compare with the git trail before relying on later
        entries.
      </p>
    </Notice>
  );
}
