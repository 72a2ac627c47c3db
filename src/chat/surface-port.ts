import type { Card } from '#core/card.ts';
import type { Surface } from '#core/person.ts';
import type { OfferedCommand } from '#flow/planner-port.ts';

/** The platforms people chat on: each is one folder that implements `ChatSurface`. */
export type ChatSurfaceName = Extract<Surface, 'discord' | 'matrix'>;

/** Where a conversation stands. The ids are the platform's own and mean nothing outside its folder. */
export interface Place {
  /** Discord channel, Matrix room. */
  readonly channel: string;
  /** Discord thread, root event of a Matrix thread; null where there is none (a direct message). */
  readonly thread: string | null;
}

/** One message that was posted. */
export interface MessageAt extends Place {
  readonly message: string;
}

/** What Chiffon says. Each platform draws it in its own way, within its own limits. */
export type Outgoing =
  | {
      readonly kind: 'card';
      /** Drawn for everybody in the room: no action is blocked for somebody, rights are checked when it is used. */
      readonly card: Card;
      /** The last line the running step printed. Text of a host: never formatted, linked or allowed to ping. */
      readonly lastLine: string | null;
      /** Where the request's page opens in the console; null when no address is configured that others reach. */
      readonly page: string | null;
      /** Where the console itself opens, for the paths of an answer; null when no address is configured. */
      readonly site?: string | null;
      /** Account ids on this platform to be notified, when the card is posted first; never on an edit. */
      readonly mentions: readonly string[];
      /** Whether posting it shall make a sound. Progress and answers don't. */
      readonly loud: boolean;
    }
  | {
      readonly kind: 'note';
      /** One or two sentences of Chiffon's own. What it quotes from people or hosts is made harmless by the surface. */
      readonly words: string;
      /** Text of a host, shown as code. */
      readonly output: string | null;
      readonly mentions: readonly string[];
      readonly loud: boolean;
    }
  | {
      readonly kind: 'file';
      /** A plain file name: letters, digits, dot and hyphen. */
      readonly name: string;
      readonly content: string;
      readonly words: string;
    };

/** Sending can fail in ways everybody must expect. Anything else is an exception. */
export type Sent<T> =
  | { readonly ok: true; readonly value: T }
  /** The platform is away or wants us to wait: the same call is to be made again, with the same key. */
  | { readonly ok: false; readonly why: 'later'; readonly afterMs: number; readonly detail: string }
  /** What was to be written to is deleted. */
  | { readonly ok: false; readonly why: 'gone'; readonly what: 'message' | 'thread' | 'channel' }
  /** The platform won't take it: no rights there any more, or something it does not accept. Trying again won't help. */
  | { readonly ok: false; readonly why: 'refused'; readonly detail: string };

/** What somebody did on a platform, in Chiffon's words. */
export type Act =
  | { readonly kind: 'say'; readonly text: string }
  | {
      readonly kind: 'decide';
      readonly decision: 'approve' | 'reject' | 'changes';
      readonly plan: number;
      /** The first eight or more characters of the hash of the revision they looked at; null when it was not said. */
      readonly hash: string | null;
      readonly comment: string | null;
      /** The typed code, for destructive plans. */
      readonly code: string | null;
    }
  | { readonly kind: 'stop'; readonly plan: number }
  /** Uses the card's action of kind `answer` with this index among those (from 0). */
  | { readonly kind: 'answer'; readonly request: number; readonly index: number }
  /** Uses the card's action of kind `ask` with this index among those (from 0), as if its words had been typed. */
  | { readonly kind: 'suggestion'; readonly request: number; readonly index: number }
  /** Says what became of the step whose outcome nobody knows. */
  | { readonly kind: 'settle'; readonly plan: number; readonly verdict: 'completed' | 'failed' | 'again' }
  /** "I'm on it": quiets the alarms about a request. */
  | { readonly kind: 'acknowledge'; readonly request: number };

