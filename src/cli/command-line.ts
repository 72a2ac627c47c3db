import { parseArgs } from 'node:util';

/** Every option there is. Which command takes which stands with the commands. */
const options = {
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  config: { type: 'string' },
  data: { type: 'string' },
  port: { type: 'string' },
  services: { type: 'string' },
  batch: { type: 'boolean' },
  as: { type: 'string' },
  about: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  outcome: { type: 'string' },
  service: { type: 'string' },
  host: { type: 'string' },
  person: { type: 'string' },
  plan: { type: 'string' },
  limit: { type: 'string' },
  url: { type: 'string' },
  token: { type: 'string' },
  docker: { type: 'string' },
} as const;

export type Options = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];
export type OptionName = keyof typeof options;

export interface CommandLine {
  readonly words: readonly string[];
  readonly options: Options;
}

/** Splits the command line; a sentence when an option isn't known. */
export function readCommandLine(argv: readonly string[]): CommandLine | { readonly mistake: string } {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options,
      allowPositionals: true,
      strict: true,
    });
    return { words: positionals, options: values };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { mistake: `${error.message.split('. ')[0]?.replace(/\.$/u, '')}.` };
  }
}
