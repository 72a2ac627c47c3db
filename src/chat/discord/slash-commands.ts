import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  type RESTPostAPIChatInputApplicationCommandsJSONBody as Command,
  type APIApplicationCommandBasicOption as Option,
} from 'discord.js';
import type { Act, Offers } from '#chat/surface-port.ts';
import { shorten } from './inert-markdown.ts';
import type { RawOption } from './raw-events.ts';

/** Discord takes at most 100 commands for a server, 25 options each, and 100 characters of description. */
const mostCommands = 100;
const mostOptions = 25;

const plan: Option = {
  type: ApplicationCommandOptionType.Integer,
  name: 'plan',
  description: 'The number on the card: 142 for P-142',
  required: true,
  autocomplete: true,
  min_value: 1,
};
const request: Option = {
  type: ApplicationCommandOptionType.Integer,
  name: 'request',
  description: 'The number on the card: 143 for R-143',
  required: true,
  min_value: 1,
};

/** The command twin of each button. Their names win over those of the catalog. */
const twins: readonly Command[] = [
  command('ask', 'Say something to Chiffon in your own words', [
    text('words', 'What you would like to know or have done'),
  ]),
  command('approve', 'Approve a plan; it then runs exactly as its card shows it', [
    plan,
    { ...text('code', 'The code on the card, for plans that delete something for good'), required: false },
  ]),
  command('reject', 'Reject a plan; nothing runs', [
    plan,
    { ...text('why', 'A reason for the others'), required: false },
  ]),
  command('changes', 'Ask for a plan to be done differently', [
    plan,
    text('words', 'What should be different'),
  ]),
  command('stop', 'Stop a plan that is running', [{ ...plan, autocomplete: false }]),
  command('answer', 'Answer the question on a card', [
    request,
    {
      type: ApplicationCommandOptionType.Integer,
      name: 'choice',
      description: 'Which of the choices, counted from 1',
      required: true,
      min_value: 1,
      max_value: 25,
    },
  ]),
  command('settle', 'Say what became of a step whose outcome nobody knows', [
    { ...plan, autocomplete: false },
    {
      type: ApplicationCommandOptionType.String,
      name: 'verdict',
      description: 'What you found on the machine',
      required: true,
      choices: [
        { name: 'It did finish', value: 'completed' },
        { name: 'It did not finish', value: 'failed' },
        { name: 'Run the step again', value: 'again' },
      ],
    },
  ]),
  command('acknowledge', 'Say that you are on it; the alarms about a request fall silent', [request]),
];

const twinNames = new Set(twins.map((twin) => twin.name));

/** Every command a server should have: the twins of the buttons, then one for each command of the catalog. Pure. */
export function slashCommands(offers: Pick<Offers, 'commands' | 'values'>): Command[] {
  const taken = new Set(twinNames);
  const own = offers.commands.flatMap((offer): Command[] => {
    const name = slashName(offer.command);
    if (name === null || taken.has(name)) return [];
    taken.add(name);
    const options = offer.inputs.flatMap((input): Option[] => {
      const optionName = plainName(input.name);
      return optionName === null
        ? []
        : [{ ...text(optionName, input.about), required: input.required, autocomplete: true as const }];
    });
    // Discord wants what is required first.
    options.sort((one, other) => Number(other.required) - Number(one.required));
    return [command(name, offer.about, options.slice(0, mostOptions))];
  });
  return [...twins, ...own].slice(0, mostCommands);
}

/** The name a command of the catalog has in Discord: `stage.run` is `stage-run`; one that is a button's twin too gets a word more. */
export function slashName(command: string): string | null {
  const name = plainName(command.replaceAll('.', '-'));
  return name !== null && twinNames.has(name) ? plainName(`${name}-service`) : name;
}

/** Whether a server has exactly the commands it should have; the order and what Discord adds itself don't count. */
export function sameCommands(wanted: readonly Command[], there: unknown): boolean {
  if (!Array.isArray(there) || there.length !== wanted.length) return false;
  const byName = new Map<unknown, unknown>(
    there.map((entry: unknown) => [isObject(entry) ? entry['name'] : null, entry]),
  );
  return wanted.every((entry) => {
    const other = byName.get(entry.name);
    return isObject(other) && agree(entry, other);
  });
}

