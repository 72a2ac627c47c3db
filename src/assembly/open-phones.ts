import type { Ledger } from '#flow/ledger-port.ts';
import type { DeliveryQueue } from '#flow/queue-port.ts';
import { type RingingHours, ringPhones } from '#flow/ring-phones.ts';
import type { TriedPhone } from '#flow/try-phone.ts';
import { alertMessage, testMessage } from '#notify/alert-message.ts';
import { createPhone } from '#notify/create-phone.ts';
import { startHeartbeat } from '#notify/heartbeat.ts';
import type { Config } from '#platform/config/config.ts';
import { systemClock } from '#platform/system-clock.ts';
import type { Parts } from './parts.ts';

/** Rings the configured phones about open alerts, and gives the sign of life to whoever watches. */
export async function openPhones(
  { config, log, shutdown }: Parts,
  with_: { readonly ledger: Ledger; readonly queue: DeliveryQueue },
): Promise<void> {
  const { ledger, queue } = with_;
  const { publicUrl } = config.console;
  if (config.phones.length > 0) {
    const phones = config.phones.map(createPhone).map((phone) => ({
      name: phone.name,
      ring: (alert: Parameters<typeof alertMessage>[0]) => phone.ring(alertMessage(alert, publicUrl)),
    }));
    shutdown.onStop(
      'the phones',
      await ringPhones({ ledger, clock: systemClock, log, phones, hours: ringingHours(config) }),
    );
  }
  const { url, everySeconds } = config.heartbeat;
  if (url === null) return;
  const healthy = async (): Promise<boolean> => {
    const answers = await Promise.all([ledger.health(), queue.health()]);
    return answers.every((answer) => answer.ok);
  };
  shutdown.onStop('the sign of life', startHeartbeat({ log, healthy }, { url: url.reveal(), everySeconds }));
}

/** The configured phones, to see whether they ring. A provider is only set up when it is tried. */
export function triedPhones({ phones, console: page }: Config): TriedPhone[] {
  return phones.map((setting) => ({
    name: setting.name,
    provider: setting.kind,
    tryOut: () => createPhone(setting).ring(testMessage(page.publicUrl)),
  }));
}

/** The configured hours as the flow counts them. */
function ringingHours({ alerts, timeZone }: Config): RingingHours {
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const minutes = (text: string): number => {
    const [hours = 0, rest = 0] = text.split(':').map(Number);
    return hours * 60 + rest;
  };
  const [from, to] = alerts.quietHours?.split('-') ?? [];
  return {
    repeatMinutes: alerts.repeatMinutes,
    stopAfterHours: alerts.stopAfterHours,
    quiet: from === undefined || to === undefined ? null : { from: minutes(from), to: minutes(to) },
    minuteOfDay: (at) => minutes(clock.format(at)),
  };
}
