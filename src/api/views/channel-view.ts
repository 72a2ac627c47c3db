import type { Person } from '#core/person.ts';
import { phoneChannel } from '#flow/ring-phones.ts';
import { authorise } from '#policy/authorise.ts';
import type { Channel } from '../contract/house.ts';
import type { ApiServices } from '../services.ts';

/** The chat platforms and phones of the configuration, with what was last heard of each. */
export async function channelsView(
  services: Pick<ApiServices, 'ledger' | 'house' | 'platforms' | 'phones'>,
  person: Person,
): Promise<Channel[]> {
  const { ledger, house, platforms, phones } = services;
  const states = new Map((await ledger.channelStates()).map((state) => [state.name, state]));
  const allowed = authorise(person, { kind: 'try_phone' }, house.people);
  const known = (name: string): Pick<Channel, 'state' | 'detail' | 'remedy' | 'at'> => {
    const last = states.get(name);
    if (last === undefined)
      return {
        state: 'not_tried',
        detail: 'Nothing was heard of it since it was configured.',
        remedy: null,
        at: null,
      };
    const { ok, detail, remedy, at } = last;
    return { state: ok ? 'works' : 'not_well', detail, remedy, at };
  };
  return [
    ...platforms.map(
      (name): Channel => ({ kind: name, name, provider: null, ...known(name), testBlocked: null }),
    ),
    ...phones.map(
      ({ name, provider }): Channel => ({
        kind: 'phone',
        name,
        provider,
        ...known(phoneChannel(name)),
        testBlocked: allowed.ok ? null : allowed.reason,
      }),
    ),
  ];
}
