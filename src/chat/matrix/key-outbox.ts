import { z } from 'zod';
import type { FlowLog } from '#flow/log-port.ts';
import type { EncryptionLibrary } from './encryption-library.ts';
import { isFinal, KeysUnsaved } from './homeserver-error.ts';
import type { HomeserverRequest } from './homeserver-http.ts';
import type { KeyDatabase } from './key-database.ts';

type Machine = InstanceType<EncryptionLibrary['OlmMachine']>;
type Outgoing = Awaited<ReturnType<Machine['outgoingRequests']>>[number];

const ToDevice = z.object({ messages: z.record(z.string(), z.unknown()) });

interface KeyOutboxDeps {
  readonly library: EncryptionLibrary;
  /** @throws HomeserverError, HomeserverAway */
  readonly call: (request: Omit<HomeserverRequest, 'timeoutMs'>) => Promise<unknown>;
  readonly log: FlowLog;
}

/** Sends what the machine wants sent, and tells it what came of it. */
export class KeyOutbox {
  readonly #deps: KeyOutboxDeps;
  readonly #machine: Machine;
  readonly #database: KeyDatabase;

  constructor(deps: KeyOutboxDeps, machine: Machine, database: KeyDatabase) {
    this.#deps = deps;
    this.#machine = machine;
    this.#database = database;
  }

  /** Everything that waits, such as new one-time keys. What the homeserver refuses for good is logged and left. */
  async send(): Promise<void> {
    for (const request of await this.#machine.outgoingRequests()) {
      try {
        await this.deliver(request);
      } catch (error) {
        if (!isFinal(error)) throw error;
        this.#deps.log.warn(
          { type: request.type, error: error.message },
          'the Matrix homeserver refused something the encryption needs',
        );
      }
    }
  }

  async deliver(request: Outgoing): Promise<void> {
    const { RequestType } = this.#deps.library;
    const answer = await this.#exchange(request);
    if (request.id !== undefined && request.type !== RequestType.RoomMessage)
      await this.#machine.markRequestAsSent(request.id, request.type, JSON.stringify(answer));
  }

  async #exchange(request: Outgoing): Promise<unknown> {
    const { RequestType } = this.#deps.library;
    const body: unknown = JSON.parse(request.body);
    switch (request.type) {
      case RequestType.KeysUpload:
        return await this.post('/_matrix/client/v3/keys/upload', body);
      case RequestType.KeysQuery:
        return await this.post('/_matrix/client/v3/keys/query', body);
      case RequestType.KeysClaim:
        return await this.post('/_matrix/client/v3/keys/claim', body);
      case RequestType.SignatureUpload:
        return await this.post('/_matrix/client/v3/keys/signatures/upload', body);
      case RequestType.ToDevice: {
        const { event_type, txn_id } = request as { readonly event_type: string; readonly txn_id: string };
        const path = ['sendToDevice', event_type, txn_id].map(encodeURIComponent).join('/');
        return await this.#ask('PUT', `/_matrix/client/v3/${path}`, {
          messages: ToDevice.parse(body).messages,
        });
      }
      default:
        throw new Error(
          `the encryption library wants something sent that is not known here: ${request.type}`,
        );
    }
  }

  async post(path: string, body: unknown): Promise<unknown> {
    return await this.#ask('POST', path, body);
  }

  async #ask(method: string, path: string, body: unknown): Promise<unknown> {
    this.mustBeSaved();
    return await this.#deps.call({ method, path, body });
  }

  /**
   * Nothing leaves that depends on keys which are not on the disk.
   * @throws KeysUnsaved
   */
  mustBeSaved(): void {
    const broken = this.#database.broken();
    if (broken !== null) throw new KeysUnsaved(broken);
  }
}
