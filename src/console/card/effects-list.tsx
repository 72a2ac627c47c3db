import type { Card } from '#core/card.ts';
import type { Effect } from '#core/plan.ts';

/** What will be different outside Chiffon, before and after. */
export function EffectsList({ card }: { card: Card }) {
  if (card.effects.length === 0 || card.state === 'answer') return null;
  const hosts = new Set(card.effects.map((effect) => effect.host));
  const open = card.state === 'needs_you';
  const list = (
    <>
      <ul class="effects">
        {card.effects.map((effect) => (
          <EffectRow
            key={`${effect.host} ${effect.kind} ${effect.what} ${effect.change}`}
            effect={effect}
            withHost={hosts.size > 1}
            loses={card.risk === 'destructive' && /delet|remov|for good/i.test(effect.change)}
          />
        ))}
      </ul>
      {open ? <p class="slot-note">Nothing else is touched.</p> : null}
    </>
  );
  const title = hosts.size === 1 ? `Changes on ${[...hosts].join()}` : `Changes on ${hosts.size} machines`;
  if (!open)
    return (
      <details class="slot">
        <summary class="slot-title">{title}</summary>
        {list}
      </details>
    );
  return (
    <section class="slot">
      <h2 class="slot-title">{title}</h2>
      {list}
    </section>
  );
}

function EffectRow(props: { effect: Effect; withHost: boolean; loses: boolean }) {
  const { effect, withHost, loses } = props;
  return (
    <li class="effect">
      <span class="effect-what">
        {withHost ? <span class="muted">{effect.host} </span> : null}
        <span class="muted">{effect.kind}</span> <code>{effect.what}</code>
      </span>
      <span class={loses ? 'effect-change family-bad' : 'effect-change'}>{effect.change}</span>
      {effect.before === undefined && effect.after === undefined ? null : (
        <span class="effect-values">
          <span class="muted">{effect.before ?? 'nothing'}</span>
          <span aria-hidden="true"> → </span>
          <span class="unseen">becomes</span>
          <strong>{effect.after ?? 'nothing'}</strong>
        </span>
      )}
    </li>
  );
}
