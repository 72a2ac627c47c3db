import { join } from 'node:path';
import { z } from 'zod';
import type { FlowLog } from '#flow/log-port.ts';
import type { LoadedSdk } from './crypto-stand-in.ts';
import { HomeserverAway } from './homeserver-error.ts';
import { createHomeserverHttp, type HomeserverRequest, jsonOf, type Query } from './homeserver-http.ts';
import { MatrixEvent } from './matrix-event.ts';
import type { MatrixSettings } from './matrix-settings.ts';

/** What happened in the rooms since the last time, in the clear and in order. */
export interface Batch {
  /** By room. */
  readonly events: ReadonlyMap<string, readonly MatrixEvent[]>;
  readonly invitations: readonly { readonly room: string; readonly direct: boolean }[];
  /** Rooms Chiffon was taken out of, or left. */
  readonly left: readonly string[];
  /** Rooms with messages that could not be read. */
  readonly unreadable: readonly string[];
  /** The events that came encrypted. */
  readonly sealed: ReadonlySet<string>;
}

/** One account on one homeserver, through the SDK. */
export interface HomeserverClient {
  readonly encrypts: boolean;
  /**
   * Asks the homeserver; the answer is read as JSON.
   * @throws HomeserverError, HomeserverAway
   */
  call(request: Omit<HomeserverRequest, 'timeoutMs'> & { readonly timeoutMs?: number }): Promise<unknown>;
  /**
   * Gets ready to read and write encrypted rooms. Does nothing without the library.
   * @throws when the homeserver can't be reached
   */
  prepareEncryption(joinedRooms: readonly string[]): Promise<void>;
  /** The device the stored keys belong to; null when there are none yet, or no library. */
  storedDevice(): Promise<string | null>;
  /** Decrypts and sorts what a sync brought. */
  readSync(raw: unknown): Promise<Batch>;
  /**
   * A message as it goes over the line into an encrypted room.
   * @throws when the room's settings are not known yet, or the keys can't be shared
   */
  sealed(
    room: string,
    type: string,
    content: object,
  ): Promise<{ readonly type: string; readonly content: object }>;
  /** A file as it goes over the line: encrypted, with the key to put into the message. */
  sealedFile(bytes: Buffer): Promise<{ readonly bytes: Buffer; readonly key: object }>;
  /** Ends what is under way. */
  close(): void;
}

const Invitation = z.object({
  content: z.object({ is_direct: z.boolean().optional().catch(undefined) }).catch({}),
});

