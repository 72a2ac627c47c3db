import type { Item } from './items.ts';
import { isFree, type Match } from './match-pattern.ts';
import type { Clause } from './split-clauses.ts';
import { isReported } from './why-no-plan.ts';

/** "stop ollama, I need the gpu": a reason, not a second request. */
export function isNeed(clause: Clause, match: Match): boolean {
  return (
    match.pattern.style === 'label' &&
    /^(?:i|we) (?:need|want)\b/.test(clause.items.map((item) => item.text).join(' '))
  );
}

/** "…, can you restart it": a request of the speaker's own after somebody else's words. */
export function asksPlainly(clause: Clause): boolean {
  return /^(?:please|can you|could you|would you|will you)\b/.test(
    clause.items.map((item) => item.text).join(' '),
  );
}

/** "bob said, …": what follows is bob's. */
export function endsReporting(clause: Clause): boolean {
  return isReported(clause.items.filter((item) => item.text !== '').slice(-1));
}

const cancelling =
  /^(?:(?:no|nope|sorry|actually|oh|wait|please|just|and|but|on second thoughts?|ok|it|that|this|all|now|yet|stop)\s)*(?:do not|never ?mind|cancel(?: (?:that|it|this|everything))?|forget (?:it|that|about it)|scratch that|leave it|abort|nevermind|not now|not yet|do not do (?:that|it)|just kidding|i am kidding|kidding|joking|just joking)(?:\s(?:it|that|please|now|do|thanks|yet|bother))*$/;

/** "no, don't", "never mind": takes back what was said. */
export function isCancelled(clause: Clause, somethingSaid: boolean): boolean {
  if (!somethingSaid) return false;
  const words = clause.items
    .map((item) => item.text)
    .filter((text) => text !== '')
    .join(' ');
  return cancelling.test(words) || (clause.link === 'sentence' && /^(?:no|nah|nope|nevermind)$/.test(words));
}

/** The host of a clause that says nothing but where: "on n100". */
export function placedHost(items: readonly Item[]): string | null {
  const hosts = items.filter((item) => item.kind === 'host');
  const only = items.every((item) => item.kind === 'host' || isFree(item));
  const first = hosts[0];
  return only && first?.kind === 'host' ? first.host : null;
}

/** The services that are named without doubt. */
export function servicesIn(items: readonly Item[]): readonly string[] {
  return [
    ...new Set(
      items.flatMap((item) => (item.kind === 'service' && item.names.length === 1 ? item.names : [])),
    ),
  ];
}

/** The first host that is named. */
export function hostIn(items: readonly Item[]): string | null {
  return items.flatMap((item) => (item.kind === 'host' ? [item.host] : []))[0] ?? null;
}

/** The first port that is named. */
export function portIn(items: readonly Item[]): number | null {
  return items.flatMap((item) => (item.kind === 'port' ? [item.port] : []))[0] ?? null;
}

/** "add a task to the backlog: …": what follows is to be written down, not done. */
export function isForLater(items: readonly Item[]): boolean {
  if (items.length < 3) return false;
  return items.some((item) =>
    /^(?:task|ticket|issue|note|reminder|backlog|todo|calendar|wiki|changelog|subject|title)$/.test(
      item.text,
    ),
  );
}
