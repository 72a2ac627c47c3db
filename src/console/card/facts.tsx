import type { ComponentChildren } from 'preact';
import type { Card } from '#core/card.ts';
import type { Risk } from '#core/risk.ts';

const riskWords: Readonly<Record<Risk, { bars: number; word: string; reason: string }>> = {
  read: { bars: 1, word: 'Looks only', reason: 'nothing is changed' },
  change: { bars: 2, word: 'Change', reason: 'can be taken back' },
  destructive: { bars: 3, word: 'Destructive', reason: 'something is lost for good' },
};

/** Risk, undo, cost, how success will be seen, and what the rehearsal found out. */
export function Facts({ card }: { card: Card }) {
  const planned = card.state === 'needs_you';
  if (!planned && card.state !== 'done' && card.state !== 'failed' && card.state !== 'gave_up') return null;
  const found = planned ? (card.rehearsal?.facts ?? []) : [];
  const notes = planned ? (card.rehearsal?.notes ?? []) : [];
  return (
    <section class="slot">
      <h2 class="unseen">Facts</h2>
      <dl class="facts">
        {planned && card.risk !== null ? <RiskFact risk={card.risk} /> : null}
        {card.undo === null ? null : <Fact label="Undo">{card.undo}</Fact>}
        {card.verification === null ? null : <Fact label="Checked by">{card.verification}</Fact>}
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
  const { bars, word, reason } = riskWords[risk];
  return (
    <Fact label="Risk">
      <span class={`risk risk-${risk}`}>
        <svg class="risk-bars" viewBox="0 0 26 14" aria-hidden="true">
          {[0, 1, 2].map((bar) => (
            <rect
              key={bar}
              x={1 + bar * 9}
              y={9 - bar * 4}
              width="6"
              height={4 + bar * 4}
              rx="1"
              fill={bar < bars ? 'currentColor' : 'none'}
              stroke="currentColor"
              stroke-width="1.2"
            />
          ))}
        </svg>
        <strong>{word}</strong>
      </span>
      <span>: {reason}</span>
    </Fact>
  );
}
