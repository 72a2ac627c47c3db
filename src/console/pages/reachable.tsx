import type { Machine } from '#api/contract/house.ts';
import { StateMark } from '../parts/shape.tsx';

/** Whether a machine answers, as shape and word. */
export function Reachable({ machine }: { machine: Pick<Machine, 'unreachable' | 'triedAt'> }) {
  if (machine.unreachable !== null) return <StateMark state="failed" word="No answer" />;
  if (machine.triedAt === null) return <StateMark state="queued" word="Not looked yet" />;
  return <StateMark state="done" word="Answers" />;
}
