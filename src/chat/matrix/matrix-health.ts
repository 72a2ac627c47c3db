import type { SurfaceHealth } from '#chat/surface-port.ts';
import type { EncryptionState } from './encryption-state.ts';
import { HomeserverAway, HomeserverError, isTokenRefused, KeysUnsaved } from './homeserver-error.ts';
import type { MatrixSettings } from './matrix-settings.ts';
import { silentRoomRemedy } from './silent-rooms.ts';

/** A reason to stay off Matrix that trying again won't mend by itself. */
export class Unusable extends Error {
  readonly remedy: string;

  constructor(detail: string, remedy: string) {
    super(detail);
    this.name = 'Unusable';
    this.remedy = remedy;
  }
}

/** What keeps Chiffon off Matrix. Other errors are its own and say nothing about Matrix. */
export type Trouble = HomeserverError | HomeserverAway | Unusable;

export function isTrouble(error: unknown): error is Trouble {
  return error instanceof HomeserverError || error instanceof HomeserverAway || error instanceof Unusable;
}

/** Everything health depends on. */
export interface Condition {
  /** Null while there is none. */
  readonly trouble: Trouble | null;
  readonly connected: boolean;
  readonly encryption: EncryptionState;
  /** Rooms that are encrypted where that can't be served. */
  readonly silent: readonly string[];
  /** Whether one of the rooms is encrypted. */
  readonly encrypted: boolean;
  /** Rooms Chiffon may be in and is not. */
  readonly missing: readonly string[];
}

/** How Matrix stands, in a sentence, and what to do about it. Pure. */
export function healthOf(
  condition: Condition,
  settings: Pick<MatrixSettings, 'homeserver' | 'userId' | 'rooms'>,
): SurfaceHealth {
  const { trouble, connected, encryption, encrypted, missing } = condition;
  if (trouble !== null) return troubleHealth(trouble, settings);
  if (!connected) return { ok: false, detail: `Connecting to ${settings.homeserver}.`, remedy: null };
  const off = encryption.kind === 'off' ? encryption : null;
  const silent = off === null ? [] : condition.silent;
  const unsigned = encrypted && encryption.kind === 'on' && !encryption.signed.ok ? encryption.signed : null;
  const unusable = new Set([...silent, ...missing]);
  const notes = [
    ...(off === null || silent.length === 0
      ? []
      : [
          `${list(silent)} ${silent.length === 1 ? 'is' : 'are'} encrypted and ${off.why}, so Chiffon is silent there.`,
        ]),
    ...(unsigned === null ? [] : [unsigned.detail]),
    ...(missing.length === 0 ? [] : [`Chiffon is not in ${list(missing)}.`]),
    ...(settings.rooms.length === 0 ? ['No room is listed under matrix.rooms, so Chiffon is in none.'] : []),
  ];
  const remedies = [
    ...(off === null || silent.length === 0 ? [] : [silentRoomRemedy(off)]),
    ...(unsigned === null ? [] : [unsigned.remedy]),
    ...(missing.length === 0 ? [] : [`Invite ${settings.userId} there; the invitation is accepted at once.`]),
    ...(settings.rooms.length === 0
      ? ['Add the id of a room (it begins with an exclamation mark) to matrix.rooms and invite the bot.']
      : []),
  ];
  return {
    ok: settings.rooms.some((room) => !unusable.has(room)),
    detail: [`Connected to ${settings.homeserver} as ${settings.userId}.`, ...notes].join(' '),
    remedy: remedies.length === 0 ? null : remedies.join(' '),
  };
}

function troubleHealth(
  trouble: Trouble,
  { homeserver, userId }: Pick<MatrixSettings, 'homeserver' | 'userId'>,
): SurfaceHealth {
  if (trouble instanceof KeysUnsaved) {
    return {
      ok: false,
      detail: `Chiffon holds back on Matrix, because ${trouble.message}. It is tried again by itself; nothing is lost meanwhile.`,
      remedy: 'Make room on the disk of Chiffon’s data folder, and check that Chiffon may write there.',
    };
  }
  if (trouble instanceof Unusable) return { ok: false, detail: trouble.message, remedy: trouble.remedy };
  if (isTokenRefused(trouble)) {
    return {
      ok: false,
      detail: `${homeserver} does not take the access token of ${userId}. Everything else keeps running; what is due on Matrix is delivered when the token works again.`,
      remedy: `Log ${userId} in again, put the new access token into the file of matrix.tokenFile (or MATRIX_TOKEN), and restart Chiffon.`,
    };
  }
  const answered = trouble instanceof HomeserverError;
  return {
    ok: false,
    detail: `${homeserver} ${answered ? 'answers with an error' : 'can’t be reached'}: ${trouble.message}. It is tried again by itself; nothing is lost meanwhile.`,
    remedy: answered
      ? 'Look at the log of the homeserver.'
      : 'Check that the homeserver runs and that matrix.homeserver is its address.',
  };
}

function list(rooms: readonly string[]): string {
  return rooms.join(', ');
}
