import { join } from 'node:path';
import { offersOf } from '#chat/conversation/offers.ts';
import { startConversations } from '#chat/conversation/start-conversations.ts';
import { surfaceWithoutSecrets } from '#chat/conversation/surface-without-secrets.ts';
import type { ChatSurface } from '#chat/surface-port.ts';
import type { Ledger } from '#flow/ledger-port.ts';
import type { Planner } from '#flow/planner-port.ts';
import { requestPage } from '#platform/addresses.ts';
import { newReference } from '#platform/reference.ts';
import { systemClock } from '#platform/system-clock.ts';
import { houseOf } from './house-of.ts';
import type { Parts } from './parts.ts';

/** A platform that is switched on, and where on it Chiffon speaks up and lets strangers look. */
interface Platform {
  readonly surface: ChatSurface;
  readonly home: string | null;
  readonly guestsIn: readonly string[];
}

/** Talks on the chat platforms that have a token. One that can't be reached stops nothing else. */
export async function openConversations(
  parts: Parts,
  with_: { readonly ledger: Ledger; readonly planner: Planner },
): Promise<void> {
  const { config, log, shutdown } = parts;
  const { ledger, planner } = with_;
  const { publicUrl } = config.console;
  for (const { surface: bare, home, guestsIn } of await platformsOf(parts)) {
    const surface = surfaceWithoutSecrets(bare, parts.redactor);
    const conversations = {
      ledger,
      planner,
      house: houseOf(config),
      clock: systemClock,
      log,
      surface,
      home,
      guestsIn,
      pageOf: (request: number) => requestPage(publicUrl, request),
      newReference,
      offers: () => offersOf({ ledger, planner }),
    };
    const stop = await startConversations(conversations).catch(async (error: unknown) => {
      const reference = newReference();
      log.error(
        { surface: surface.name, reference, error },
        'a chat platform could not be started; the rest runs',
      );
      await ledger.saveChannelState({
        name: surface.name,
        ok: false,
        detail: `Chiffon could not start talking on ${surface.name} (reference ${reference}). Everything else runs.`,
        remedy: 'Look at the log of Chiffon under that reference, and start it again.',
      });
      return async () => {};
    });
    shutdown.onStop(`the conversations on ${surface.name}`, stop);
  }
}

/** The platforms that are switched on. Their libraries are large, so they are only loaded where they are used. */
async function platformsOf({ config, log }: Parts): Promise<Platform[]> {
  const platforms: Platform[] = [];
  const { discord, matrix } = config;
  if (discord.token !== null) {
    const { createDiscordSurface } = await import('#chat/discord/create-discord-surface.ts');
    const surface = createDiscordSurface({
      token: discord.token.reveal(),
      apiUrl: discord.apiUrl,
      homeChannel: discord.home,
      messageContent: discord.messageContent,
      log,
    });
    platforms.push({ surface, home: discord.home, guestsIn: discord.guests });
  }
  if (matrix.token !== null && matrix.homeserver !== null && matrix.userId !== null) {
    const { createMatrixSurface } = await import('#chat/matrix/create-matrix-surface.ts');
    const surface = createMatrixSurface({
      homeserver: matrix.homeserver,
      userId: matrix.userId,
      token: matrix.token.reveal(),
      rooms: matrix.rooms,
      ghosts: matrix.ghosts,
      cryptoFolder: join(config.data, 'matrix-crypto'),
      zone: config.timeZone,
      rate: { perSecond: matrix.messagesPerSecond, burst: Math.max(10, matrix.messagesPerSecond) },
      log,
    });
    platforms.push({ surface, home: matrix.home, guestsIn: matrix.guests });
  }
  return platforms;
}