/**
 * What a slash command means: a decision for the buttons' twins, plain words for everything else, composed as a person
 * would say it. Null for a command nobody offers any more.
 */
export function actOfCommand(
  name: string,
  options: readonly RawOption[],
  commands: Offers['commands'],
): Act | null {
  const value = (key: string): string | null => {
    const found = options.find((option) => option.name === key)?.value;
    const words = found === undefined ? '' : String(found).trim();
    return words === '' ? null : words;
  };
  const number = (key: string): number => Number(value(key));
  const decide = (
    decision: 'approve' | 'reject' | 'changes',
    comment: string | null,
    code: string | null,
  ): Act => ({
    kind: 'decide',
    decision,
    plan: number('plan'),
    hash: null,
    comment,
    code,
  });
  switch (name) {
    case 'ask':
      return { kind: 'say', text: value('words') ?? '' };
    case 'approve':
      return decide('approve', null, value('code'));
    case 'reject':
      return decide('reject', value('why'), null);
    case 'changes':
      return decide('changes', value('words'), null);
    case 'stop':
      return { kind: 'stop', plan: number('plan') };
    case 'answer':
      return { kind: 'answer', request: number('request'), index: number('choice') - 1 };
    case 'settle': {
      const verdict = value('verdict');
      return verdict === 'completed' || verdict === 'failed' || verdict === 'again'
        ? { kind: 'settle', plan: number('plan'), verdict }
        : null;
    }
    case 'acknowledge':
      return { kind: 'acknowledge', request: number('request') };
  }
  const offer = commands.find((candidate) => slashName(candidate.command) === name);
  return offer === undefined ? null : { kind: 'say', text: composed(offer, value) };
}

/** What was picked, as somebody would have typed it. */
function composed(offer: Offers['commands'][number], value: (key: string) => string | null): string {
  const given = offer.inputs.flatMap(({ name }) => {
    const words = value(name);
    return words === null ? [] : [[name, words] as const];
  });
  return offer.words(Object.fromEntries(given));
}

/** What fits what was typed so far, at most 25. */
export function completions(
  name: string,
  option: RawOption,
  offers: Offers,
): { readonly name: string; readonly value: string | number }[] {
  const typed = String(option.value ?? '').toLowerCase();
  if (twinNames.has(name)) {
    if (option.name !== 'plan') return [];
    return offers.openPlans
      .map((open) => ({ name: shorten(`P-${open.plan} ${open.title}`, 100), value: open.plan }))
      .filter((choice) => choice.name.toLowerCase().includes(typed))
      .slice(0, 25);
  }
  const values = offers.values[option.name] ?? [];
  const starting = values.filter((candidate) => candidate.toLowerCase().startsWith(typed));
  const containing = values.filter(
    (candidate) => !starting.includes(candidate) && candidate.toLowerCase().includes(typed),
  );
  return [...starting, ...containing]
    .filter((candidate) => candidate.length > 0 && candidate.length <= 100)
    .slice(0, 25)
    .map((candidate) => ({ name: candidate, value: candidate }));
}

function command(name: string, description: string, options: Option[]): Command {
  return {
    type: ApplicationCommandType.ChatInput,
    name,
    description: shorten(description || name, 100),
    options,
  };
}

function text(name: string, description: string) {
  return {
    type: ApplicationCommandOptionType.String as const,
    name,
    description: shorten(description || name, 100),
    required: true,
  };
}

/** Discord takes letters, digits, hyphens and underscores, in small letters, at most 32. */
function plainName(name: string): string | null {
  const plain = name.toLowerCase();
  return /^[\p{Ll}\p{N}_-]{1,32}$/u.test(plain) ? plain : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Whether everything that was asked for is there; Discord leaves out what is false or empty and adds fields of its own. */
function agree(wanted: unknown, there: unknown): boolean {
  if (Array.isArray(wanted)) {
    const list = Array.isArray(there) ? there : [];
    return wanted.length === list.length && wanted.every((entry, index) => agree(entry, list[index]));
  }
  if (isObject(wanted)) {
    return isObject(there) && Object.entries(wanted).every(([key, value]) => agree(value, there[key]));
  }
  return (
    wanted === there ||
    ((wanted === false || wanted === undefined) && (there === undefined || there === false))
  );
}
