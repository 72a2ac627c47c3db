import type { OfferedCommand } from '#flow/planner-port.ts';
import type { CommandSentences, InputKind } from '../catalog/command-sentences.ts';
import type { House } from './house.ts';

/** How an input is added to the shortest request of a command when that doesn't mention it. */
const additions: Readonly<Record<InputKind, (value: string) => string>> = {
  service: (value) => ` of ${value}`,
  host: (value) => ` on ${value}`,
  port: (value) => ` at port ${value}`,
  stage: (value) => ` ${value}`,
  task: (value) => ` ${value}`,
  vm: (value) => ` for vm ${value}`,
  since: (value) => ` since ${value}`,
  text: (value) => ` ${value}`,
  person: (value) => ` by ${value}`,
  plan: (value) => ` in ${value}`,
};

/**
 * What can be picked from a menu instead of being typed: every command with its inputs, and the names that fit them.
 * What is picked becomes words again, so that a menu can do nothing that words can't.
 *
 * @param services names of services that run here, before those of the catalog
 */
export function offeredCommands(
  house: House,
  services: readonly string[],
): {
  readonly commands: readonly OfferedCommand[];
  readonly values: Readonly<Record<string, readonly string[]>>;
} {
  const { catalog, hosts } = house;
  const stages = catalog.commands.flatMap((command) =>
    Object.values(command.inputs).flatMap((input) =>
      input.kind === 'stage' ? Object.keys(input.values ?? {}) : [],
    ),
  );
  return {
    commands: catalog.commands.map((command) => ({
      command: command.command,
      about: command.summary,
      inputs: Object.entries(command.inputs).map(([name, input]) => ({
        name,
        about: input.ask,
        required: input.required,
      })),
      words: (given) => inWords(command, given),
    })),
    values: {
      service: [...new Set([...services, ...catalog.services.map((service) => service.name)])],
      host: hosts.map((host) => host.name),
      stage: [...new Set(stages)],
    },
  };
}

function inWords(command: CommandSentences, given: Readonly<Record<string, string>>): string {
  let words = command.say;
  // What it is about first, then where: "list virtual machines for vm 101 on nas".
  const inputs = Object.entries(command.inputs).toSorted(
    ([, one], [, other]) => Number(one.kind === 'host') - Number(other.kind === 'host'),
  );
  for (const [name, { kind }] of inputs) {
    const value = given[name]?.trim() ?? '';
    if (words.includes(`{${name}}`)) words = words.replace(`{${name}}`, value);
    else if (value !== '') words += additions[kind](value);
  }
  return words.replace(/\s+/g, ' ').trim();
}
