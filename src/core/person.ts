import { z } from 'zod';

/**
 * What a person may do: a viewer looks and asks, an operator changes, the owner may also destroy. A guest is somebody
 * nobody configured, in a place where the configuration lets strangers look: they get answers and nothing else.
 */
export const Role = z.enum(['guest', 'viewer', 'operator', 'owner']);
export type Role = z.infer<typeof Role>;

/** Somebody Chiffon knows, from the configuration. */
export interface Person {
  /** Short and stable: `anna`. */
  readonly id: string;
  readonly name: string;
  readonly role: Role;
}

/** Where words were said or a button was pressed. */
export const Surface = z.enum(['console', 'terminal', 'api', 'discord', 'matrix']);
export type Surface = z.infer<typeof Surface>;
