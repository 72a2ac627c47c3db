import type { Person } from '#core/person.ts';
import { done, type Result, refuse } from '#core/refusal.ts';
import { authorise } from '#policy/authorise.ts';
import type { House } from './house.ts';
import type { Ledger } from './ledger-port.ts';
import { type Handed, notePhone } from './ring-phones.ts';

/** Somebody's phone, as whoever wants to know whether it rings sees it. */
export interface TriedPhone {
  readonly name: string;
  /** What carries the message there: `ntfy`. */
  readonly provider: string;
  /** Sends a message that says that it is a test. Never throws for what providers and networks do. */
  tryOut(): Promise<Handed>;
}

/**
 * Rings one phone so that somebody can see whether it would. How that went is kept as what is known of the phone; one
 * that can't be reached is an answer, not a refusal.
 */
export async function tryPhone(
  deps: {
    readonly ledger: Pick<Ledger, 'saveChannelState'>;
    readonly house: House;
    readonly phones: readonly TriedPhone[];
  },
  asked: { readonly phone: string; readonly person: Person },
): Promise<Result<Handed>> {
  const { ledger, house, phones } = deps;
  const allowed = authorise(asked.person, { kind: 'try_phone' }, house.people);
  if (!allowed.ok) return allowed;
  const phone = phones.find(({ name }) => name === asked.phone);
  if (phone === undefined) {
    const known = phones.map(({ name }) => name).join(', ');
    return refuse(
      'not_found',
      `No phone is called ${asked.phone}. ${known === '' ? 'None is configured; docs/chat.md says how.' : `Configured: ${known}.`}`,
    );
  }
  const handed = await phone.tryOut();
  await notePhone(ledger, phone.name, handed, 'then send a test again.');
  return done(handed);
}
