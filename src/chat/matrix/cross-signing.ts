import { readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { FlowLog } from '#flow/log-port.ts';
import type { EncryptionLibrary } from './encryption-library.ts';
import { HomeserverError, isFinal } from './homeserver-error.ts';

/** Whether the account vouches for Chiffon's device, so that clients which only trust verified devices talk to it. */
export type CrossSigned =
  | { readonly ok: true }
  | { readonly ok: false; readonly detail: string; readonly remedy: string };

type Machine = InstanceType<EncryptionLibrary['OlmMachine']>;

interface CrossSignDeps {
  readonly library: EncryptionLibrary;
  readonly machine: Machine;
  readonly userId: string;
  readonly device: string;
  /** The device's file of keys; the account's own are kept beside it, because they outlive the device. */
  readonly file: string;
  readonly post: (path: string, body: unknown) => Promise<unknown>;
  readonly send: (
    request: ReturnType<Machine['queryKeysForUsers']> | Awaited<ReturnType<OwnDevice['verify']>>,
  ) => Promise<void>;
  readonly log: FlowLog;
}
type OwnDevice = NonNullable<Awaited<ReturnType<Machine['getDevice']>>>;

const AccountKeys = z.object({ master: z.string(), selfSigning: z.string(), userSigning: z.string() });

/**
 * Makes the account vouch for this device. An account that has no keys for that yet gets them; homeservers take the
 * first ones without a password (Matrix 1.11, uploading cross-signing keys). An account that got its keys elsewhere can't
 * be signed for here.
 * @throws when the homeserver can't be reached
 */
export async function crossSign(deps: CrossSignDeps): Promise<CrossSigned> {
  const { library, machine, userId, post, send, log } = deps;
  await send(machine.queryKeysForUsers([new library.UserId(userId)]));
  const published = (await machine.getIdentity(new library.UserId(userId)))?.masterKey ?? null;
  if (!(await hasKeys(machine))) await recallKeys(deps);
  try {
    if (published === null) {
      const made = await machine.bootstrapCrossSigning(false);
      await post(
        '/_matrix/client/v3/keys/device_signing/upload',
        JSON.parse(made.uploadSigningKeysRequest.body),
      );
      await send(machine.queryKeysForUsers([new library.UserId(userId)]));
    }
    if (!(await hasKeys(machine))) return keysElsewhere(userId);
    await keepKeys(deps);
    const own = await machine.getDevice(new library.UserId(userId), new library.DeviceId(deps.device));
    if (own !== undefined && !own.isCrossSignedByOwner()) {
      await send(await own.verify());
      await send(machine.queryKeysForUsers([new library.UserId(userId)]));
    }
    return { ok: true };
  } catch (error) {
    if (!wantsPassword(error) && !isFinal(error)) throw error;
    log.warn({ error: error.message }, 'the Matrix account could not be made to vouch for Chiffon’s device');
    return needsPassword(userId);
  }
}

/** A 401 that says nothing about the token: the homeserver wants to know first whether it is really them. */
function wantsPassword(error: unknown): error is HomeserverError {
  return (
    error instanceof HomeserverError &&
    error.statusCode === 401 &&
    !['M_UNKNOWN_TOKEN', 'M_MISSING_TOKEN'].includes(error.errcode)
  );
}

async function hasKeys(machine: Machine): Promise<boolean> {
  const { hasMaster, hasSelfSigning } = await machine.crossSigningStatus();
  return hasMaster && hasSelfSigning;
}

/** Kept under the account, not the device: the next login is another device of the same account. */
function keysFile({ file, userId }: CrossSignDeps): string {
  return join(dirname(file), `${encodeURIComponent(userId)}.cross-signing.json`);
}

async function keepKeys(deps: CrossSignDeps): Promise<void> {
  const keys = await deps.machine.exportCrossSigningKeys();
  if (keys === undefined) return;
  const { masterKey: master, self_signing_key: selfSigning, userSigningKey: userSigning } = keys;
  const file = keysFile(deps);
  await writeFile(`${file}.new`, JSON.stringify({ master, selfSigning, userSigning }), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

async function recallKeys(deps: CrossSignDeps): Promise<void> {
  const text = await readFile(keysFile(deps), 'utf8').catch(() => null);
  if (text === null) return;
  const keys = AccountKeys.safeParse(jsonOf(text)).data;
  if (keys === undefined) return;
  try {
    await deps.machine.importCrossSigningKeys(keys.master, keys.selfSigning, keys.userSigning);
  } catch (error) {
    // Somebody reset the account's identity meanwhile: these keys count no more.
    deps.log.warn({ error }, 'the kept cross-signing keys are not those of the Matrix account any more');
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function keysElsewhere(userId: string): CrossSigned {
  return {
    ok: false,
    detail: `The account ${userId} was given its cross-signing keys by another client, so it does not vouch for Chiffon’s device: people’s clients show it as not verified by its owner.`,
    remedy:
      'It works all the same, unless a client sends nothing to devices that are not verified. To mend it, log in to that other client and reset the account’s identity without making new keys there, then start Chiffon again.',
  };
}

function needsPassword(userId: string): CrossSigned {
  return {
    ok: false,
    detail: `The homeserver wants a password before the account ${userId} may vouch for Chiffon’s device: people’s clients show it as not verified by its owner.`,
    remedy:
      'It works all the same, unless a client sends nothing to devices that are not verified. A fresh account, or a homeserver that follows Matrix 1.11, needs no password for its first keys.',
  };
}
