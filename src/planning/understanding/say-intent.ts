import type { Intent } from '#core/intent.ts';
import type { Catalog } from '../catalog/catalog.ts';

/** A request in words that is understood as exactly this intent: "restart plex on n100". */
export function sayIntent(catalog: Catalog, intent: Intent): string {
  const { service, host, port, vm } = intent.inputs;
  const command = catalog.commands.find((one) => one.command === intent.command);
  const template = command?.say ?? intent.command;
  const words = template.replace(/\{([a-z_]+)\}/g, (whole, name: string) =>
    String(intent.inputs[name] ?? whole),
  );
  const about = service !== undefined && !template.includes('{service}') ? ` of ${service}` : '';
  const machine = vm !== undefined && !template.includes('{vm}') ? ` for vm ${vm}` : '';
  const where = host !== undefined && !template.includes('{host}') ? ` on ${host}` : '';
  const door = port !== undefined && !template.includes('{port}') ? ` at port ${port}` : '';
  return `${words}${about}${machine}${where}${door}`;
}
