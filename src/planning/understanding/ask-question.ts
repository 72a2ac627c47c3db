import type { Intent } from '#core/intent.ts';
import type { Choice, Understanding } from '#core/understanding.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { compactName } from '../catalog/compact-name.ts';
import type { House, Names } from './names.ts';
import { type Ask, isAsk } from './said.ts';
import { sayIntent } from './say-intent.ts';
import type { Vocabulary } from './vocabulary.ts';
import { catalogVersions } from './wanted-versions.ts';

const mostChoices = 6;

interface Context {
  readonly catalog: Catalog;
  readonly house: House;
  readonly names: Names;
  readonly vocabulary: Vocabulary;
}

/** Turns the first thing that has to be asked into a question whose choices are complete requests. */
export function askQuestion(
  context: Context,
  parts: readonly (Intent | Ask)[],
): Extract<Understanding, { kind: 'question' }> {
  const at = parts.findIndex(isAsk);
  const ask = parts[at] as Ask;
  const whole = (intent: Intent) =>
    parts
      .flatMap((part, index) =>
        index === at
          ? [sayIntent(context.catalog, intent)]
          : isAsk(part)
            ? []
            : [sayIntent(context.catalog, part)],
      )
      .join(' and ');
  const values = valuesFor(context, ask);
  const name = objectOf(context.catalog, ask);
  const choices = values.slice(0, mostChoices).map(({ value, fact }): Choice => {
    const words = whole({
      command: ask.command,
      inputs: { ...ask.inputs, ...(name === null ? {} : { [name]: value }) },
    });
    return {
      label: capital(
        sayIntent(context.catalog, {
          command: ask.command,
          inputs: { ...ask.inputs, ...(name === null ? {} : { [name]: value }) },
        }),
      ),
      words,
      fact,
    };
  });
  const question = questionFor(context, ask, choices);
  return {
    kind: 'question',
    question,
    choices: choices.length === 1 ? [...choices, lookFirst(context, ask, values[0]?.value)] : choices,
    intents: [],
  };
}

/** What can be chosen instead when there is only one other thing to choose. */
function lookFirst({ catalog }: Context, ask: Ask, service: string | number | undefined): Choice {
  const fact = 'only looks, changes nothing';
  const words =
    ask.command === 'deploy' || ask.command === 'status' || service === undefined
      ? sayIntent(catalog, { command: 'containers', inputs: {} })
      : sayIntent(catalog, { command: 'status', inputs: { service } });
  return { label: capital(words), words, fact };
}

function objectOf(catalog: Catalog, ask: Ask): string | null {
  if (ask.missing.kind === 'port') return 'port';
  const inputs = Object.entries(
    catalog.commands.find(({ command }) => command === ask.command)?.inputs ?? {},
  );
  return (
    (inputs.find(([, input]) => input.required) ??
      inputs.find(([, input]) => input.kind === 'service') ??
      inputs[0])?.[0] ?? null
  );
}

interface Value {
  readonly value: string | number;
  readonly fact: string;
}

function valuesFor({ catalog, house, names, vocabulary }: Context, ask: Ask): readonly Value[] {
  const command = catalog.commands.find((one) => one.command === ask.command);
  const name = objectOf(catalog, ask);
  const input = name === null ? undefined : command?.inputs[name];
  const service = (value: string): Value => ({ value, fact: factOf(catalog, value) });
  const services = (list: readonly string[]) => [...new Set(list)].slice(0, mostChoices).map(service);
  switch (ask.missing.kind) {
    case 'several':
    case 'sort':
      return services(ask.missing.values);
    case 'confirm':
    case 'version':
      return services(ask.missing.services);
    case 'stranger':
      return services(vocabulary.nearServices(compactName(ask.missing.said)));
    case 'port': {
      const usual = catalog.services.find((one) => one.name === ask.inputs['service'])?.port.host;
      if (usual === undefined) return [];
      return [
        { value: usual, fact: 'its usual port' },
        { value: usual + 10_000, fact: 'out of the way of others' },
      ];
    }
    default:
      break;
  }
  if (input?.values !== undefined)
    return Object.keys(input.values).map((value) => ({ value, fact: command?.summary ?? '' }));
  if (input?.kind !== 'service') return [];
  const running = (house.services ?? []).map((value) => names.services.get(value) ?? value);
  const offered =
    ask.command === 'deploy' || running.length === 0 ? catalog.services.map((one) => one.name) : running;
  return services(offered);
}

