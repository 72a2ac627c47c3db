import { z } from 'zod';

/** What one part of a message asks for: a command of the catalog and the inputs that were found in the words. */
export const Intent = z.strictObject({
  /** The command's name in the catalog, e.g. `deploy` or `stage.run`. */
  command: z.string(),
  /** Inputs by name: service, host, stage, task, vm, since, port and what the command itself declares. */
  inputs: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type Intent = z.infer<typeof Intent>;

/** The service intents are about, as the column of an event; the first one where there are several. */
export function serviceOf(intents: readonly Intent[]): { readonly service?: string } {
  const service = intents.map((intent) => intent.inputs['service']).find((name) => typeof name === 'string');
  return service === undefined ? {} : { service };
}
