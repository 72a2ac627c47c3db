import {
  type APIActionRowComponent,
  type APIButtonComponent,
  type APIComponentInMessageActionRow,
  ButtonStyle,
  ComponentType,
} from 'discord.js';
import type { Card, CardAction } from '#core/card.ts';
import { inertText } from '#platform/untrusted-text.ts';
import { acknowledgeButton, choiceButton, planButton } from './custom-ids.ts';
import { shorten } from './inert-markdown.ts';

type Row = APIActionRowComponent<APIComponentInMessageActionRow>;

/** From so many choices on they stand in a menu: Discord puts at most five buttons into a row and 25 options into a menu. */
const menuFrom = 5;
const mostOptions = 25;
const mostButtonsInRow = 5;
const mostLabel = 80;

/** A card's actions as rows of buttons; many choices become a menu. */
export function actionRows(card: Card, page: string | null): Row[] {
  const details = page === null ? null : linkButton('Details', page);
  const answers = card.actions.filter((action) => action.kind === 'answer');
  if (answers.length >= menuFrom) {
    return [answerMenu(card.request, answers), ...(details === null ? [] : [rowOf([details])])];
  }
  const buttons = card.actions.flatMap((action) => buttonOf(card, action));
  if (details !== null) buttons.push(details);
  const rows: Row[] = [];
  for (let at = 0; at < buttons.length; at += mostButtonsInRow) {
    rows.push(rowOf(buttons.slice(at, at + mostButtonsInRow)));
  }
  return rows;
}

/** Whether Discord takes an address for a button; names of one word, as in a home network, it may refuse. */
export function webAddress(address: string): boolean {
  const url = URL.parse(address);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return false;
  return url.hostname.includes('.') && address.length <= 512;
}

function buttonOf(card: Card, action: CardAction): APIButtonComponent[] {
  const id = customIdOf(card, action);
  if (id !== null) {
    return [
      {
        type: ComponentType.Button,
        style: styles[action.tone],
        custom_id: id,
        label: labelOf(action.label),
        ...(action.blocked === null ? {} : { disabled: true }),
      },
    ];
  }
  const link =
    action.kind === 'open' && action.value !== null ? linkButton(action.label, action.value) : null;
  return link === null ? [] : [link];
}

const styles = {
  primary: ButtonStyle.Success,
  danger: ButtonStyle.Danger,
  plain: ButtonStyle.Secondary,
} as const;

function customIdOf(card: Card, action: CardAction): string | null {
  const sameKind = card.actions.filter((other) => other.kind === action.kind);
  const index = sameKind.indexOf(action);
  const { request, plan, hash } = card;
  if (action.kind === 'answer') return choiceButton('an', request, index);
  if (action.kind === 'ask') return choiceButton('sg', request, index);
  if (action.kind === 'acknowledge') return acknowledgeButton(request);
  if (plan === null) return null;
  switch (action.kind) {
    case 'approve':
      return planButton(card.risk === 'destructive' ? 'ac' : 'ap', plan, hash);
    case 'reject':
      return planButton('rj', plan, hash);
    case 'changes':
      return planButton(card.state === 'parked' ? 'rh' : 'ch', plan, hash);
    case 'cancel':
      return planButton('st', plan, hash);
    case 'reset':
      return planButton(
        action.value === 'completed' ? 'ok' : action.value === 'failed' ? 'no' : 'ag',
        plan,
        hash,
      );
    case 'open':
      return null;
  }
}

function linkButton(label: string, address: string): APIButtonComponent | null {
  if (!webAddress(address)) return null;
  return { type: ComponentType.Button, style: ButtonStyle.Link, label: labelOf(label), url: address };
}

function answerMenu(request: number, answers: readonly CardAction[]): Row {
  return {
    type: ComponentType.ActionRow,
    components: [
      {
        type: ComponentType.StringSelect,
        custom_id: choiceButton('an', request, 'menu'),
        placeholder: 'Choose one',
        options: answers
          .slice(0, mostOptions)
          .map((answer, index) => ({ label: shorten(labelOf(answer.label), 100), value: String(index) })),
      },
    ],
  };
}

function rowOf(components: APIButtonComponent[]): Row {
  return { type: ComponentType.ActionRow, components };
}

/** Labels are never read as markdown; only what can't be seen has to be made visible. */
function labelOf(label: string): string {
  return shorten(inertText(label).replace(/\s+/g, ' ').trim() || '·', mostLabel);
}