function factOf(catalog: Catalog, name: string): string {
  const service = catalog.services.find((one) => one.name === name);
  if (service === undefined) return 'runs here, not in the catalog';
  const where =
    service.page === undefined ? `port ${service.port.host}` : `opens on port ${service.port.host}`;
  const companion = service.standalone ? '' : '; needs a second container';
  return `${service.title}, ${article(service.kinds[0] as string)}; ${where}${companion}`;
}

function questionFor({ catalog, names }: Context, ask: Ask, choices: readonly Choice[]): string {
  const command = catalog.commands.find((one) => one.command === ask.command);
  const verb = (command?.say ?? ask.command).split(' {')[0] as string;
  const name = objectOf(catalog, ask);
  const plain = (name === null ? undefined : command?.inputs[name]?.ask) ?? `What should “${verb}” be about?`;
  const { missing } = ask;
  switch (missing.kind) {
    case 'several':
      return `“${missing.said}” fits more than one service. ${plain}`;
    case 'sort': {
      const titles = missing.values.map((value) => names.title(value));
      const known =
        titles.length === 1
          ? `The catalog has one ${singular(missing.said)}: ${titles[0]}.`
          : `The catalog has ${titles.length} services of the kind ${singular(missing.said)}.`;
      return `${known} ${plain}`;
    }
    case 'stranger':
      return `“${missing.said}” is not a service in the catalog or in this house. ${choices.length > 0 ? 'Was one of these meant?' : `${plain} A file in commands/services adds a new one.`}`;
    case 'confirm':
      return choices.length === 1
        ? `Did you mean: ${choices[0]?.words}?`
        : 'Not all of that is clear. Which of these was meant?';
    case 'all':
      return `“${missing.said}” could reach further than intended, so ${name === 'service' ? 'services' : 'things'} are named one by one. ${plain}`;
    case 'vague':
      return `“${missing.said}” could be several things here. ${plain}`;
    case 'version':
      return versionQuestion(catalog, names, verb, missing.services[0] ?? '', missing.said);
    case 'port':
      return `Port ${missing.port} does not exist; ports go from 1 to 65535. Which port should it be?`;
    default:
      return plain;
  }
}

/** Why the version that was asked for can't be had, what can, and where it would be changed. */
function versionQuestion(
  catalog: Catalog,
  names: Names,
  verb: string,
  service: string,
  wanted: string,
): string {
  const title = names.title(service);
  const [image, packaged] = catalogVersions(catalog, service);
  const refusal = `Version ${wanted} of ${title} can't be chosen from chat.`;
  if (image === undefined) return `${refusal} Should “${verb} ${service}” be planned without it?`;
  const brings = packaged === undefined ? image : `${image} with Docker, ${packaged} from npm`;
  if (!/^(?:deploy|update)$/.test(verb))
    return `${refusal} “${verb} ${service}” works with what is there. Should that be planned?`;
  const road = verb === 'deploy' ? 'A deployment brings' : 'An update goes to';
  return `${refusal} ${road} the version the catalog names: ${brings}. Another one has to be written into commands/services/${service}.yaml first. Should “${verb} ${service}” be planned with ${packaged === undefined ? image : 'that'}?`;
}

function article(noun: string): string {
  return `${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`;
}

function singular(noun: string): string {
  return noun.replace(/s$/, '');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
