import type { WrittenFile } from '../judge-written-file.ts';
import type { Fields } from '../read-yaml.ts';
import type { Finding } from '../shell/verdict.ts';

/** What a module of Ansible amounts to, in terms that other judges judge. */
export interface Deeds {
  /** Programs with their words that would do the same. */
  readonly calls?: readonly (readonly string[])[];
  /** Lines or scripts for a shell. */
  readonly texts?: readonly string[];
  readonly files?: readonly WrittenFile[];
  readonly findings?: readonly Finding[];
}

/** How modules are judged. Every rule shows tasks it is for and tasks it leaves alone; `checkModuleRules` tries them. */
export interface ModuleRule {
  /** Stable: `module.files`. */
  readonly name: string;
  /** Names without their collection. */
  readonly modules: readonly string[];
  /** Completes "It …": "changes files". */
  readonly says: string;
  /** Set when the modules may be allowed if everything they amount to is. */
  readonly looks?: true;
  /** Set when the modules act on a service they reach over the network, and not on the machine they run on. */
  readonly reachesOut?: true;
  readonly does: (args: Fields) => Deeds;
  /** Tasks that are allowed when the rule looks, and denied when it doesn't. */
  readonly match: readonly string[];
  /** Tasks that look similar and are not. */
  readonly notMatch: readonly string[];
}
