import { houseOf } from '#assembly/house-of.ts';
import { openPlanner } from '#assembly/open-planner.ts';
import type { Person } from '#core/person.ts';
import { askRecord, type RecordReply } from '#flow/ask-record.ts';
import type { Config } from '#platform/config/config.ts';
import { systemClock } from '#platform/system-clock.ts';
import type { CommandLine } from './command-line.ts';
import { openConfig, printMistakes } from './open-config.ts';
import { exit, type Terminal } from './output.ts';
import { withLedger } from './with-ledger.ts';

/** Answers a question about what happened, in plain words, in the time zone of this terminal. */
export async function ask(line: CommandLine, terminal: Terminal): Promise<number> {
  const opened = openConfig(line.options, terminal);
  if (typeof opened === 'number') return opened;
  const words = line.words.join(' ').trim();
  if (words === '') {
    terminal.remark('Say what you want to know, such as: chiffon ask "all failures in the last week".');
    return exit.usage;
  }
  const person = personAs(opened.config, line.options.as);
  if (person === null) {
    terminal.remark(
      `Nobody called “${line.options.as}” is configured. There are: ${opened.config.people.map(({ id }) => id).join(', ')}.`,
    );
    return exit.usage;
  }
  const reply = await askHere(opened.config, words, person, terminal);
  if (typeof reply === 'number') return reply;
  const { answer, intents, text, suggestions, recorded } = reply;
  const understood = answer !== null || (!recorded && intents.length > 0);
  if (terminal.json) {
    const { timeZone: zone } = Intl.DateTimeFormat().resolvedOptions();
    terminal.answer({ understood, intents, answer, reply: text, zone, suggestions });
  } else {
    terminal.line(text);
    if (!understood && suggestions.length > 0)
      terminal.line(`For example: ${suggestions.map((one) => `“${one}”`).join(', ')}.`);
  }
  return understood ? exit.done : exit.refused;
}

/** A reply, and whether there is a record it could come from. */
type ReplyHere = RecordReply & { readonly recorded: boolean };

/** The reply from the record on this data directory; an exit code when the catalog can't be read. */
export async function askHere(
  config: Config,
  text: string,
  person: Person,
  terminal: Terminal,
): Promise<ReplyHere | number> {
  const built = openPlanner(config);
  if (!built.ok) {
    printMistakes(terminal, 'The catalog', built.mistakes);
    return exit.usage;
  }
  const { planner } = built;
  const { timeZone: zone } = Intl.DateTimeFormat().resolvedOptions();
  const house = houseOf(config);
  const reply = await withLedger(
    config,
    async (ledger) => await askRecord({ ledger, planner, house, clock: systemClock }, { text, person, zone }),
  );
  if (reply !== null) return { ...reply, recorded: true };
  const understanding = planner.understand(text);
  return {
    answer: null,
    intents: understanding.kind === 'intents' ? understanding.intents : [],
    text: 'Nothing was recorded on this data directory yet, so there is nothing to tell. Name another one with --data DIR.',
    suggestions: [],
    recorded: false,
  };
}

/** Who asks, so that "what did I approve" has somebody to mean: the owner when nobody is named. */
export function personAs(config: Config, id: string | undefined): Person | null {
  const people = config.people;
  if (id !== undefined) return people.find((person) => person.id === id) ?? null;
  return (
    people.find(({ role }) => role === 'owner') ??
    people[0] ?? { id: 'owner', name: 'the owner', role: 'owner' }
  );
}
