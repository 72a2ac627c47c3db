import type { AlertRow, Ringing } from './alert-record.ts';
import type { Clock } from './clock-port.ts';
import type { Ledger } from './ledger-port.ts';
import type { FlowLog } from './log-port.ts';

/** How handing a message to a phone's provider went. The reason never contains a secret. */
export type Handed = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** Somebody's phone, as the flow knows it. */
export interface Ringer {
  readonly name: string;
  ring(alert: AlertRow): Promise<Handed>;
}

/** When phones ring. */
export interface RingingHours {
  readonly repeatMinutes: number;
  readonly stopAfterHours: number;
  /** Minutes of the day, in the house's zone; `from` may be later than `to`. */
  readonly quiet: { readonly from: number; readonly to: number } | null;
  /** Minutes since midnight of a moment, in the house's zone. */
  readonly minuteOfDay: (at: Date) => number;
}

/** How often it is looked whether something is due, in milliseconds. */
const lookEveryMs = 5_000;
/** A channel that is away is tried again after this long, doubled up to the longest, in milliseconds. */
const retryMs = { first: 5_000, longest: 40_000 } as const;
/** Deliveries taken up at once. */
const batch = 50;
/** A delivery whose process died is taken up by another after this long; a provider may take ten seconds. */
const leaseSeconds = 30;

/**
 * Rings the phones about open alerts, again and again until somebody says that they are on it. A channel that is away
 * loses nothing: the newest ring of each alert is delivered once when it is back. Answers how to stop.
 */
export async function ringPhones(deps: {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: FlowLog;
  readonly phones: readonly Ringer[];
  readonly hours: RingingHours;
}): Promise<() => Promise<void>> {
  const { ledger, clock, log, phones, hours } = deps;
  const byName = new Map(phones.map((phone) => [phone.name, phone]));
  let working: Promise<void> | null = null;
  let again = false;
  let stopped = false;

  const round = async (): Promise<void> => {
    do {
      again = false;
      await ledger.ringDue(clock.now(), [...byName.keys()], (alert) =>
        decideRinging(alert, clock.now(), hours),
      );
      const owed = await ledger.takeDeliveries(clock.now(), batch, leaseSeconds);
      await Promise.all(
        owed.map(async (delivery) => {
          const phone = byName.get(delivery.channel);
          const handed =
            phone === undefined
              ? ({ ok: false, reason: 'This phone is no longer in the configuration.' } as const)
              : await phone.ring(delivery.alert);
          const wait = Math.min(retryMs.longest, retryMs.first * 2 ** delivery.tries);
          await ledger.closeDelivery(
            delivery,
            handed.ok ? { ok: true } : { ok: false, retryAt: new Date(clock.now().getTime() + wait) },
          );
          await notePhone(ledger, delivery.channel, handed, 'the message is kept and tried again.');
        }),
      );
      if (owed.length === batch) again = true;
    } while (again && !stopped);
  };
  const wake = (): void => {
    again = true;
    working ??= round()
      .catch((error: unknown) => log.warn({ error }, 'the phones could not be rung; trying again shortly'))
      .finally(() => {
        working = null;
      });
  };
  const unlisten = await ledger.listen({
    event: (event) => {
      if (event.kind === 'alert.raised') wake();
    },
  });
  const timer = setInterval(wake, lookEveryMs);
  wake();
  return async () => {
    stopped = true;
    clearInterval(timer);
    await unlisten();
    await working;
  };
}

/**
 * Whether a due alert rings now, and when next. Quiet hours hold back everything but what Chiffon gave up on; after
 * the configured time nothing rings again.
 */
export function decideRinging(alert: AlertRow, now: Date, hours: RingingHours): Ringing {
  const stopsAt = Date.parse(alert.at) + hours.stopAfterHours * 3_600_000;
  if (alert.rings > 0 && now.getTime() > stopsAt) return { rings: false, next: null };
  const wait = alert.kind === 'gave_up' ? 0 : quietMinutesLeft(hours, now);
  if (wait > 0) return { rings: false, next: new Date(now.getTime() + wait * 60_000) };
  const next = now.getTime() + hours.repeatMinutes * 60_000;
  return { rings: true, next: next > stopsAt ? null : new Date(next) };
}

/** Minutes until the quiet hours are over; 0 outside them. */
function quietMinutesLeft({ quiet, minuteOfDay }: RingingHours, now: Date): number {
  if (quiet === null) return 0;
  const day = 24 * 60;
  const length = (quiet.to - quiet.from + day) % day;
  const since = (minuteOfDay(now) - quiet.from + day) % day;
  return since < length ? length - since : 0;
}

/** What a phone is called among the channels whose state is kept. */
export function phoneChannel(phone: string): string {
  return `phone ${phone}`;
}

/** Keeps how the last message to a phone went, for doctor and the console; `rest` ends the remedy. */
export async function notePhone(
  ledger: Pick<Ledger, 'saveChannelState'>,
  phone: string,
  handed: Handed,
  rest: string,
): Promise<void> {
  await ledger.saveChannelState({
    name: phoneChannel(phone),
    ok: handed.ok,
    detail: handed.ok ? `The last message to ${phone} was taken.` : handed.reason,
    remedy: handed.ok ? null : `Look at the phone ${phone} in the configuration and at its server; ${rest}`,
  });
}
