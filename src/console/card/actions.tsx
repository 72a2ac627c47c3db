import { useState } from 'preact/hooks';
import type { Problem } from '#api/contract/problem.ts';
import type { Card, CardAction } from '#core/card.ts';
import { offlineReason } from '../app/connection.ts';
import { Notice, ProblemNotice } from '../parts/notice.tsx';
import { type Acting, act } from './act.ts';
import { AnswerBox } from './answer-box.tsx';
import { ChangesForm } from './changes-form.tsx';
import { CodeField } from './code-field.tsx';
import { looksLikeCode } from './confirm-code.ts';

/** How far from Approve each kind stands: the expected one first, Reject last and apart. */
const order: readonly CardAction['kind'][] = [
  'open',
  'approve',
  'answer',
  'ask',
  'changes',
  'reset',
  'acknowledge',
  'cancel',
  'reject',
];

/** What a person can do now. What they can't do stands there too, with the reason. */
export function Actions(props: {
  card: Card;
  thread: string;
  newer: { revision: number | null; delta: readonly string[]; show: () => void } | null;
}) {
  const { card, thread } = props;
  const [busy, setBusy] = useState<CardAction | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [changing, setChanging] = useState(false);
  const [code, setCode] = useState('');
  if (props.newer) return <Replaced {...props.newer} />;

  const actions = card.actions.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  const needsCode = card.risk === 'destructive' && mayApprove(actions);
  const reasons = [...new Set(actions.map((action) => action.blocked).filter((reason) => reason !== null))];
  const offline = offlineReason();
  if (actions.length === 0 && card.state !== 'question') return null;

  const press = async (action: CardAction, extra: Acting = {}) => {
    if (action.kind === 'changes' && asksWhat(card) && extra.comment === undefined)
      return setChanging(!changing);
    setBusy(action);
    setProblem(null);
    const refused = await act(card, thread, action, extra);
    setBusy(null);
    setProblem(refused);
    if (refused !== null) return;
    setChanging(false);
    // The card has become another, shorter one: its top is where the news is.
    if (action.kind === 'approve') scrollTo({ top: 0 });
    requestAnimationFrame(keepFocus);
  };
  const changes = actions.find((action) => action.kind === 'changes');

  return (
    <div
      class={`actions actions-${card.state}${actions.some((action) => action.kind === 'approve') ? ' actions-sticky' : ''}`}
    >
      {problem ? <ProblemNotice problem={problem} /> : null}
      {changing && changes ? (
        <ChangesForm
          busy={busy !== null}
          send={(comment) => void press(changes, { comment })}
          close={() => setChanging(false)}
        />
      ) : null}
      {needsCode ? (
        <CodeField
          code={card.confirmCode}
          value={code}
          change={(value) => {
            setCode(value);
            setProblem(null);
          }}
        />
      ) : null}
      {actions.length === 0 ? null : (
        <div class="action-row">
          {actions.map((action) => (
            <ActionButton
              key={`${action.kind}${action.value}${action.label}`}
              action={action}
              destructive={card.risk === 'destructive'}
              busy={busy === action}
              blocked={
                action.kind === 'open'
                  ? null
                  : (offline ??
                    action.blocked ??
                    (busy === null ? null : 'One moment: the last press is still on its way.') ??
                    (action.kind === 'approve' && needsCode && !looksLikeCode(code)
                      ? 'The code of six characters comes first.'
                      : null))
              }
              press={() =>
                void press(action, action.kind === 'approve' && needsCode ? { code: code.toUpperCase() } : {})
              }
              expanded={action.kind === 'changes' && asksWhat(card) ? changing : null}
            />
          ))}
        </div>
      )}
      {offline === null ? null : <p class="action-reason">{offline}</p>}
      {reasons.map((reason) => (
        <p class="action-reason" key={reason}>
          {reason}
        </p>
      ))}
      {card.state === 'question' ? <AnswerBox thread={thread} /> : null}
    </div>
  );
}

function ActionButton(props: {
  action: CardAction;
  destructive: boolean;
  busy: boolean;
  blocked: string | null;
  expanded: boolean | null;
  press: () => void;
}) {
  const { action } = props;
  const kind = action.kind === 'approve' && props.destructive ? 'danger' : action.tone;
  if (action.kind === 'open')
    return (
      <a class={`button action-open button-${kind}`} href={action.value ?? '#'} rel="noreferrer">
        {action.label}
      </a>
    );
  return (
    <button
      type="button"
      class={`button action-${action.kind} button-${kind}`}
      data-kind={action.kind}
      aria-disabled={props.blocked === null ? undefined : 'true'}
      aria-busy={props.busy}
      aria-expanded={props.expanded ?? undefined}
      title={props.blocked ?? undefined}
      onClick={() => {
        if (props.blocked === null) props.press();
      }}
    >
      {props.busy ? <span class="spinner" aria-hidden="true" /> : null}
      {action.label}
    </button>
  );
}

function Replaced({
  revision,
  delta,
  show,
}: {
  revision: number | null;
  delta: readonly string[];
  show: () => void;
}) {
  return (
    <div class="actions actions-sticky">
      <Notice family="wait" shape="square-hollow" alert>
        <p>
          <strong>{revision === null ? 'Replaced' : `Replaced by revision ${revision}`}</strong>
          {delta.length === 0 ? '.' : `: ${delta.join('; ')}.`}
        </p>
        <button type="button" class="button" onClick={show}>
          {revision === null ? 'Show what is there now' : `Show revision ${revision}`}
        </button>
      </Notice>
    </div>
  );
}

/** The button that was pressed is gone, and the focus with it: whoever uses a keyboard goes on at the card's title. */
function keepFocus(): void {
  if (document.activeElement === null || document.activeElement === document.body)
    document.getElementById('card-title')?.focus({ preventScroll: true });
}

/** A parked plan is rehearsed anew as it is; for every other one the changes must be said. */
function asksWhat(card: Card): boolean {
  return card.state !== 'parked';
}

function mayApprove(actions: readonly CardAction[]): boolean {
  return actions.some((action) => action.kind === 'approve' && action.blocked === null);
}
