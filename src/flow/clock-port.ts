/** The time and fresh names, handed in so that flows can be tested. */
export interface Clock {
  now(): Date;
  /** A random id, safe in file names: letters, digits and hyphens. */
  freshId(): string;
}
