import type { Card, CardState } from '#core/card.ts';
import type { LogModel } from '../log/log-model.ts';
import { WithLog } from '../log/with-log.tsx';
import { countWords } from '../parts/format.ts';
import { Time } from '../parts/time.tsx';
import { type Diff, readDiff, sharedRoom } from './diff.ts';
import { DiffCount } from './diff-view.tsx';
import { StepRow } from './step-row.tsx';

const before: readonly CardState[] = ['needs_you', 'rejected', 'replaced', 'parked', 'drafting'];

/** States in which a step may be talking. */
const under: readonly CardState[] = ['running', 'retrying', 'escalated'];
const well: readonly CardState[] = ['done', 'answer'];

/** The steps in the order they run: before the decision with everything that will run, afterwards with what came of it. */
export function StepsList({ card }: { card: Card }) {
  if (card.steps.length === 0) return null;
  const planned = before.includes(card.state);
  const targets = new Set(card.steps.map((step) => step.target));
  const count = countWords(card.steps.length, 'step');
  const diffs = card.steps.map((step) =>
    step.diff === null || step.diff === '' ? null : readDiff(step.diff),
  );
  const rooms = sharedRoom(diffs);
  const list = (log: LogModel | null) => (
    <ol class="steps">
      {card.steps.map((step, index) => (
        <StepRow
          key={step.id}
          step={step}
          planned={planned}
          run={card.run}
          log={log}
          withTarget={targets.size > 1}
          said={card.message}
          diff={diffs[index] ?? null}
          room={rooms[index] ?? 0}
        />
      ))}
    </ol>
  );
  if (well.includes(card.state))
    return (
      <details class="slot">
        <summary class="slot-title">
          {count}, <Progress card={card} />
        </summary>
        {list(null)}
      </details>
    );
  return (
    <section class="slot">
      <h2 class="slot-title">
        {count}
        <span class="slot-aside">
          {planned ? <Rehearsed card={card} diffs={diffs} /> : <Progress card={card} />}
        </span>
      </h2>
      {card.run !== null && under.includes(card.state) ? (
        <WithLog run={card.run}>{list}</WithLog>
      ) : (
        list(null)
      )}
    </section>
  );
}

/** What the rehearsal came to, the count of changed lines first. */
function Rehearsed({ card, diffs }: { card: Card; diffs: readonly (Diff | null)[] }) {
  const count = card.steps.filter((step) => step.rehearsed).length;
  if (card.rehearsal === null) return <>not rehearsed</>;
  const changes = diffs.filter((diff) => diff !== null);
  const sum = (of: (diff: Diff) => number) => changes.reduce((all, diff) => all + of(diff), 0);
  return (
    <>
      {changes.length === 0 ? null : (
        <>
          <DiffCount added={sum((diff) => diff.added)} removed={sum((diff) => diff.removed)} /> in{' '}
          {countWords(changes.length, 'file')} ·{' '}
        </>
      )}
      {count} of {card.steps.length} rehearsed at <Time at={card.rehearsal.at} how="seconds" />
    </>
  );
}

function Progress({ card }: { card: Card }) {
  const finished = card.steps.filter((step) => step.state === 'done').length;
  const current = card.steps.find((step) => step.state === 'running' || step.state === 'retrying');
  if (current) return <>{`step ${current.position} of ${card.steps.length}`}</>;
  return <>{`${finished} of ${card.steps.length} done`}</>;
}