/** An act, with who and where. */
export interface Heard {
  /** The platform's id of this event; the same event delivered twice has the same id. */
  readonly id: string;
  /** The account id on the platform. Display names say nothing about who somebody is. */
  readonly account: string;
  readonly place: Place;
  /** Whether the place is a conversation with one person, without threads. */
  readonly direct: boolean;
  /** The message the words stand in or the act was made on; a request's thread hangs below it. */
  readonly message: string | null;
  readonly act: Act;
  /** The words were said in a room without calling Chiffon: only a command about something talked about there counts. */
  readonly overheard?: true;
}

/** What is answered to the person who acted; what everybody should know arrives as notes and cards instead. */
export type Answer =
  | { readonly kind: 'done' }
  /** For this person, and where the platform can, only for them. */
  | { readonly kind: 'tell'; readonly words: string };

/** What a surface calls when somebody did something. Never throws for what people do wrong. */
export interface Listener {
  heard(heard: Heard): Promise<Answer>;
  /** What the slash commands and autocomplete offer. */
  offers(): Promise<Offers>;
}

/** What people can pick instead of typing. */
export interface Offers {
  readonly commands: readonly OfferedCommand[];
  /** Names that fit an input, best first: services, hosts, stages. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  /** Plans that wait for a decision. */
  readonly openPlans: readonly { readonly plan: number; readonly title: string }[];
}

/** What a surface keeps between starts: sync tokens, registered commands. Small texts by name. */
export interface SurfaceMemory {
  recall(key: string): Promise<string | null>;
  remember(key: string, value: string): Promise<void>;
  /** Which request a posted message belongs to, and which revision's hash a card showed; null for foreign messages. */
  posted(message: string): Promise<PostedMessage | null>;
  /**
   * The same for a message somebody acts on. People see a message before Chiffon hears that it was posted, so one that
   * is being posted at this moment is waited for.
   */
  actedOn(message: string): Promise<PostedMessage | null>;
}

export interface PostedMessage {
  readonly request: number;
  readonly kind: Outgoing['kind'];
  readonly hash: string | null;
}

/** Whether a surface works, for doctor and the console. */
export interface SurfaceHealth {
  readonly ok: boolean;
  readonly detail: string;
  readonly remedy: string | null;
}

/**
 * One platform people chat on. A dumb pipe: it draws what it is given and reports what people do; who may do what and
 * what is said when stands in `chat/conversation`. Every implementation passes `test/contracts/surface-contract.ts`.
 */
export interface ChatSurface {
  readonly name: ChatSurfaceName;
  /** The shortest time between two edits of one message, in milliseconds, by how long it has been evolving. */
  readonly editPaceMs: (ageMs: number) => number;
  /** How old a message may become before progress goes into a new one, in milliseconds; null: any age. */
  readonly freshForMs: number | null;
  /**
   * Connects and listens until `stop`. Returns once connecting has begun: a platform that can't be reached is tried
   * again for ever, and `health` tells meanwhile.
   */
  start(listener: Listener, memory: SurfaceMemory): Promise<void>;
  stop(): Promise<void>;
  health(): SurfaceHealth;
  /** Calls back when health changes, until the surface is stopped. */
  onHealth(changed: (health: SurfaceHealth) => void): void;
  /**
   * Opens a thread below a message, or below a new message of Chiffon's own when `message` is null. Where there are no
   * threads (direct messages), the place itself. The same `key` opens one thread, however often it is called.
   */
  openThread(where: {
    readonly channel: string;
    readonly message: string | null;
    /** At most 80 characters. */
    readonly title: string;
    readonly key: string;
  }): Promise<Sent<Place>>;
  /**
   * Posts once for a `key`, however often it is called. `complete` says whether everything is drawn; when false (a
   * Discord card is posted as a sentence first) `edit` with the same message must follow.
   */
  post(
    place: Place,
    message: Outgoing,
    key: string,
  ): Promise<Sent<{ readonly message: string; readonly complete: boolean }>>;
  /** Draws a posted card anew. */
  edit(at: MessageAt, message: Extract<Outgoing, { kind: 'card' }>): Promise<Sent<null>>;
  /** Shows that Chiffon is at it, for some seconds. May do nothing. */
  busy(place: Place): Promise<void>;
}
