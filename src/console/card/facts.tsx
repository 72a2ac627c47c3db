import type { ComponentChildren } from 'preact';
import type { Card, CardState } from '#core/card.ts';
import type { Risk } from '#core/risk.ts';
import { RiskMark } from './risk-mark.tsx';

const ended: readonly CardState[] = ['done', 'failed', 'gave_up', 'unknown', 'stopped'];

const reasons: Readonly<Record<Risk, string>> = {
  read: 'nothing is changed',
  change: 'can be taken back',
  destructive: 'something is lost for good',
};

/** Risk, undo, cost, how success will be seen, and what the rehearsal found out. */
export function Facts({ card }: { card: Card }) {
  const planned = card.state === 'needs_you';
  if (!planned && !ended.includes(card.state)) return null;
  const found = planned ? (card.rehearsal?.facts ?? []) : [];
  const notes = planned ? (card.rehearsal?.notes ?? []) : [];
  if (!planned && card.undo === null && card.cost === null) return null;
  return (
    <section class="slot">
      <h2 class="unseen">Facts</h2>
      <dl class="facts">
        {planned && card.risk !== null ? <RiskFact risk={card.risk} /> : null}
        {card.undo === null ? null : <Fact label="Undo">{card.undo}</Fact>}
        {planned && card.verification !== null ? <Fact label="Checked by">{card.verification}</Fact> : null}
        {card.cost === null ? null : <Fact label="Cost">{card.cost}</Fact>}
        {found.map((fact) => (
          <Fact key={fact.label} label={fact.label}>
            {fact.value}
          </Fact>
        ))}
      </dl>
      {notes.length === 0 ? null : (
        <ul class="notes">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Fact({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div class="fact">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function RiskFact({ risk }: { risk: Risk }) {
  return (
    <Fact label="Risk">
      <RiskMark risk={risk} />: {reasons[risk]}
    </Fact>
  );
}
