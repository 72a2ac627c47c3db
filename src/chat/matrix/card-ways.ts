import type { Card, CardAction } from '#core/card.ts';
import { type Block, type Piece, type StepLine, text } from './blocks.ts';
import type { Detail, Limits } from './card-detail.ts';
import { cut } from './card-parts.ts';
import { oneLine, shorten } from './columns.ts';

/** What somebody can do now, and how: every reaction has a typed twin. */
export function ways(card: Card, { most }: Detail): Block[] {
  const { actions } = card;
  const of = (kind: CardAction['kind']): CardAction[] =>
    actions.filter((action) => action.kind === kind && action.blocked === null);
  return [
    ...deciding(card),
    ...answering(of('answer'), most),
    ...(of('cancel').length > 0 && card.plan !== null
      ? [text('To stop it, reply ', { code: `stop ${card.plan}` })]
      : []),
    ...settling(card, of('reset')),
    ...suggesting(card, of('ask'), most),
    ...(of('acknowledge').length > 0
      ? [text('To say that you are on it, reply ', { code: `acknowledge ${card.request}` })]
      : []),
    ...of('open').flatMap((action) =>
      action.value === null || action.value === card.link
        ? []
        : [text({ link: oneLine(action.label), address: action.value })],
    ),
  ];
}

function deciding(card: Card): Block[] {
  const { plan, hash } = card;
  if (plan === null) return [];
  const can = (kind: CardAction['kind']): boolean =>
    card.actions.some((action) => action.kind === kind && action.blocked === null);
  if (can('approve')) {
    const reject = text('To reject, reply ', { code: `reject ${plan}` });
    const changes = text('For changes, reply ', { code: `changes ${plan}` }, ' and what should be different');
    if (card.risk === 'destructive') {
      const code = card.confirmCode === null ? [] : [{ code: `approve ${plan} ${card.confirmCode}` }];
      return [text({ strong: 'To approve and delete,' }, ' reply ', ...code), reject, changes];
    }
    const named = hash === null ? '' : ` ${hash.slice(0, 8)}`;
    return [
      text({ strong: 'React ✅ to approve and run, ❌ to reject, 💬 for changes' }),
      text('or reply ', { code: `approve ${plan}${named}` }),
    ];
  }
  // A parked plan: changes without words have it rehearsed anew.
  return [
    ...(can('changes') ? [text('To have it rehearsed anew, reply ', { code: `changes ${plan}` })] : []),
    ...(can('reject') ? [text('To reject it, reply ', { code: `reject ${plan}` })] : []),
  ];
}

function answering(answers: readonly CardAction[], most: Limits): Block[] {
  if (answers.length === 0) return [];
  const items = answers.slice(0, 25).map(
    (action, index): StepLine => ({
      mark: String(index + 1),
      words: shorten(oneLine(action.label), most.line),
      after: '',
      command: null,
    }),
  );
  const numbers: Piece[] = items
    .slice(0, 3)
    .flatMap((item, index) => [index === 0 ? '' : ', ', { code: item.mark }]);
  return [
    { kind: 'steps', items },
    ...cut(answers.length - items.length, 'choice'),
    text('Reply ', ...numbers, items.length > 3 ? ', …' : '', ' or an answer in your own words'),
  ];
}

function settling(card: Card, verdicts: readonly CardAction[]): Block[] {
  if (card.plan === null || verdicts.length === 0) return [];
  return verdicts.map((action) =>
    text(`${oneLine(action.label)}: reply `, { code: `settle ${card.plan} ${action.value ?? ''}`.trim() }),
  );
}

function suggesting(card: Card, suggestions: readonly CardAction[], most: Limits): Block[] {
  return suggestions.map((action, index) =>
    text(`${shorten(oneLine(action.label), most.line)}: reply `, {
      code: `suggestion ${card.request} ${index + 1}`,
    }),
  );
}
