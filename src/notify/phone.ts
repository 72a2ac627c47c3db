import type { Handed } from '#flow/ring-phones.ts';

/** What rings on a phone: three lines and a way to the card. */
export interface PhoneMessage {
  /** What is true now. */
  readonly headline: string;
  /** What is needed from a person. */
  readonly need: string;
  /** "P-142": which card this is about. */
  readonly about: string;
  /** Opens exactly that card; null when no address is configured that others reach. It opens, it never decides. */
  readonly link: string | null;
  /** Where "I'm on it" is posted to with its token; null when there is no such address. */
  readonly acknowledge: { readonly url: string; readonly token: string } | null;
  /** Whether Chiffon stopped; the rest is less urgent. */
  readonly urgent: boolean;
}

/** One way to a phone. A dumb pipe: when and how often it rings is Chiffon's own affair. */
export interface Phone {
  /** From the configuration. */
  readonly name: string;
  /** Hands one message over; waits at most ten seconds. Never throws for what providers and networks do. */
  ring(message: PhoneMessage): Promise<Handed>;
}
