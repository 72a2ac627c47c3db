import type { DoctorAnswer } from '#api/contract/house.ts';
import { reload, useAnswer } from '../app/answers.ts';
import { offlineReason } from '../app/connection.ts';
import { Shown } from '../parts/page.tsx';
import { StateMark } from '../parts/shape.tsx';

/** What is missing, and how to fix it; what is well is folded. */
export function Doctor() {
  const known = useAnswer<DoctorAnswer>('/doctor', () => false);
  const blocked = offlineReason();
  return (
    <section class="block">
      <h2 class="block-title">
        Doctor
        <button
          type="button"
          class="link-button"
          aria-disabled={blocked === null ? undefined : 'true'}
          title={blocked ?? undefined}
          onClick={() => {
            if (blocked === null) reload('/doctor');
          }}
        >
          Check again
        </button>
      </h2>
      <Shown path="/doctor" known={known}>
        {(answer) => <Checks answer={answer} />}
      </Shown>
    </section>
  );
}

function Checks({ answer }: { answer: DoctorAnswer }) {
  const wrong = answer.checks.filter((check) => !check.ok);
  const well = answer.checks.filter((check) => check.ok);
  return (
    <>
      {wrong.length === 0 ? null : (
        <ul class="rows">
          {wrong.map((check) => (
            <li class="row setting" key={check.name}>
              <span class="setting-name">{check.name}</span>
              <StateMark state="failed" word="Not well" />
              <span class="setting-words">
                {check.detail}
                {check.remedy === null ? null : <strong class="remedy">{check.remedy}</strong>}
              </span>
            </li>
          ))}
        </ul>
      )}
      <details class="fold-plain" open={wrong.length === 0}>
        <summary>
          <StateMark state="done" word={`${well.length} of ${answer.checks.length} checks are well`} />
        </summary>
        <ul class="rows">
          {well.map((check) => (
            <li class="row setting" key={check.name}>
              <span class="setting-name">{check.name}</span>
              <StateMark state="done" word="Well" />
              <span class="muted setting-words">{check.detail}</span>
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}
