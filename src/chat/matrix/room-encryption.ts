import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { FlowLog } from '#flow/log-port.ts';
import { type CrossSigned, crossSign } from './cross-signing.ts';
import type { EncryptionLibrary } from './encryption-library.ts';
import { HomeserverAway } from './homeserver-error.ts';
import type { HomeserverRequest } from './homeserver-http.ts';
import { type KeyDatabase, openKeyDatabase } from './key-database.ts';
import { KeyOutbox } from './key-outbox.ts';
import { OneAtATime } from './one-at-a-time.ts';

/** What came of reading an encrypted event. */
export type Opened =
  | { readonly kind: 'clear'; readonly type: string; readonly content: object }
  /** The key for it may still come. */
  | { readonly kind: 'no key' }
  /** It can be read and may be somebody else's: the device that sent it is not verified by its owner. */
  | { readonly kind: 'unverified'; readonly reason: string }
  | { readonly kind: 'broken'; readonly reason: string };

/** A room's message can't be encrypted, now or later. */
export class CannotEncrypt extends Error {}

/** Somebody else's keys stand where ours should: using these would make every message unreadable. */
export class KeysLost extends Error {}

export interface RoomEncryptionDeps {
  readonly library: EncryptionLibrary;
  readonly userId: string;
  readonly device: string;
  /** Where the keys of this device are kept. */
  readonly file: string;
  /** @throws HomeserverError, HomeserverAway */
  readonly call: (request: Omit<HomeserverRequest, 'timeoutMs'>) => Promise<unknown>;
  readonly log: FlowLog;
}

type Machine = InstanceType<EncryptionLibrary['OlmMachine']>;

const Sync = z.looseObject({
  to_device: z.object({ events: z.array(z.unknown()).catch([]) }).catch({ events: [] }),
  device_lists: z
    .object({ changed: z.array(z.string()).catch([]), left: z.array(z.string()).catch([]) })
    .catch({ changed: [], left: [] }),
  device_one_time_keys_count: z.record(z.string(), z.number()).catch({}),
  device_unused_fallback_key_types: z.array(z.string()).optional().catch(undefined),
});
const OwnKeys = z.object({
  device_keys: z.record(
    z.string(),
    z.record(z.string(), z.object({ keys: z.record(z.string(), z.string()) })),
  ),
});
const Clear = z.object({ type: z.string(), content: z.record(z.string(), z.unknown()).catch({}) });

/** How a room wants to be encrypted, as its `m.room.encryption` says. */
export interface RoomRules {
  readonly algorithm: string;
  readonly rotationMs: number;
  readonly rotationMessages: number;
  readonly historyVisibility: 'invited' | 'joined' | 'shared' | 'world_readable';
  /** Who may read what is said next. */
  readonly readers: readonly string[];
}

/** One device's keys, and what is done with them. */
export interface RoomEncryption {
  /** Whether other people's clients have a reason to trust this device. */
  readonly signed: CrossSigned;
  /** Takes in what a sync says about keys and devices. */
  receive(sync: unknown): Promise<void>;
  /** @throws CannotEncrypt, HomeserverError, HomeserverAway */
  seal(room: string, rules: RoomRules, type: string, content: object): Promise<object>;
  open(room: string, event: { readonly sender: string }): Promise<Opened>;
  sealFile(bytes: Buffer): { readonly bytes: Buffer; readonly key: object };
  /** A room that was encrypted once is so for ever, whatever the homeserver says later. */
  wasEncrypted(room: string): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Gets this device's keys ready, made anew when there are none, and publishes what others need of them.
 * @throws KeysLost, HomeserverError, HomeserverAway, and what reading and writing the file throws
 */
export async function openRoomEncryption(deps: RoomEncryptionDeps): Promise<RoomEncryption> {
  const { library, userId, device, file, log } = deps;
  const name = `chiffon-${randomUUID()}`;
  const database = await openKeyDatabase(`${name}::matrix-sdk-crypto`, file);
  let machine: Machine | null = null;
  try {
    machine = await library.OlmMachine.initialize(
      new library.UserId(userId),
      new library.DeviceId(device),
      name,
      undefined,
      libraryLog(log),
    );
    await refuseLostKeys(deps, machine);
    const outbox = new KeyOutbox(deps, machine, database);
    await outbox.send();
    const signed = await crossSign({
      ...deps,
      machine,
      post: (path, body) => outbox.post(path, body),
      send: (request) => outbox.deliver(request),
    });
    return new Machinery(deps, machine, database, outbox, signed);
  } catch (error) {
    machine?.close();
    await database.close();
    throw error;
  }
}

/** Keys are published for this device that aren't these: the file was lost or is another's. */
async function refuseLostKeys({ call, userId, device }: RoomEncryptionDeps, machine: Machine): Promise<void> {
  const answer = await call({
    method: 'POST',
    path: '/_matrix/client/v3/keys/query',
    body: { device_keys: { [userId]: [device] } },
  });
  const published = OwnKeys.safeParse(answer).data?.device_keys[userId]?.[device]?.keys[`ed25519:${device}`];
  if (published !== undefined && published !== machine.identityKeys.ed25519.toBase64())
    throw new KeysLost('other keys are published for it');
}

class Machinery implements RoomEncryption {
  readonly signed: CrossSigned;
  readonly #deps: RoomEncryptionDeps;
  readonly #machine: Machine;
  readonly #database: KeyDatabase;
  readonly #outbox: KeyOutbox;
  /** The library wants claiming, sharing and encrypting done one after another. */
  readonly #turns = new OneAtATime();
  #closed = false;

