import type { NoPlanReason, Understanding } from '#core/understanding.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Item } from './items.ts';
import type { House, Names } from './names.ts';
import { sayIntent } from './say-intent.ts';

type Nothing = Extract<Understanding, { kind: 'nothing' }>;

const sentences: Readonly<Record<Exclude<NoPlanReason, 'unreadable' | 'addressed'>, string>> = {
  negation: 'Understood: nothing is planned and nothing is touched.',
  question:
    'That reads as a question about an action, so nothing is planned. Saying it as a request makes a plan, which shows what would happen before anything runs.',
  hearsay:
    'That reads as something that happened or was said elsewhere, so nothing is planned. If it is to be done now, say it as a request.',
  conditional:
    'Chiffon plans what is to be done now; it takes no standing, conditional or timed orders from chat. The request can be made when the time has come.',
  chatter: 'Noted. There is nothing to plan in that; “help” lists what can be asked for.',
  name_only: 'That is a name without a request. What should be done with it?',
  too_vague: 'That is too little to act on: it does not say what is meant, so nothing is planned.',
  not_understood: 'That was not understood, so nothing is planned. “help” lists what can be asked for.',
};

/** The answer to words that lead to no plan, with up to three things that would. */
export function replyNothing(
  { catalog, house, names }: { readonly catalog: Catalog; readonly house: House; readonly names: Names },
  why: keyof typeof sentences,
  items: readonly Item[],
  command: string | null,
): Nothing {
  const has = (name: string) => catalog.commands.some((one) => one.command === name);
  const say = (name: string, inputs: Record<string, string | number> = {}) =>
    has(name) ? [sayIntent(catalog, { command: name, inputs })] : [];
  const service = items.flatMap((item) =>
    item.kind === 'service' || item.kind === 'sort' ? item.names : [],
  )[0];
  const host = items.flatMap((item) => (item.kind === 'host' ? [item.host] : []))[0] ?? house.hosts[0]?.name;
  const known = service ?? house.services?.[0] ?? catalog.services[0]?.name;

  let suggestions: readonly string[];
  const asked = catalog.commands.find((one) => one.command === command);
  if (asked !== undefined && asked.inputs['service'] === undefined) {
    suggestions = asked.examples.map((example) => example.say);
  } else if (command !== null && known !== undefined) {
    const others = [
      ...new Set([
        ...(service === undefined ? [] : [service]),
        ...(house.services ?? []),
        ...catalog.services.map((one) => one.name),
      ]),
    ];
    suggestions = others
      .slice(0, 3)
      .flatMap((name) => say(command, { service: names.services.get(name) ?? name }));
  } else if (why === 'negation' || why === 'chatter') {
    suggestions = [...say('status'), ...say('help')];
  } else if (service !== undefined) {
    suggestions = [...say('logs', { service }), ...say('restart', { service }), ...say('status')];
  } else if (why === 'name_only' && host !== undefined) {
    suggestions = [...say('containers', { host }), ...say('disk', { host })];
  } else {
    suggestions = [
      ...say('help'),
      ...say('status'),
      ...(known === undefined ? [] : say('logs', { service: known })),
    ];
  }
  const reply =
    command === null || suggestions[0] === undefined
      ? sentences[why]
      : `${sentences[why]} For example: ${suggestions[0]}.`;
  return { kind: 'nothing', why, reply, suggestions: suggestions.slice(0, 3) };
}

/** The answer to a text that is not read at all. */
export function replyUnreadable(what: string): Nothing {
  const reply = `This message ${what}, so it was not read and nothing is planned. Please send it again as a short plain text.`;
  return { kind: 'nothing', why: 'unreadable', reply, suggestions: [] };
}

/** The answer to words that are said to somebody else. */
export function replyToOther(name: string): Nothing {
  const reply = `That is said to ${name}, not to Chiffon, so nothing is planned. Without the name in front it is a request to Chiffon.`;
  return { kind: 'nothing', why: 'addressed', reply, suggestions: [] };
}
