import type { PlanDetail } from '#api/contract/plans.ts';
import type { Problem } from '#api/contract/problem.ts';
import type { NewRequest, NewRequestAnswer, RequestDetail } from '#api/contract/requests.ts';
import type { RunDetail } from '#api/contract/runs.ts';
import type { Card, CardAction } from '#core/card.ts';
import { know, reload } from '../app/answers.ts';
import { type Answer, call } from '../app/api.ts';
import { go } from '../app/router.ts';
import { requestPath } from '../app/routes.ts';
import { viewerZone } from '../parts/viewer-zone.ts';

/** What a person adds to a press. */
export interface Acting {
  readonly comment?: string;
  readonly code?: string;
}

/** Carries out a press. Answers the problem, or null when it went through. */
export async function act(
  card: Card,
  thread: string,
  action: CardAction,
  extra: Acting,
): Promise<Problem | null> {
  switch (action.kind) {
    case 'approve':
    case 'reject':
    case 'changes':
      return decide(card, action.kind, extra);
    case 'cancel':
      return settled(card, await call<RunDetail>('POST', `/runs/${card.run}/cancel`, {}));
    case 'reset':
      return settled(
        card,
        await call<RunDetail>('POST', `/runs/${card.run}/reconcile`, { verdict: action.value }),
      );
    case 'answer':
      return askFor(action.value ?? action.label, { thread });
    case 'ask':
      // Whoever has the same planned again from the card of what gave up is on it; the server knows which that is.
      return askFor(action.value ?? action.label, { pressedOn: `R-${card.request}` });
    case 'acknowledge':
      return settled(card, await call<{ card: Card }>('POST', `/requests/R-${card.request}/acknowledge`, {}));
    case 'open':
      return null;
  }
}

/** Says something to Chiffon and goes to what became of it. */
export async function askFor(
  text: string,
  from: Pick<NewRequest, 'thread' | 'pressedOn'> = {},
): Promise<Problem | null> {
  const answer = await call<NewRequestAnswer>('POST', '/requests', {
    text,
    zone: viewerZone(),
    ...from,
  });
  if (!answer.ok) return answer.problem;
  go(requestPath(answer.value.requestId));
  reload(detailPath(requestNumber(answer.value.requestId)));
  return null;
}

async function decide(
  card: Card,
  decision: 'approve' | 'reject' | 'changes',
  extra: Acting,
): Promise<Problem | null> {
  const answer = await call<PlanDetail>('POST', `/plans/P-${card.plan}/decision`, {
    decision,
    hash: card.hash,
    ...extra,
  });
  return settled(card, answer);
}

function settled(card: Card, answer: Answer<{ card: Card }>): Problem | null {
  const path = detailPath(card.request);
  if (answer.ok) know<RequestDetail>(path, (before) => ({ ...before, card: answer.value.card }));
  reload(path);
  return answer.ok ? null : answer.problem;
}

/** Where the API tells of a request. */
export function detailPath(request: number): string {
  return `/requests/${request}`;
}

function requestNumber(id: string): number {
  return Number(id.replace(/\D/g, ''));
}
