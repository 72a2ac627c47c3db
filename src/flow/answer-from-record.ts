import type { RecordAnswer } from '#core/record-answer.ts';
import { logOf, who, why } from './record/about-one.ts';
import { approvals } from './record/approvals.ts';
import type { Asking, RecordDeps } from './record/asking.ts';
import { changes } from './record/changes.ts';
import { failures } from './record/failures.ts';
import { errorTypes, retries } from './record/figures.ts';
import { ran } from './record/ran.ts';
import { sinceWorking } from './record/since-working.ts';
import { underWay } from './record/under-way.ts';

/** Who answers which question about the record. None of them changes anything. */
const answers: Readonly<Record<string, (deps: RecordDeps, asking: Asking) => Promise<RecordAnswer>>> = {
  'audit.failures': failures,
  'audit.changes': changes,
  'audit.approvals': approvals,
  'audit.ran': ran,
  'audit.since_working': sinceWorking,
  'audit.running': underWay,
  'audit.errors': errorTypes,
  'audit.retries': retries,
  'audit.why': why,
  'audit.log': logOf,
  'audit.who': who,
};

/** Answers a question about what happened, from the record alone; null for every other command. */
export async function answerFromRecord(deps: RecordDeps, asking: Asking): Promise<RecordAnswer | null> {
  const answer = Object.hasOwn(answers, asking.intent.command) ? answers[asking.intent.command] : undefined;
  return answer === undefined ? null : await answer(deps, asking);
}
