import { REST, type RESTOptions } from 'discord.js';
import { apiRoot, type DiscordSettings, type Waits } from './discord-settings.ts';

/** How the REST client is set up: for sending and, inside discord.js, for finding the gateway. */
export function restOptions(settings: DiscordSettings, waits: Waits): Partial<RESTOptions> {
  return {
    api: apiRoot(settings),
    timeout: waits.answer,
    retries: 1,
    // A short wait is taken in here, in order; a long one goes back to whoever sends, who has other things to do.
    rejectOnRateLimit: ({ timeToReset, retryAfter, sublimitTimeout }) =>
      Math.max(timeToReset, retryAfter, sublimitTimeout) > waits.rateLimit,
  };
}

/** The client everything is sent with. It needs no gateway: what is due goes out while the gateway reconnects. */
export function createRest(settings: DiscordSettings, waits: Waits): REST {
  return new REST(restOptions(settings, waits)).setToken(settings.token);
}
