import { effectWords } from '#chat/cards/effect-words.ts';
import type { Outgoing } from '#chat/surface-port.ts';
import type { Card } from '#core/card.ts';
import { stateSigns } from '#core/state-words.ts';
import { type Block, gap, text } from './blocks.ts';
import type { Detail } from './card-detail.ts';
import { count, cut, output } from './card-parts.ts';
import { oneLine, shorten } from './columns.ts';
import { zonedTime } from './zoned-time.ts';

type OutgoingCard = Extract<Outgoing, { kind: 'card' }>;

export function head(card: Card, { most }: Detail): Block[] {
  const { emoji } = stateSigns[card.state];
  const title = shorten(oneLine(card.title), most.title);
  const words = shorten(oneLine(card.ask.words), most.words);
  const first = text({ strong: `${emoji} ${shorten(oneLine(card.stateWord), 80)}` }, ` · ${nameOf(card)}`);
  // While there is no plan, the title is what was asked.
  if (words === title) return [first, { kind: 'quote', who: shorten(oneLine(card.ask.person), 40), words }];
  return [
    first,
    text({ strong: title }),
    { kind: 'quote', who: shorten(oneLine(card.ask.person), 40), words },
  ];
}

/** "P-142 rev 2", or "R-143" while there is no plan. */
function nameOf(card: Pick<Card, 'plan' | 'request' | 'revision'>): string {
  const revision = card.revision === null || card.revision < 2 ? '' : ` rev ${card.revision}`;
  return card.plan === null ? `R-${card.request}` : `P-${card.plan}${revision}`;
}

/**
 * What came of a run is a first line in words, and further lines that are something a host printed in columns: they
 * stand as they are. Without a plan, all of it is Chiffon's own words.
 */
export function answer({ message, plan }: Card, { lines: mostLines, most }: Detail): Block[] {
  if (message === null || message.trim() === '') return [];
  const [first = '', ...rest] = message.trim().split('\n');
  const words = text(shorten(oneLine(first), most.message));
  if (rest.length === 0) return [words];
  const left = cut(rest.length - mostLines, 'line');
  if (plan === null) {
    const lines = rest.filter((line) => line.trim() !== '').slice(0, mostLines);
    return [words, ...lines.flatMap((line) => [gap, text(shorten(oneLine(line), most.message))]), ...left];
  }
  const shown = rest.slice(0, mostLines).map((line) => shorten(line, most.line));
  while (shown[0]?.trim() === '') shown.shift();
  return [words, output(shown.join('\n'), '  '), ...left];
}

export function warnings({ warnings: all = [] }: Card, { most }: Detail): Block[] {
  if (all.length === 0) return [];
  const items = all.slice(0, most.entries).map((line) => shorten(oneLine(line), most.fact));
  return [
    text({ strong: 'Read this before you approve' }),
    { kind: 'list', items },
    ...cut(all.length - most.entries, 'warning'),
  ];
}

export function effects(card: Card, { effects: mostEffects, most }: Detail): Block[] {
  if (card.state !== 'needs_you' || card.effects.length === 0) return [];
  const items = card.effects
    .slice(0, mostEffects)
    .map((effect) => shorten(oneLine(effectWords(effect)), most.line));
  return [
    { kind: 'list', items },
    ...cut(card.effects.length - mostEffects, 'change'),
    text({ strong: 'Nothing else is touched.' }),
  ];
}

export function lastLine({ lastLine: line }: OutgoingCard, { most }: Detail): Block[] {
  const words = oneLine(line ?? '');
  return words === '' ? [] : [output(shorten(words, most.line), '> ')];
}

const riskBars = { read: '▮▯▯', change: '▮▮▯', destructive: '▮▮▮' } as const;

export function facts(card: Card, { most }: Detail): Block[] {
  if (card.state !== 'needs_you') {
    return card.link === null ? [] : [text('It opens at ', { link: card.link, address: card.link }, '.')];
  }
  const risk = card.risk ?? 'read';
  const fact = (label: string, value: string): Block =>
    text(`${label}: ${shorten(oneLine(value), most.fact)}`);
  return [
    text(`Risk ${riskBars[risk]} ${risk} · Cost ${shorten(oneLine(card.cost ?? '0'), 80)}`),
    fact('Undo', card.undo ?? 'none'),
    ...(card.verification === null ? [] : [fact('Check', card.verification)]),
  ];
}

export function delta(card: Card, { most }: Detail): Block[] {
  if (card.state !== 'needs_you' || card.delta.length === 0) return [];
  const items = card.delta.slice(0, most.entries).map((line) => shorten(oneLine(line), most.line));
  return [
    text({ strong: 'Different from the revision before' }),
    { kind: 'list', items },
    ...cut(card.delta.length - most.entries, 'difference'),
  ];
}

export function decisions(card: Card, zone: string, { most }: Detail): Block[] {
  const shown = card.decisions.slice(-Math.min(5, most.entries));
  return [
    ...(card.decisions.length > shown.length
      ? [text(`… ${count(card.decisions.length - shown.length, 'decision')} before`)]
      : []),
    ...shown.map((decision) => {
      const comment =
        decision.comment === null ? '' : `: “${shorten(oneLine(decision.comment), most.comment)}”`;
      return text(
        `${shorten(oneLine(decision.words), most.fact)}${comment}, ${zonedTime(decision.at, card.asOf, zone)}`,
      );
    }),
  ];
}

export function foot({ card, page }: OutgoingCard, zone: string): Block[] {
  const parts = [
    // Nobody approves an answer, so which plan it came from, to the letter, is noise.
    ...(card.hash === null || card.state === 'answer'
      ? []
      : [`${card.hash.slice(0, 4)}…${card.hash.slice(-4)}`]),
    card.answerBy === null
      ? `as of ${zonedTime(card.asOf, card.asOf, zone, true)}`
      : `until ${zonedTime(card.answerBy, card.asOf, zone)}`,
  ];
  return [text(parts.join(' · ')), ...(page === null ? [] : [text({ link: 'Details', address: page })])];
}
