import type { Intent } from '#core/intent.ts';
import type { House } from './house.ts';

/** Why a command can't become steps; null when it can. */
export function refuseCommand(
  intent: Intent,
  house: House,
): { readonly kind: 'impossible'; readonly reason: string; readonly suggestions: readonly string[] } | null {
  const no = (reason: string) => ({ kind: 'impossible' as const, reason, suggestions: ['help'] });
  const command = house.command(intent.command);
  if (!command) return no(`There is no command called ${intent.command.slice(0, 60)} in the catalog.`);
  if (command.hands === 'none') {
    return no(command.missing ?? `"${command.summary}" is understood, but Chiffon can't do it yet.`);
  }
  if (command.hands === 'ledger')
    return no(`"${command.summary}" is answered from the record, without a plan.`);
  if (!house.recipe(intent.command)) {
    return no(
      `The steps of ${intent.command} could not be read. "chiffon doctor" says what is wrong with them.`,
    );
  }
  return null;
}
