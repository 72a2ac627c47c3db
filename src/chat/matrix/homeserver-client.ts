import { z } from 'zod';
import type { FlowLog } from '#flow/log-port.ts';
import type { MatrixSdk } from './crypto-stand-in.ts';
import { loadEncryptionLibrary } from './encryption-library.ts';
import { type EncryptionState, startEncryption } from './encryption-state.ts';
import { HomeserverAway } from './homeserver-error.ts';
import { createHomeserverHttp, type HomeserverRequest, jsonOf, type Query } from './homeserver-http.ts';
import { MatrixEvent } from './matrix-event.ts';
import type { MatrixSettings } from './matrix-settings.ts';
import type { Opened, RoomEncryption, RoomRules } from './room-encryption.ts';
import type { Unread } from './unread-messages.ts';

/** What happened in the rooms since the last time, in the clear and in order. */
export interface Batch {
  /** By room. */
  readonly events: ReadonlyMap<string, readonly MatrixEvent[]>;
  readonly invitations: readonly { readonly room: string; readonly direct: boolean }[];
  /** Rooms Chiffon was taken out of, or left. */
  readonly left: readonly string[];
  /** The encrypted messages that could not be read. */
  readonly unread: readonly Unread[];
  /** The events that came encrypted. */
  readonly sealed: ReadonlySet<string>;
}

/** One account on one homeserver, through the SDK. */
export interface HomeserverClient {
  encryption(): EncryptionState;
  /**
   * Asks the homeserver; the answer is read as JSON.
   * @throws HomeserverError, HomeserverAway
   */
  call(request: Omit<HomeserverRequest, 'timeoutMs'> & { readonly timeoutMs?: number }): Promise<unknown>;
  /**
   * Gets ready to read and write encrypted rooms as this device; null where the access token belongs to none. What can't
   * be mended by trying again turns encryption off, and `encryption` says why.
   * @throws HomeserverError, HomeserverAway
   */
  prepareEncryption(device: string | null): Promise<void>;
  /**
   * Decrypts and sorts what a sync brought.
   * @throws HomeserverError, HomeserverAway
   */
  readSync(raw: unknown): Promise<Batch>;
  /** Reads an encrypted event; without encryption nobody has its key. */
  open(room: string, event: { readonly sender: string }): Promise<Opened>;
  /** Whether a room was encrypted when it was last written to. */
  wasEncrypted(room: string): Promise<boolean>;
  /**
   * What an encrypted message of a room looks like on the line.
   * @throws CannotEncrypt, HomeserverError, HomeserverAway
   */
  seal(room: string, rules: RoomRules, type: string, content: object): Promise<object>;
  /**
   * A file as it goes over the line: encrypted, with the key to put into the message.
   * @throws HomeserverAway before the encryption is ready
   */
  sealFile(bytes: Buffer): { readonly bytes: Buffer; readonly key: object };
  /** Ends what is under way. */
  close(): void;
  /** Lets go of the keys, when nothing is under way any more. */
  closeEncryption(): Promise<void>;
}

const Invitation = z.object({
  content: z.object({ is_direct: z.boolean().optional().catch(undefined) }).catch({}),
});

/** The client over the SDK, which is loaded by whoever calls this. */
export function createHomeserverClient(
  sdk: MatrixSdk,
  settings: Pick<
    MatrixSettings,
    'homeserver' | 'userId' | 'token' | 'cryptoFolder' | 'log' | 'loadEncryption'
  >,
  answerMs: number,
): HomeserverClient {
  const { userId, log } = settings;
  const ending = new AbortController();
  const http = createHomeserverHttp(settings.homeserver, settings.token, ending.signal);
  sdk.LogService.setLogger(sdkLogger(log));

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

  // The SDK's own encryption needs a native library that has to be downloaded; ours is in room-encryption.ts.
  const client = new Client(settings.homeserver, settings.token, new sdk.MemoryStorageProvider());
  // The SDK listens to itself with handlers nobody awaits, whose failures would end the process.
  client.removeAllListeners();

  const call: HomeserverClient['call'] = async (request) => {
    const { bytes } = await http({ timeoutMs: answerMs, ...request });
    const answer = jsonOf(bytes);
    if (answer === null) throw new HomeserverAway('what answers there is no Matrix homeserver');
    return answer;
  };

  let keys: RoomEncryption | null = null;
  let state: EncryptionState = { kind: 'not ready' };
  const ready = (): RoomEncryption => {
    if (keys === null) throw new HomeserverAway('Chiffon is not ready for encrypted rooms yet');
    return keys;
  };
  const open = async (room: string, event: { readonly sender: string }): Promise<Opened> =>
    keys === null ? { kind: 'no key' } : await keys.open(room, event);

  return {
    encryption: () => state,
    call,

    prepareEncryption: async (device) => {
      await keys?.close();
      keys = null;
      state = { kind: 'not ready' };
      const started = await startEncryption({
        userId,
        call,
        device,
        folder: settings.cryptoFolder,
        load: settings.loadEncryption ?? loadEncryptionLibrary,
        log,
      });
      if ('why' in started) {
        state = { kind: 'off', ...started };
        return;
      }
      keys = started;
      state = { kind: 'on', signed: started.signed };
    },

    readSync: async (raw) => {
      await keys?.receive(raw);
      const events = new Map<string, MatrixEvent[]>();
      const invitations: Batch['invitations'][number][] = [];
      const left: string[] = [];
      const unread: Unread[] = [];
      const sealed = new Set<string>();
      await client.read(raw, async (name, room, event) => {
        if (typeof room !== 'string') return;
        if (name === 'room.event') {
          const parsed = MatrixEvent.safeParse(event);
          if (!parsed.success) return;
          events.set(room, [...(events.get(room) ?? []), parsed.data]);
        } else if (name === 'room.invite') {
          const invitation = Invitation.safeParse(event);
          invitations.push({ room, direct: invitation.data?.content.is_direct === true });
        } else if (name === 'room.leave') {
          left.push(room);
        }
      });
      for (const [room, came] of events) {
        const read: MatrixEvent[] = [];
        for (const event of came) {
          const opened =
            event.type === 'm.room.encrypted' && event.sender !== userId ? await open(room, event) : null;
          if (opened === null) read.push(event);
          else if (opened.kind !== 'clear') unread.push({ room, event, opened });
          else {
            sealed.add(event.event_id);
            read.push({ ...event, type: opened.type, content: { ...opened.content } });
          }
        }
        events.set(room, read);
      }
      return { events, invitations, left, unread, sealed };
    },

    open,
    wasEncrypted: async (room) => (await keys?.wasEncrypted(room)) ?? false,
    seal: async (room, rules, type, content) => await ready().seal(room, rules, type, content),
    sealFile: (bytes) => ready().sealFile(bytes),
    close: () => ending.abort(),
    closeEncryption: async () => {
      await keys?.close();
    },
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
