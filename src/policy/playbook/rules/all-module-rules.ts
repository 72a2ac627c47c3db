import type { ModuleRule } from '../module-rule.ts';
import { commandRules } from './commands.ts';
import { containerRules } from './containers.ts';
import { fileRules } from './files.ts';
import { lookRules } from './looks.ts';
import { serviceRules } from './services.ts';
import { storageRules } from './storage.ts';

export const moduleRules: readonly ModuleRule[] = [
  ...commandRules,
  ...fileRules,
  ...serviceRules,
  ...storageRules,
  ...containerRules,
  ...lookRules,
];

const byModule = new Map(
  moduleRules.flatMap((rule) => rule.modules.map((module) => [module, rule] as const)),
);

/** Collections whose modules are what their names say. */
const known =
  /^(ansible\.(builtin|legacy|posix|windows|utils|netcommon)|community\.[a-z]+|kubernetes\.core|containers\.podman)\./;

/** The rule for a module, by its short or whole name; only a module of a known collection may be one that looks. */
export function ruleForModule(
  name: string,
): { readonly rule: ModuleRule; readonly trusted: boolean } | undefined {
  const short = name.split('.').at(-1) ?? name;
  const rule = byModule.get(short);
  return rule && { rule, trusted: !name.includes('.') || known.test(name) };
}
