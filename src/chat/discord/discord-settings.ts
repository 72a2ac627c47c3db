import type { FlowLog } from '#flow/log-port.ts';

/** What the Discord surface has to know. */
export interface DiscordSettings {
  /** The bot's token. */
  readonly token: string;
  /** Where the REST interface is, up to `/api`; null for Discord itself. */
  readonly apiUrl: string | null;
  /** Where Chiffon opens conversations of its own; its permissions are checked at the start. Null when there is none. */
  readonly homeChannel: string | null;
  /** Whether to ask for the Message Content intent, which lets people talk in their request's thread without a mention. */
  readonly messageContent: boolean;
  readonly log: FlowLog;
  /** For tests: how long it waits, in milliseconds. */
  readonly waits?: Partial<Waits>;
}

/** How long the surface waits for what, in milliseconds. */
export interface Waits {
  /** Before Discord is tried again for the first time; doubles up to `retryMost`. */
  readonly retryFirst: number;
  readonly retryMost: number;
  /** Before a token or an intent Discord refused is tried again. */
  readonly refused: number;
  /** Between two new sessions; doubles while they follow each other, because Discord allows 1,000 a day. */
  readonly identify: number;
  /** The longest a call waits for a rate limit by itself; a longer one is answered "later". */
  readonly rateLimit: number;
  /** Before a lost connection is worth telling. */
  readonly grace: number;
  /** For one answer of the REST interface. */
  readonly answer: number;
}

export const defaultWaits: Waits = {
  retryFirst: 1_000,
  retryMost: 60_000,
  refused: 5 * 60_000,
  identify: 5_000,
  rateLimit: 5_000,
  grace: 10_000,
  answer: 10_000,
};

/** The REST interface's address as discord.js wants it: without version and trailing slash. */
export function apiRoot(settings: Pick<DiscordSettings, 'apiUrl'>): string {
  return (settings.apiUrl ?? 'https://discord.com/api').replace(/\/+$/, '').replace(/\/v\d+$/, '');
}
