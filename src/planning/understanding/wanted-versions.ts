import type { Catalog } from '../catalog/catalog.ts';
import type { ServiceEntry } from '../catalog/service-entry.ts';
import type { Item } from './items.ts';
import { type Ask, isAsk, type Said } from './said.ts';
import type { Clause } from './split-clauses.ts';

/** The versions of a service that a plan would bring: of its image, and of its package where there is one. */
export function catalogVersions(catalog: Catalog, service: string): readonly string[] {
  const entry = catalog.services.find((one) => one.name === service);
  if (entry === undefined) return [];
  return [versionOf(entry), ...(entry.npm === undefined ? [] : [entry.npm.version])];
}

/**
 * Makes a question of every change that was asked for with a version the catalog does not bring anyway: a version can't
 * be chosen from chat, and dropping it silently would carry out something else than what was said.
 */
export function askAboutVersions(catalog: Catalog, said: readonly Said[], clauses: readonly Clause[]): void {
  for (const [index, clause] of clauses.entries()) {
    const wanted = clause.items.findLast((item) => item.kind === 'version');
    if (wanted?.kind !== 'version') continue;
    const own = said.find((one) => one.clause === clause);
    const namesOther = clause.items.some((item) => item.kind === 'service');
    const before = namesOther ? undefined : said.find((one) => one.clause === clauses[index - 1]);
    const one = own ?? before;
    if (one === undefined || one.match?.pattern.meaning.risk === 'read') continue;
    const last = one.parts.findLastIndex((part) => !isAsk(part) && part.inputs['service'] !== undefined);
    one.parts = one.parts.map((part, at) => (at === last ? askFor(catalog, part, wanted) : part));
  }
}

function askFor(
  catalog: Catalog,
  part: Said['parts'][number],
  wanted: Extract<Item, { kind: 'version' }>,
): Said['parts'][number] | Ask {
  const service = part.inputs['service'];
  if (isAsk(part) || service === undefined) return part;
  const offered = catalogVersions(catalog, String(service));
  if (offered.length > 0 && offered.every((version) => isSame(wanted.version, version))) return part;
  const { service: _, ...inputs } = part.inputs;
  const missing = { kind: 'version', said: wanted.version, services: [String(service)] } as const;
  return { command: part.command, missing, inputs, firm: true };
}

/** "30" and "v30.0" are the same as "30.0.4" as far as they go. */
function isSame(wanted: string, offered: string): boolean {
  const plain = (version: string) => version.toLowerCase().replace(/^(?:version-?|v)(?=\d)/, '');
  const [a, b] = [plain(wanted), plain(offered)];
  return b === a || b.startsWith(`${a}.`) || b.startsWith(`${a}-`);
}

function versionOf(entry: ServiceEntry): string {
  return entry.image.slice(entry.image.lastIndexOf(':') + 1);
}
