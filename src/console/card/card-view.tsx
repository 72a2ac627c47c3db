import type { Card } from '#core/card.ts';
import { shortHash, surfacePhrase } from '../parts/format.ts';
import { Heading } from '../parts/page.tsx';
import { StateMark } from '../parts/shape.tsx';
import { CardSkeleton } from '../parts/skeleton.tsx';
import { stateLook } from '../parts/states.ts';
import { Time } from '../parts/time.tsx';
import { Actions } from './actions.tsx';
import { AnswerView } from './answer-view.tsx';
import { Decisions } from './decisions.tsx';
import { Delta } from './delta.tsx';
import { EffectsList } from './effects-list.tsx';
import { Facts } from './facts.tsx';
import { Message } from './message.tsx';
import { RiskMark } from './risk-mark.tsx';
import { StepsList } from './steps-list.tsx';
import { Warnings } from './warnings.tsx';

/** One request as the person decides on it. The slots stand in a fixed order, so the thumb learns where to look. */
export function CardView(props: {
  card: Card;
  thread: string;
  /** The revision that replaced this one while somebody looked at it. */
  newer?: { revision: number | null; delta: readonly string[]; show: () => void } | null;
}) {
  const { card } = props;
  const { family } = stateLook(card.state);
  const drafting = card.state === 'drafting' && card.steps.length === 0;
  return (
    <article class={`card family-${family}`} aria-labelledby="card-title" data-state={card.state}>
      <StateLine card={card} newer={props.newer ?? null} />
      <div class="card-body">
        <Heading id="card-title" class="card-title">
          {card.title}
        </Heading>
        <Ask card={card} />
        {drafting ? (
          <CardSkeleton words="Looking at the machine and rehearsing each step. Nothing is changed meanwhile." />
        ) : null}
        {card.state === 'drafting' && !drafting ? (
          <p class="card-message" role="status">
            <span class="spinner" aria-hidden="true" /> The plan is being rehearsed again. Below stands the
            revision so far.
          </p>
        ) : null}
        {card.answer == null ? <Message card={card} /> : <AnswerView answer={card.answer} />}
        <Warnings card={card} />
        <Delta card={card} />
        <EffectsList card={card} />
        <StepsList card={card} />
        <Facts card={card} />
        <Decisions card={card} />
      </div>
      <Actions card={card} thread={props.thread} newer={props.newer ?? null} />
      <Foot card={card} />
    </article>
  );
}

function StateLine({ card, newer }: { card: Card; newer: { revision: number | null } | null }) {
  return (
    <div class="card-state">
      {newer ? (
        <StateMark state="replaced" word={`Replaced by revision ${newer.revision}`} strong />
      ) : (
        <StateMark state={card.state} word={card.stateWord} strong />
      )}
      <span class="card-ids muted">
        {card.plan === null ? `R-${card.request}` : `P-${card.plan}`}
        {card.revision === null ? null : ` · rev ${card.revision}`}
      </span>
      {card.risk !== null && card.state === 'needs_you' ? <RiskMark risk={card.risk} /> : null}
      {card.answerBy !== null && waits(card) ? (
        <span class="card-until muted">
          until <Time at={card.answerBy} how="day" />
        </span>
      ) : null}
    </div>
  );
}

function Ask({ card }: { card: Card }) {
  return (
    <p class="card-ask">
      {card.ask.words === card.title ? null : <q>{card.ask.words}</q>}{' '}
      <span class="muted nowrap">
        {card.ask.person} {surfacePhrase(card.ask.surface)}, <Time at={card.ask.at} />
      </span>
    </p>
  );
}

function Foot({ card }: { card: Card }) {
  const decides = card.actions.some((action) => action.kind === 'approve');
  return (
    <footer class="card-foot muted">
      <span>
        as of <Time at={card.asOf} how="seconds" />
      </span>
      {card.hash === null ? null : (
        <span>
          plan <code title={card.hash}>{shortHash(card.hash)}</code>
        </span>
      )}
      {decides && card.hash !== null && card.plan !== null ? (
        <span class="on-desk">
          in chat:{' '}
          <code>
            approve {card.plan} {card.confirmCode ?? card.hash.slice(0, 4)}
          </code>
        </span>
      ) : null}
      {decides ? (
        <span class="on-desk">
          keys: <kbd>a</kbd> <kbd>c</kbd> <kbd>r</kbd>
        </span>
      ) : null}
    </footer>
  );
}

function waits(card: Card): boolean {
  return card.state === 'needs_you' || card.state === 'question';
}
