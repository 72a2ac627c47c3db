import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer } from '#api/create-server.ts';
import { done, type Result, refuse } from '#core/refusal.ts';
import { examineHouse } from '#flow/examine-house.ts';
import type { Ledger } from '#flow/ledger-port.ts';
import type { Planner } from '#flow/planner-port.ts';
import type { DeliveryQueue } from '#flow/queue-port.ts';
import { keptSecret } from '#platform/data-directory/data-directory.ts';
import { newReference } from '#platform/reference.ts';
import { systemClock } from '#platform/system-clock.ts';
import { describeHouse } from './describe-house.ts';
import { examinePlatforms } from './examine-platforms.ts';
import { houseOf } from './house-of.ts';
import type { Hands } from './open-hands.ts';
import { triedPhones } from './open-phones.ts';
import { hide, type Parts } from './parts.ts';

export interface Door {
  /** Where the console and the API answer. */
  readonly url: string;
  /** The owner's token when it was made just now; shown once. */
  readonly freshToken: string | null;
}

const consoleDirectory = fileURLToPath(new URL('../../dist/console', import.meta.url));

/** Opens the console and the API. */
export async function openDoor(
  parts: Parts,
  with_: {
    readonly ledger: Ledger;
    readonly queue: DeliveryQueue;
    readonly planner: Planner;
    readonly hands: Hands | null;
    readonly version: string;
  },
): Promise<Result<Door>> {
  const { config, file, log, shutdown } = parts;
  const { ledger, queue, planner, hands, version } = with_;
  const token = await ownerToken(parts);
  const sessionKey = await keptSecret(join(config.data, 'session.key'), 32);
  hide(parts, 'the owner’s token', token.value);
  hide(parts, 'the session key', sessionKey.value);
  const machines = describeHouse.machines(config);
  const executor = hands?.executor ?? null;
  const server = await createServer(
    {
      ledger,
      planner,
      house: houseOf(config),
      clock: systemClock,
      log,
      redaction: parts.redactor,
      executor,
      machines,
      newReference,
      version,
      platforms: describeHouse.platforms(config),
      phones: triedPhones(config),
      settings: () => describeHouse.settings(config, file, version),
      doctor: async () =>
        examineHouse({
          ledger,
          queue,
          executor,
          hosts: machines.map(({ name }) => name),
          channels: describeHouse.channels(config),
          known: await examinePlatforms(config),
        }),
      examples: () => describeHouse.examples(ledger),
    },
    { tokens: describeHouse.tokens(config, token.value), sessionKey: Buffer.from(sessionKey.value) },
    { consoleDirectory, host: config.console.host, publicUrl: config.console.publicUrl },
  );
  shutdown.onStop('the console', () => server.close());
  const listening = await listen(server, config.console);
  if (!listening.ok) return listening;
  await announceAddress(parts, listening.value);
  // The index of the catalog is built on first use; nobody's first message has to wait for it.
  planner.understand('help');
  return done({ url: listening.value, freshToken: token.fresh ? token.value : null });
}

async function ownerToken({ config }: Parts): Promise<{ readonly value: string; readonly fresh: boolean }> {
  const given = config.console.token;
  return given === null
    ? keptSecret(join(config.data, 'token'), 24)
    : { value: given.reveal(), fresh: false };
}

/** Leaves the address where `chiffon chat` finds it. */
async function announceAddress({ config, shutdown }: Parts, url: string): Promise<void> {
  const file = join(config.data, 'address');
  await writeFile(file, `${url}\n`);
  shutdown.onStop('the address file', () => rm(file, { force: true }));
}

async function listen(
  server: { listen(at: { host: string; port: number }): Promise<string> },
  at: { readonly host: string; readonly port: number },
): Promise<Result<string>> {
  try {
    const address = await server.listen({ host: at.host, port: at.port });
    // “localhost” is both; programs without IPv6 find the older one.
    return done(at.host === 'localhost' ? address.replace('[::1]', '127.0.0.1') : address);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reasons: Readonly<Record<string, string>> = {
      EADDRINUSE: `Port ${at.port} on ${at.host} is taken by another program. Nothing was started. Name another one with --port N (0 takes any free one).`,
      EACCES: `This user may not listen on port ${at.port}. Nothing was started. Name one above 1023 with --port N.`,
      EADDRNOTAVAIL: `${at.host} is not an address of this machine. Nothing was started. Correct console.host in the configuration.`,
    };
    const reason = reasons[code ?? ''];
    if (reason === undefined) throw error;
    return refuse('port', reason);
  }
}
