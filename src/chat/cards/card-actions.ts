import type { CardAction } from '#core/card.ts';
import type { Result } from '#core/refusal.ts';
import { authorise } from '#policy/authorise.ts';
import type { Reader, RequestStory } from './request-story.ts';

/** What this reader can do now; what they can't is shown with the reason. At most a handful, the expected one first. */
export function cardActions(story: RequestStory, reader: Reader): CardAction[] {
  const { request, plan, run } = story;
  const { person, house } = reader;
  const may = (deed: Parameters<typeof authorise>[1]): string | null =>
    reasonOf(authorise(person, deed, house.people));

  if (request.state === 'question') {
    return request.choices.map((choice, index) => ({
      kind: 'answer',
      label: choice.fact === undefined ? choice.label : `${choice.label} (${choice.fact})`,
      tone: index === 0 ? 'primary' : 'plain',
      value: choice.words,
      blocked: null,
    }));
  }
  if (plan?.state === 'awaiting_approval') {
    const destructive = plan.risk === 'destructive';
    return [
      {
        kind: 'approve',
        label: destructive ? 'Approve and delete' : 'Approve and run',
        tone: destructive ? 'danger' : 'primary',
        value: null,
        blocked: may({ kind: 'approve', risk: plan.risk ?? 'change' }),
      },
      {
        kind: 'changes',
        label: 'Request changes',
        tone: 'plain',
        value: null,
        blocked: may({ kind: 'request_changes', askedBy: request.person }),
      },
      {
        kind: 'reject',
        label: 'Reject',
        tone: 'plain',
        value: null,
        blocked: may({ kind: 'reject', askedBy: request.person }),
      },
    ];
  }
  if (plan?.state === 'parked') {
    const blocked = may({ kind: 'request_changes', askedBy: request.person });
    return [
      { kind: 'changes', label: 'Rehearse it anew', tone: 'primary', value: null, blocked },
      { kind: 'reject', label: 'Reject', tone: 'plain', value: null, blocked },
    ];
  }
  if (run !== null && ['pending', 'running', 'blocked', 'waiting_retry'].includes(run.state)) {
    return run.mutates
      ? [
          {
            kind: 'cancel',
            label: 'Stop now',
            tone: 'plain',
            value: null,
            blocked: may({ kind: 'stop_run' }),
          },
        ]
      : [];
  }
  if (run !== null && run.state === 'review') {
    const blocked = may({ kind: 'reconcile' });
    return [
      { kind: 'reset', label: 'It did finish', tone: 'primary', value: 'completed', blocked },
      { kind: 'reset', label: 'It did not finish', tone: 'plain', value: 'failed', blocked },
      { kind: 'reset', label: 'Run the step again', tone: 'plain', value: 'again', blocked },
      ...onIt(story, reader),
    ];
  }
  const actions: CardAction[] = [];
  const link = story.revisions.at(-1)?.content.link ?? null;
  if (run?.state === 'completed' && link !== null) {
    actions.push({ kind: 'open', label: `Open ${link}`, tone: 'primary', value: link, blocked: null });
  }
  if (run?.state === 'failed' || run?.state === 'cancelled') {
    actions.push({
      kind: 'ask',
      label: 'Plan it again',
      tone: 'primary',
      value: request.text,
      blocked: null,
    });
  }
  actions.push(...onIt(story, reader));
  for (const words of request.suggestions.slice(0, 3)) {
    actions.push({ kind: 'ask', label: words, tone: 'plain', value: words, blocked: null });
  }
  return actions;
}

/** While an alarm about this request rings: the way to say that somebody is on it. */
function onIt({ alerts }: RequestStory, { person, house }: Reader): CardAction[] {
  if (alerts.every((alert) => alert.acknowledgedBy !== null)) return [];
  return [
    {
      kind: 'acknowledge',
      label: 'I’m on it',
      tone: 'plain',
      value: null,
      blocked: reasonOf(authorise(person, { kind: 'acknowledge' }, house.people)),
    },
  ];
}

function reasonOf(answer: Result<unknown>): string | null {
  return answer.ok ? null : answer.reason;
}