/** The client over the SDK, which is loaded by whoever calls this. */
export function createHomeserverClient(
  { sdk, cryptoInstalled }: LoadedSdk,
  settings: Pick<MatrixSettings, 'homeserver' | 'userId' | 'token' | 'cryptoFolder' | 'log'>,
  answerMs: number,
): HomeserverClient {
  const ending = new AbortController();
  const http = createHomeserverHttp(settings.homeserver, settings.token, ending.signal);
  sdk.LogService.setLogger(sdkLogger(settings.log));
  const cryptoStore = cryptoInstalled
    ? new sdk.RustSdkCryptoStorageProvider(join(settings.cryptoFolder), sqliteStore)
    : null;

  class Client extends sdk.MatrixClient {
    /** Every request of the SDK, by our own HTTP. */
    override async doRequest(
      method: string,
      endpoint: string,
      query: Query | null = null,
      body: unknown = null,
      timeoutMs = answerMs,
      raw = false,
      contentType = 'application/json',
      noEncoding = false,
    ): Promise<unknown> {
      const answer = await http({ method, path: endpoint, query, body, contentType, timeoutMs });
      const read = noEncoding ? answer.bytes : (jsonOf(answer.bytes) ?? answer.bytes.toString('utf8'));
      return raw ? { statusCode: answer.statusCode, headers: answer.headers, body: read } : read;
    }

    /** The SDK's own reading of a sync, with every listener awaited. */
    async read(raw: unknown, emit: (name: string, ...payload: unknown[]) => Promise<void>): Promise<void> {
      await this.processSync(raw, emit);
    }
  }

  const client = cryptoStore
    ? new Client(settings.homeserver, settings.token, new sdk.MemoryStorageProvider(), cryptoStore)
    : new Client(settings.homeserver, settings.token, new sdk.MemoryStorageProvider());
  // The SDK listens to itself with handlers nobody awaits, whose failures would end the process. What they do that
  // matters here, keeping the encryption up to date, `readSync` does instead.
  client.removeAllListeners();
  const crypto = cryptoStore ? client.crypto : null;

  return {
    encrypts: crypto !== null,

    call: async (request) => {
      const { bytes } = await http({ timeoutMs: answerMs, ...request });
      const answer = jsonOf(bytes);
      if (answer === null) throw new HomeserverAway('what answers there is no Matrix homeserver');
      return answer;
    },

    prepareEncryption: async (joinedRooms) => {
      if (!crypto || crypto.isReady) return;
      await crypto.prepare([...joinedRooms]);
      refuseUnsignedDevices(crypto, settings.log);
    },

    storedDevice: async () => (await cryptoStore?.getDeviceId()) ?? null,

    readSync: async (raw) => {
      const events = new Map<string, MatrixEvent[]>();
      const invitations: Batch['invitations'][number][] = [];
      const left: string[] = [];
      const unreadable = new Set<string>();
      const sealed = new Set<string>();
      await client.read(raw, async (name, room, event) => {
        if (typeof room !== 'string') return;
        if (name === 'room.event') {
          const parsed = MatrixEvent.safeParse(event);
          if (!parsed.success) return;
          events.set(room, [...(events.get(room) ?? []), parsed.data]);
          if (parsed.data.type === 'm.room.encrypted') unreadable.add(room);
          await crypto?.onRoomEvent(room, event);
        } else if (name === 'room.decrypted_event') {
          const parsed = MatrixEvent.safeParse(event);
          if (parsed.success) sealed.add(parsed.data.event_id);
        } else if (name === 'room.join') {
          await crypto?.onRoomJoin(room);
        } else if (name === 'room.invite') {
          const invitation = Invitation.safeParse(event);
          invitations.push({ room, direct: invitation.data?.content.is_direct === true });
        } else if (name === 'room.leave') {
          left.push(room);
        }
      });
      return { events, invitations, left, unreadable: [...unreadable], sealed };
    },

    sealed: async (room, type, content) => {
      if (crypto === null) throw new Error('rooms are encrypted only where the library is installed');
      // The SDK takes a room it could not ask about for unencrypted; asking again is what makes it sure.
      if (!(await crypto.isRoomEncrypted(room))) await crypto.onRoomJoin(room);
      return { type: 'm.room.encrypted', content: await crypto.encryptRoomEvent(room, type, content) };
    },

    sealedFile: async (bytes) => {
      if (crypto === null) throw new Error('files are encrypted only where the library is installed');
      const { buffer, file } = await crypto.encryptMedia(bytes);
      return { bytes: buffer, key: file };
    },

    close: () => ending.abort(),
  };
}

/** `StoreType.Sqlite` of the native library: its only kind of store. */
const sqliteStore = 0;

/** `ShieldColor.Red` of the native library. */
const redShield = 0;

interface Decrypted {
  shieldState(strict: boolean): { readonly color: number; readonly message?: string } | null;
}

/**
 * Messages from a device its owner never cross-signed may come from anybody who got hold of the account's password or
 * of the homeserver, so they are not read (Matrix 1.18 says clients should not show them). The SDK doesn't ask, so the
 * native machine's answer is looked at before the SDK gets it.
 */
function refuseUnsignedDevices(crypto: object, log: FlowLog): void {
  const { machine } = (
    crypto as { engine: { machine: { decryptRoomEvent(json: string, room: unknown): Promise<Decrypted> } } }
  ).engine;
  const decrypt = machine.decryptRoomEvent.bind(machine);
  machine.decryptRoomEvent = async (json, room) => {
    const decrypted = await decrypt(json, room);
    const shield = decrypted.shieldState(false);
    if (shield?.color === redShield) {
      log.warn(
        { reason: shield.message },
        'a Matrix message from a device its owner has not verified was not read',
      );
      throw new Error('the sending device is not verified by its owner');
    }
    return decrypted;
  };
}

/** The SDK's log as part of Chiffon's; it reports what is handled here as errors, so nothing of it is louder than a warning. */
function sdkLogger(log: FlowLog): import('matrix-bot-sdk').ILogger {
  const say = (module: string, rest: readonly unknown[]): void =>
    log.warn({ module, detail: rest.map(wordsOf).join(' ') }, 'the Matrix library reports something');
  const nothing = (): void => undefined;
  return {
    trace: nothing,
    debug: nothing,
    info: nothing,
    warn: (module, ...rest: unknown[]) => say(module, rest),
    error: (module, ...rest: unknown[]) => say(module, rest),
  };
}

function wordsOf(value: unknown): string {
  if (value instanceof Error) return value.message;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
