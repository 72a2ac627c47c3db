import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js';
import type { Sent } from '#chat/surface-port.ts';

export type SendFailure = Extract<Sent<never>, { ok: false }>;

/** The codes of Discord's error answers that mean something here (docs: opcodes and status codes). */
export const discordCodes = {
  unknownChannel: 10_003,
  unknownGuild: 10_004,
  unknownMessage: 10_008,
  unknownWebhook: 10_015,
  unknownInteraction: 10_062,
  tooManyOldEdits: 30_046,
  alreadyAcknowledged: 40_060,
  missingAccess: 50_001,
  missingPermissions: 50_013,
  wrongChannelType: 50_024,
  archivedThread: 50_083,
  threadExists: 160_004,
  lockedThread: 160_005,
  tooManyThreads: 160_006,
} as const;

/** How long to wait where Discord doesn't say, in milliseconds. */
const awayMs = 10_000;
const revokedMs = 60_000;
const oldEditsMs = 5 * 60_000;

/** Whether Discord answered with this code. */
export function isCode(error: unknown, code: number): boolean {
  return error instanceof DiscordAPIError && error.code === code;
}

/**
 * What a failed call means for what was to be sent. `inThread` says whether it went to a thread.
 * @throws the error itself when it is none of Discord's and none of the network's
 */
export function sendFailure(error: unknown, inThread: boolean): SendFailure {
  if (error instanceof RateLimitError) {
    const afterMs = Math.max(error.timeToReset, error.retryAfter, error.sublimitTimeout, 1_000);
    return later(afterMs, `Discord asks to wait ${Math.ceil(afterMs / 1_000)} s`);
  }
  if (error instanceof DiscordAPIError) return refusal(error, inThread);
  if (error instanceof HTTPError) return later(awayMs, `Discord answers ${error.status}`);
  if (isNetworkTrouble(error)) return later(awayMs, `Discord can't be reached: ${messageOf(error)}`);
  throw error;
}

/** Whether nobody knows what became of a call: the answer got lost, so it may have been carried out. */
export function isDoubtful(error: unknown): boolean {
  return error instanceof HTTPError || isNetworkTrouble(error);
}

function refusal(error: DiscordAPIError, inThread: boolean): SendFailure {
  const detail = `Discord answers ${error.status} (${error.code}): ${error.message}`;
  switch (error.code) {
    case discordCodes.unknownChannel:
      return { ok: false, why: 'gone', what: inThread ? 'thread' : 'channel' };
    case discordCodes.unknownMessage:
      return { ok: false, why: 'gone', what: 'message' };
    case discordCodes.tooManyOldEdits:
      return later(oldEditsMs, detail);
    default:
      if (error.status === 401) return later(revokedMs, 'Discord refuses the token');
      if (error.status === 429) return later(awayMs, detail);
      return { ok: false, why: 'refused', detail };
  }
}

const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EPIPE',
  // What undici, the HTTP client of discord.js, calls broken lines.
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_ABORTED',
]);

function isNetworkTrouble(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return true;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (networkCodes.has(code)) return true;
  if (error instanceof AggregateError) return error.errors.some(isNetworkTrouble);
  return error.cause !== undefined && isNetworkTrouble(error.cause);
}

function later(afterMs: number, detail: string): SendFailure {
  return { ok: false, why: 'later', afterMs, detail };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
