import type { FlowLog } from '#flow/log-port.ts';
import type { EncryptionLibrary } from './encryption-library.ts';

/** What the Matrix surface has to know. */
export interface MatrixSettings {
  /** The homeserver's address, with or without a path: `https://matrix.example.org`. */
  readonly homeserver: string;
  /** The bot's own id: `@chiffon:example.org`. */
  readonly userId: string;
  readonly token: string;
  /** The rooms Chiffon may be in. Invitations to others are declined, and nothing is heard or said there. */
  readonly rooms: readonly string[];
  /** Ids bridges make up for people of other platforms; `*` stands for anything. They are never listened to. */
  readonly ghosts: readonly string[];
  /** A folder of Chiffon's own for the keys of encrypted rooms, of each device it ever was. Made when it is not there. */
  readonly cryptoFolder: string;
  /** The zone times are printed in, as IANA names it: Matrix can't show each reader their own. */
  readonly zone: string;
  readonly log: FlowLog;
  /** How many messages the homeserver takes from one account; Synapse's defaults when it is not given. */
  readonly rate?: Rate;
  /** For tests: where the encryption library comes from. */
  readonly loadEncryption?: () => Promise<EncryptionLibrary>;
  /** For tests: how long it waits. */
  readonly waits?: Partial<Waits>;
}

/** Messages a second on average, and how many at once. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Synapse's `rc_message`: one message every five seconds, ten at once. */
export const synapseRate: Rate = { perSecond: 0.2, burst: 10 };

/** How long the surface waits for what, in milliseconds. */
export interface Waits {
  /** Before the homeserver is tried again for the first time; doubles up to `retryMost`. */
  readonly retryFirst: number;
  readonly retryMost: number;
  /** Before a token that was refused is tried again. */
  readonly refused: number;
  /** How long the homeserver may keep a sync open when nothing happens. */
  readonly sync: number;
  /** For one answer of anything else. */
  readonly answer: number;
  /** For the key of an encrypted message, before it is asked to be sent again. */
  readonly key: number;
}

export const defaultWaits: Waits = {
  retryFirst: 1_000,
  retryMost: 60_000,
  refused: 60_000,
  sync: 30_000,
  answer: 20_000,
  key: 60_000,
};
