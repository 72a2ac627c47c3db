import type { Catalog } from '../catalog/catalog.ts';
import type { Item } from './items.ts';
import type { House } from './names.ts';
import { sayIntent } from './say-intent.ts';

/** What can be asked for instead of something refused. */
export function safeSuggestions(
  context: { readonly catalog: Catalog; readonly house: House },
  items: readonly Item[],
): readonly string[] {
  const host =
    items.flatMap((item) => (item.kind === 'host' ? [item.host] : []))[0] ?? context.house.hosts[0]?.name;
  const service = items.flatMap((item) => (item.kind === 'service' ? item.names : []))[0];
  const at = host === undefined ? {} : { host };
  const wanted = [
    ...(service === undefined ? [] : [{ command: 'restart', inputs: { service, ...at } }]),
    { command: 'containers', inputs: at },
    { command: 'disk', inputs: at },
    { command: 'updates', inputs: at },
  ];
  return wanted
    .filter(({ command }) => context.catalog.commands.some((one) => one.command === command))
    .slice(0, 3)
    .map((intent) => sayIntent(context.catalog, intent));
}
