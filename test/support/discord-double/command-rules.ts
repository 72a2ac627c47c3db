import { badForm } from './api-error.ts';

/** A slash command as it goes over the wire. */
export interface WireCommand {
  readonly id?: string;
  readonly type?: number;
  readonly name: string;
  readonly description: string;
  readonly options?: readonly WireOption[];
}

export interface WireOption {
  readonly type: number;
  readonly name: string;
  readonly description: string;
  readonly required?: boolean;
  readonly autocomplete?: boolean;
  readonly choices?: readonly { readonly name: string; readonly value: string | number }[];
}

const nameForm = /^[-_'\p{L}\p{N}]{1,32}$/u;

/** Checks the commands of one server by the rules of the documentation; throws like Discord. */
export function checkCommands(commands: readonly WireCommand[]): void {
  if (commands.length > 100)
    throw badForm(
      '_',
      'APPLICATION_COMMAND_TOO_MANY',
      'Maximum number of application commands reached (100)',
    );
  const names = commands.map((command) => command.name);
  names.forEach((name, index) => {
    if (names.indexOf(name) !== index)
      throw badForm(
        `${index}.name`,
        'APPLICATION_COMMANDS_DUPLICATE_NAME',
        'Application command names must be unique',
      );
  });
  commands.forEach(checkCommand);
}

function checkCommand(command: WireCommand, at: number): void {
  name(command.name, `${at}.name`);
  length(command.description, `${at}.description`, 1, 100);
  const options = command.options ?? [];
  if (options.length > 25)
    throw badForm(`${at}.options`, 'BASE_TYPE_MAX_LENGTH', 'Must be 25 or fewer in length.');
  let optionalSeen = false;
  options.forEach((option, index) => {
    const path = `${at}.options.${index}`;
    name(option.name, `${path}.name`);
    length(option.description, `${path}.description`, 1, 100);
    if (option.required === true && optionalSeen)
      throw badForm(
        path,
        'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
        'Required options must be placed before non-required options',
      );
    optionalSeen ||= option.required !== true;
    if (option.autocomplete === true && (option.choices?.length ?? 0) > 0)
      throw badForm(
        path,
        'APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES',
        'Choices and autocomplete exclude each other',
      );
    if ((option.choices?.length ?? 0) > 25)
      throw badForm(path, 'BASE_TYPE_MAX_LENGTH', 'Must be 25 or fewer in length.');
    if (options.findIndex((other) => other.name === option.name) !== index)
      throw badForm(path, 'APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS', 'Option name already exists');
  });
  const size =
    command.name.length +
    command.description.length +
    options.reduce((sum, option) => sum + option.name.length + option.description.length, 0);
  if (size > 8_000)
    throw badForm(`${at}`, 'APPLICATION_COMMAND_TOO_LARGE', 'Command exceeds maximum size (8000)');
}

/** Choices that are offered while somebody types. */
export function checkChoices(
  raw: unknown,
): readonly { readonly name: string; readonly value: string | number }[] {
  const choices = (raw as { choices?: unknown } | undefined)?.choices;
  if (!Array.isArray(choices) || choices.length > 25)
    throw badForm('data.choices', 'BASE_TYPE_MAX_LENGTH', 'Must be 25 or fewer in length.');
  choices.forEach((choice: { name?: unknown; value?: unknown }, index) => {
    length(choice.name, `data.choices.${index}.name`, 1, 100);
    if (typeof choice.value === 'string') length(choice.value, `data.choices.${index}.value`, 1, 100);
  });
  return choices;
}

function name(value: unknown, path: string): void {
  if (typeof value !== 'string' || !nameForm.test(value) || value !== value.toLowerCase())
    throw badForm(path, 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid');
}

function length(value: unknown, path: string, least: number, most: number): void {
  if (typeof value !== 'string' || value.length < least || value.length > most)
    throw badForm(path, 'BASE_TYPE_BAD_LENGTH', `Must be between ${least} and ${most} in length.`);
}
