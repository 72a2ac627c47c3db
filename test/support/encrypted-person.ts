import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SynapseAccount } from './synapse.ts';
import { type SeenEvent, type SynapsePerson, synapsePerson } from './synapse-person.ts';

type Library = typeof import('@matrix-org/matrix-sdk-crypto-wasm');

/** An event as it went over the line, and what this person's client makes of it. */
export interface ReadEvent extends SeenEvent {
  /** Whether it was encrypted on the line. */
  readonly sealed: boolean;
  /** Null when this client can't read it. */
  readonly clear: { readonly type: string; readonly content: Record<string, any> } | null;
}

/** Somebody in an encrypted room: the person's own keys, in memory, and their own way of asking the homeserver. */
export interface EncryptedPerson extends SynapsePerson {
  readonly device: string;
  /** Makes the account vouch for this device, as every client does for its owner. */
  verifyDevice(): Promise<void>;
  /** Hands out keys for what is said next, without saying anything. */
  sealAndSay(room: string, content: Record<string, unknown>): Promise<string>;
  sealAndSend(room: string, type: string, content: Record<string, unknown>): Promise<string>;
  /** Says something encrypted and keeps the key; the answer hands it out. */
  sayWithoutKey(room: string, body: string): Promise<{ readonly event: string; handOut(): Promise<void> }>;
  /** Takes in what came for this device. */
  sync(): Promise<void>;
  /** Every event of the room, oldest first, decrypted where that is possible. */
  read(room: string): Promise<ReadEvent[]>;
  /** What a file says; its key is in the message. */
  openFile(file: Record<string, unknown>): Promise<string>;
  /** Whether this client has a reason to trust a device. */
  trusts(userId: string, device: string): Promise<boolean>;
  close(): void;
}

export async function encryptedPerson(url: string, account: SynapseAccount): Promise<EncryptedPerson> {
  const library = createRequire(import.meta.url)('@matrix-org/matrix-sdk-crypto-wasm') as Library;
  await library.initAsync();
  const quiet = (): void => undefined;
  const machine = await library.OlmMachine.initialize(
    new library.UserId(account.userId),
    new library.DeviceId(account.device),
    undefined,
    undefined,
    { debug: quiet, info: quiet, warn: quiet, error: quiet },
  );
  const person = synapsePerson(url, account);
  const { call } = person;
  let since = '';

  type Outgoing = Awaited<ReturnType<typeof machine.outgoingRequests>>[number];
  const paths = new Map([
    [library.RequestType.KeysUpload, 'keys/upload'],
    [library.RequestType.KeysQuery, 'keys/query'],
    [library.RequestType.KeysClaim, 'keys/claim'],
    [library.RequestType.SignatureUpload, 'keys/signatures/upload'],
  ]);
  const deliver = async (request: Outgoing): Promise<void> => {
    const body = JSON.parse(request.body);
    const { event_type, txn_id } = request as { event_type?: string; txn_id?: string };
    const answer =
      request.type === library.RequestType.ToDevice
        ? await call('PUT', `/_matrix/client/v3/sendToDevice/${event_type}/${txn_id}`, {
            messages: body.messages,
          })
        : await call('POST', `/_matrix/client/v3/${paths.get(request.type)}`, body);
    if (request.id !== undefined)
      await machine.markRequestAsSent(request.id, request.type, JSON.stringify(answer));
  };
  const deliverAll = async (): Promise<void> => {
    for (const request of await machine.outgoingRequests()) await deliver(request);
  };
  const users = (ids: readonly string[]) => ids.map((id) => new library.UserId(id));
  const query = async (ids: readonly string[]): Promise<void> =>
    deliver(machine.queryKeysForUsers(users(ids)));

  const sync = async (): Promise<void> => {
    const answer = await call(
      'GET',
      `/_matrix/client/v3/sync?timeout=0${since === '' ? '' : `&since=${since}`}`,
    );
    since = answer.next_batch;
    await machine.receiveSyncChanges(
      JSON.stringify(answer.to_device?.events ?? []),
      new library.DeviceLists(
        users(answer.device_lists?.changed ?? []),
        users(answer.device_lists?.left ?? []),
      ),
      new Map(Object.entries(answer.device_one_time_keys_count ?? {})),
      new Set(answer.device_unused_fallback_key_types ?? []),
    );
    await deliverAll();
  };

  /** A message and what hands out its key. */
  const seal = async (room: string, type: string, content: object) => {
    await sync();
    const members = await person.members(room);
    await machine.updateTrackedUsers(users(members));
    await deliverAll();
    const claim = await machine.getMissingSessions(users(members));
    if (claim != null) await deliver(claim);
    const shares = await machine.shareRoomKey(
      new library.RoomId(room),
      users(members),
      new library.EncryptionSettings(),
    );
    const sealed = JSON.parse(
      await machine.encryptRoomEvent(new library.RoomId(room), type, JSON.stringify(content)),
    );
    return {
      sealed,
      handOut: async () => {
        for (const share of shares) await deliver(share);
      },
    };
  };
  const sealAndSend = async (room: string, type: string, content: object): Promise<string> => {
    const { sealed, handOut } = await seal(room, type, content);
    await handOut();
    return await person.send(room, 'm.room.encrypted', sealed);
  };
  await deliverAll();

  return {
    ...person,
    device: account.device,
    sync,
    verifyDevice: async () => {
      await query([account.userId]);
      const made = await machine.bootstrapCrossSigning(false);
      await call(
        'POST',
        '/_matrix/client/v3/keys/device_signing/upload',
        JSON.parse(made.uploadSigningKeysRequest.body),
      );
      await deliver(made.uploadSignaturesRequest);
      await query([account.userId]);
    },
    sealAndSay: (room, content) => sealAndSend(room, 'm.room.message', { msgtype: 'm.text', ...content }),
    sealAndSend,
    sayWithoutKey: async (room, body) => {
      await machine.invalidateGroupSession(new library.RoomId(room));
      const { sealed, handOut } = await seal(room, 'm.room.message', { msgtype: 'm.text', body });
      return { event: await person.send(room, 'm.room.encrypted', sealed), handOut };
    },
    read: async (room) => {
      await sync();
      const read: ReadEvent[] = [];
      for (const event of await person.events(room)) {
        if (event.type !== 'm.room.encrypted') {
          read.push({ ...event, sealed: false, clear: event });
          continue;
        }
        const decrypted = await machine
          .decryptRoomEvent(
            JSON.stringify(event),
            new library.RoomId(room),
            new library.DecryptionSettings(library.TrustRequirement.Untrusted),
          )
          .catch(() => null);
        read.push({ ...event, sealed: true, clear: decrypted === null ? null : JSON.parse(decrypted.event) });
      }
      return read;
    },
    openFile: async (file) => {
      const bytes = Buffer.from(await person.downloadBytes(String(file['url'])));
      return Buffer.from(
        library.Attachment.decrypt(new library.EncryptedAttachment(bytes, JSON.stringify(file))),
      ).toString('utf8');
    },
    trusts: async (userId, device) => {
      await query([userId]);
      return (
        (
          await machine.getDevice(new library.UserId(userId), new library.DeviceId(device))
        )?.isCrossSignedByOwner() === true
      );
    },
    close: () => machine.close(),
  };
}

/** Looks again and again until it is there. */
export async function until<T>(
  what: string,
  look: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  withinMs = 60_000,
): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`it did not happen within ${withinMs} ms: ${what}`);
    await sleep(100);
  }
}
