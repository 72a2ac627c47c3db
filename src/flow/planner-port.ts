import type { HostFacts } from '#core/host.ts';
import type { Intent } from '#core/intent.ts';
import type { PlanContent } from '#core/plan.ts';
import type { Risk } from '#core/risk.ts';
import type { Choice, Understanding } from '#core/understanding.ts';

/** A configured host as the planner needs it. */
export interface KnownHost {
  readonly name: string;
  readonly aliases: readonly string[];
  /** Where people open its services: a name or an IP address. */
  readonly serviceAddress: string;
}

/** What composing a plan came to. */
export type Composition =
  | {
      readonly kind: 'plan';
      readonly content: PlanContent;
      /** What the approver should know: "Docker is not installed on sandbox, so the npm package is used". */
      readonly notes: readonly string[];
      /** Numbers for the card: RAM, disk, port. */
      readonly facts: readonly { readonly label: string; readonly value: string }[];
    }
  | { readonly kind: 'question'; readonly question: string; readonly choices: readonly Choice[] }
  /** Understood, but there is nothing to do or no way to do it; the reason says which and what helps. */
  | { readonly kind: 'impossible'; readonly reason: string; readonly suggestions: readonly string[] };

/** A stretch of the past that words name. At least one of the three is given. */
export interface LookBack {
  readonly since: Date | null;
  /** Exclusive. */
  readonly until: Date | null;
  /** Something that happened last, from which on it reaches: "since the last update". */
  readonly anchor: LookBackAnchor | null;
}

/** The last run of a command ("deploy"), the last change or failure of any kind, or when it last worked. */
export type LookBackAnchor =
  | { readonly kind: 'command'; readonly command: string }
  | { readonly kind: 'change' }
  | { readonly kind: 'failure' }
  | { readonly kind: 'worked' };

/** A command as a menu offers it. */
export interface OfferedCommand {
  /** As in the catalog: `deploy`, `stage.run`. */
  readonly command: string;
  /** One sentence. */
  readonly about: string;
  readonly inputs: readonly { readonly name: string; readonly about: string; readonly required: boolean }[];
  /** What was picked, as the words somebody would have typed. */
  readonly words: (inputs: Readonly<Record<string, string>>) => string;
}

/** Words → intents → plan. Pure: the same words and facts give the same plan. */
export interface Planner {
  /** What words mean in this house; services that were seen on its hosts are known by name. */
  understand(words: string, seen?: readonly HostFacts[]): Understanding;
  /** The time a question about the past is about ("since yesterday"); null when it names none. Days are the reader's. */
  lookBack(words: string, now: Date, zone: string): LookBack | null;
  /** Who carries a command out: steps on hosts, the ledger (questions about the past, help), or nobody yet. */
  hands(command: string): 'steps' | 'ledger' | 'none';
  riskOf(command: string): Risk;
  /** What a command does, or what is missing for it, in a sentence. */
  about(command: string): string;
  /** Which host each intent is for, before anything is probed; a question or an impossibility ends it here. */
  place(
    intents: readonly Intent[],
    seen: readonly HostFacts[],
  ):
    | { readonly kind: 'placed'; readonly hosts: readonly string[]; readonly intents: readonly Intent[] }
    | Exclude<Composition, { kind: 'plan' }>;
  /** The plan for placed intents, given what was seen on their hosts. */
  compose(intents: readonly Intent[], facts: readonly HostFacts[]): Composition;
  /** The intents with what a person asked to be different ("use port 3100"); null when that can't be made out. */
  amend(intents: readonly Intent[], comment: string): readonly Intent[] | null;
  /** The same without any host at hand, for `chiffon plan`: what would be done on a typical host with Docker. */
  composeUnseen(intents: readonly Intent[]): Composition;
  /** What can be asked for, in a few lines with examples from this house. */
  help(seen?: readonly HostFacts[]): string;
  /**
   * How an answer from a read-only run is put: one or two sentences from the output, by command. `outputs` holds what
   * each step printed, by its id, and only steps that ran and succeeded.
   */
  summarise(content: PlanContent, outputs: ReadonlyMap<string, string>): string;
  /** What can be picked from a menu instead of being typed, with the names that fit each input, best first. */
  offers(seen?: readonly HostFacts[]): {
    readonly commands: readonly OfferedCommand[];
    readonly values: Readonly<Record<string, readonly string[]>>;
  };
}
