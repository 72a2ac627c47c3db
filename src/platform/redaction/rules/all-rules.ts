import type { SecretRule } from '../secret-rule.ts';
import { addressRules } from './address-rules.ts';
import { assignmentRules } from './assignment-rules.ts';
import { commandRules } from './command-rules.ts';
import { hashRules } from './hash-rules.ts';
import { keyRules } from './key-rules.ts';
import { kubernetesRules } from './kubernetes-rules.ts';
import { libraryRules } from './library-rules.ts';
import { tokenRules } from './token-rules.ts';

/** Every kind of secret that is told by how it looks. */
export const allRules: readonly SecretRule[] = [
  ...libraryRules,
  ...tokenRules,
  ...keyRules,
  ...kubernetesRules,
  ...hashRules,
  ...addressRules,
  ...commandRules,
  ...assignmentRules,
];
