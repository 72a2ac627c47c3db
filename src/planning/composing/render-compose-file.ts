import { stringify } from 'yaml';
import type { ServiceEntry } from '../catalog/service-entry.ts';

/** The compose.yaml of one catalog service. Data lives in folders beside it, under `./data`. */
export function renderComposeFile(
  entry: ServiceEntry,
  on: { readonly port: number /** Reached on the machine itself only. */; readonly loopback: boolean },
): string {
  const address = on.loopback ? '127.0.0.1:' : '';
  const environment = [
    ...Object.entries(entry.environment).map(([name, value]) => `${name}=${escapeDollars(String(value))}`),
    // What the owner provides is read from the .env file beside this one and never passes through Chiffon.
    ...entry.needs.map((need) => `${need.name}=\${${need.name}:?${plainWords(need.why)}}`),
  ];
  const service = {
    image: entry.image,
    container_name: entry.name,
    restart: 'unless-stopped',
    ...(entry.user !== undefined && { user: entry.user }),
    ...(entry.command !== undefined && { command: entry.command.map(escapeDollars) }),
    ports: [
      `${address}${on.port}:${entry.port.container}`,
      ...entry.ports.map(
        ({ host, container, protocol }) =>
          `${address}${host}:${container}${protocol === 'udp' ? '/udp' : ''}`,
      ),
    ],
    ...(entry.volumes.length > 0 && {
      volumes: entry.volumes.map((volume) => `./data/${volume.name}:${volume.path}`),
    }),
    ...(environment.length > 0 && { environment }),
  };
  return stringify({ services: { [entry.name]: service } }, { lineWidth: 0 });
}

/** Compose reads `$` as the start of a variable; doubled it is itself. */
function escapeDollars(text: string): string {
  return text.replaceAll('$', '$$$$');
}

/** A variable's error message must not hold what would end it. */
function plainWords(text: string): string {
  return text.replace(/[${}\n]/g, ' ');
}
