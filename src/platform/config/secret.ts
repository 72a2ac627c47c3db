import { inspect } from 'node:util';

/**
 * A secret of the configuration. It has to be asked for by name: printing, interpolating or serialising the object
 * shows where the secret comes from and never what it is.
 */
export class Secret {
  /** Where it was read: "the variable DATABASE_URL", "the file /run/secrets/chiffon_token". */
  readonly origin: string;
  readonly #value: string;

  constructor(value: string, origin: string) {
    this.#value = value;
    this.origin = origin;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return `[secret from ${this.origin}]`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
