import { join } from 'node:path';
import type { FlowLog } from '#flow/log-port.ts';
import type { CrossSigned } from './cross-signing.ts';
import { type EncryptionLibrary, installLibrary } from './encryption-library.ts';
import { HomeserverAway, HomeserverError, isFinal } from './homeserver-error.ts';
import {
  KeysLost,
  openRoomEncryption,
  type RoomEncryption,
  type RoomEncryptionDeps,
} from './room-encryption.ts';

/** Why encrypted rooms can't be served. */
export interface EncryptionOff {
  /** The end of a sentence: "the encryption library can’t be loaded". */
  readonly why: string;
  readonly remedy: string;
}

/** Whether encrypted rooms can be served. */
export type EncryptionState =
  | { readonly kind: 'not ready' }
  | { readonly kind: 'on'; readonly signed: CrossSigned }
  | ({ readonly kind: 'off' } & EncryptionOff);

/**
 * Gets the keys of this login ready. Each device has a file of its own in the folder, so a token of another login finds
 * either its own keys or makes new ones, and never another device's.
 * @throws HomeserverError, HomeserverAway when it is worth trying again
 */
export async function startEncryption(
  deps: Pick<RoomEncryptionDeps, 'userId' | 'call'> & {
    readonly device: string | null;
    readonly folder: string;
    readonly load: () => Promise<EncryptionLibrary>;
    readonly log: FlowLog;
  },
): Promise<RoomEncryption | EncryptionOff> {
  const { userId, call, device, folder, load, log } = deps;
  if (device === null) {
    return {
      why: 'the access token belongs to no device',
      remedy:
        'Log the bot in with its password once and put the access token of that login into matrix.tokenFile.',
    };
  }
  let library: EncryptionLibrary;
  try {
    library = await load();
  } catch (error) {
    return { why: `the encryption library can’t be loaded (${wordsOf(error)})`, remedy: installLibrary };
  }
  try {
    const file = join(folder, `${encodeURIComponent(userId)}.${encodeURIComponent(device)}.sqlite`);
    return await openRoomEncryption({ library, userId, device, file, call, log });
  } catch (error) {
    if (isFinal(error)) {
      return {
        why: `the homeserver does not take Chiffon’s keys (${error.message})`,
        remedy: 'Look at the log of the homeserver, or log the bot in again and use the new access token.',
      };
    }
    if (error instanceof HomeserverError || error instanceof HomeserverAway) throw error;
    log.error({ error }, 'the keys of encrypted Matrix rooms can’t be used');
    if (error instanceof KeysLost) {
      return {
        why: `the keys of Chiffon’s device ${device} are lost`,
        remedy:
          'Log the bot in again and put the new access token into matrix.tokenFile: another login is another device, which gets keys of its own.',
      };
    }
    return {
      why: `its keys can’t be used (${wordsOf(error)})`,
      remedy: `Check that Chiffon may read and write ${folder}, that there is room on the disk, and that no second Chiffon uses it; then start Chiffon again.`,
    };
  }
}

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
