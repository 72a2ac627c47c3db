import { type REST, Routes } from 'discord.js';
import type { Listener } from '#chat/surface-port.ts';
import { sameCommands, slashCommands } from './slash-commands.ts';

/**
 * Gives a server the slash commands there are, in one write, and only when something differs: Discord counts writes.
 * Answers whether it wrote.
 * @throws what the REST client and the listener throw
 */
export async function registerCommands(
  deps: { readonly rest: Pick<REST, 'get' | 'put'>; readonly listener: Pick<Listener, 'offers'> },
  application: string,
  guild: string,
): Promise<boolean> {
  const wanted = slashCommands(await deps.listener.offers());
  const route = Routes.applicationGuildCommands(application, guild);
  if (sameCommands(wanted, await deps.rest.get(route))) return false;
  await deps.rest.put(route, { body: wanted });
  return true;
}