  constructor(
    deps: RoomEncryptionDeps,
    machine: Machine,
    database: KeyDatabase,
    outbox: KeyOutbox,
    signed: CrossSigned,
  ) {
    this.#deps = deps;
    this.#machine = machine;
    this.#database = database;
    this.#outbox = outbox;
    this.signed = signed;
  }

  async receive(raw: unknown): Promise<void> {
    const { library } = this.#deps;
    const sync = Sync.parse(raw);
    await this.#turn(async () => {
      await this.#machine.receiveSyncChanges(
        JSON.stringify(sync.to_device.events),
        new library.DeviceLists(this.#users(sync.device_lists.changed), this.#users(sync.device_lists.left)),
        new Map(Object.entries(sync.device_one_time_keys_count)),
        sync.device_unused_fallback_key_types === undefined
          ? undefined
          : new Set(sync.device_unused_fallback_key_types),
      );
      this.#outbox.mustBeSaved();
      await this.#outbox.send();
      // A session that broke is made anew: the library remembers which.
      await this.#claim([]);
    });
  }

  async seal(room: string, rules: RoomRules, type: string, content: object): Promise<object> {
    const { library } = this.#deps;
    if (rules.algorithm !== 'm.megolm.v1.aes-sha2')
      throw new CannotEncrypt(
        `The room ${room} wants an encryption Chiffon does not know: ${rules.algorithm}.`,
      );
    return await this.#turn(async () => {
      await this.#keepEncrypted(room);
      await this.#machine.updateTrackedUsers(this.#users(rules.readers));
      await this.#outbox.send();
      await this.#claim(rules.readers);
      const requests = await this.#machine.shareRoomKey(
        new library.RoomId(room),
        this.#users(rules.readers),
        this.#settings(rules),
      );
      for (const request of requests) await this.#outbox.deliver(request);
      const sealed = await this.#machine.encryptRoomEvent(
        new library.RoomId(room),
        type,
        JSON.stringify(content),
      );
      this.#outbox.mustBeSaved();
      return JSON.parse(sealed) as object;
    });
  }

  async open(room: string, event: { readonly sender: string }): Promise<Opened> {
    return await this.#turn(async () => {
      const opened = await this.#openNow(room, event);
      if (opened.kind !== 'unverified') return opened;
      // What is known of the sender's devices may be out of date: they may have verified this one a moment ago.
      await this.#outbox.deliver(this.#machine.queryKeysForUsers(this.#users([event.sender])));
      return await this.#openNow(room, event);
    });
  }

  /**
   * A message from a device its owner never cross-signed may come from anybody who got hold of the account's password or
   * of the homeserver, so it is not acted on (Matrix 1.18 says clients should not show them).
   */
  async #openNow(room: string, event: object): Promise<Opened> {
    const { library } = this.#deps;
    try {
      const decrypted = await this.#machine.decryptRoomEvent(
        JSON.stringify(event),
        new library.RoomId(room),
        new library.DecryptionSettings(library.TrustRequirement.Untrusted),
      );
      const shield = decrypted.shieldState(false);
      if (shield.color === library.ShieldColor.Red)
        return {
          kind: 'unverified',
          reason: shield.message ?? 'the sending device is not verified by its owner',
        };
      const clear = Clear.safeParse(JSON.parse(decrypted.event)).data;
      return clear === undefined
        ? { kind: 'broken', reason: 'what is inside is no Matrix event' }
        : { kind: 'clear', ...clear };
    } catch (error) {
      if (!(error instanceof library.MegolmDecryptionError))
        return { kind: 'broken', reason: error instanceof Error ? error.message : String(error) };
      const { MissingRoomKey, UnknownMessageIndex } = library.DecryptionErrorCode;
      return error.code === MissingRoomKey || error.code === UnknownMessageIndex
        ? { kind: 'no key' }
        : { kind: 'broken', reason: error.description };
    }
  }

  sealFile(bytes: Buffer): { readonly bytes: Buffer; readonly key: object } {
    const sealed = this.#deps.library.Attachment.encrypt(bytes);
    return {
      bytes: Buffer.from(sealed.encryptedData),
      key: JSON.parse(sealed.mediaEncryptionInfo ?? 'null') as object,
    };
  }

  async wasEncrypted(room: string): Promise<boolean> {
    const settings = await this.#machine.getRoomSettings(new this.#deps.library.RoomId(room));
    return settings !== undefined;
  }

  async #keepEncrypted(room: string): Promise<void> {
    const { library } = this.#deps;
    if (await this.wasEncrypted(room)) return;
    const settings = new library.RoomSettings();
    settings.algorithm = library.EncryptionAlgorithm.MegolmV1AesSha2;
    await this.#machine.setRoomSettings(new library.RoomId(room), settings);
  }

  #settings(rules: RoomRules): InstanceType<EncryptionLibrary['EncryptionSettings']> {
    const { library } = this.#deps;
    const settings = new library.EncryptionSettings();
    settings.algorithm = library.EncryptionAlgorithm.MegolmV1AesSha2;
    settings.rotationPeriod = BigInt(rules.rotationMs) * 1_000n;
    settings.rotationPeriodMessages = BigInt(rules.rotationMessages);
    settings.historyVisibility = {
      invited: library.HistoryVisibility.Invited,
      joined: library.HistoryVisibility.Joined,
      shared: library.HistoryVisibility.Shared,
      world_readable: library.HistoryVisibility.WorldReadable,
    }[rules.historyVisibility];
    // Whoever is in the room may read what Chiffon says there; who may have something done is another question.
    settings.sharingStrategy = library.CollectStrategy.allDevices();
    return settings;
  }

  async #claim(userIds: readonly string[]): Promise<void> {
    const request = await this.#machine.getMissingSessions(this.#users(userIds));
    if (request != null) await this.#outbox.deliver(request);
  }

  /** Made anew each time: the library takes what it is given away from whoever gave it. What is no id is left out. */
  #users(userIds: readonly string[]): InstanceType<EncryptionLibrary['UserId']>[] {
    return userIds.flatMap((userId) => {
      try {
        return [new this.#deps.library.UserId(userId)];
      } catch {
        return [];
      }
    });
  }

  async #turn<T>(work: () => Promise<T>): Promise<T> {
    return await this.#turns.take(async () => {
      if (this.#closed) throw new HomeserverAway('Chiffon is stopping');
      return await work();
    });
  }

  async close(): Promise<void> {
    await this.#turns.take(async () => {
      if (this.#closed) return;
      this.#closed = true;
      this.#machine.close();
      await this.#database.close();
    });
  }
}

/** The library's own log as part of Chiffon's: what it does all day is nobody's business. */
function libraryLog(log: FlowLog): NonNullable<Parameters<EncryptionLibrary['OlmMachine']['initialize']>[4]> {
  const nothing = (): void => undefined;
  const say = (detail: unknown): void =>
    log.info({ detail: String(detail) }, 'the Matrix encryption library reports something');
  return { debug: nothing, info: nothing, warn: say, error: say };
}
