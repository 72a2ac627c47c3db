import type { Intent } from '#core/intent.ts';
import type { KnownHost } from '#flow/planner-port.ts';
import type { House } from './house.ts';

/**
 * The intents with what somebody asked to be different, in words such as "use port 3100" or "on the nas instead". Null
 * when that can't be made out: a wish that is only half understood changes nothing.
 */
export function amendIntents(
  intents: readonly Intent[],
  comment: string,
  house: House,
): readonly Intent[] | null {
  // What is not wanted any more names no wish: "instead of sandbox", "not port 3001".
  const text = ` ${comment.toLowerCase().replace(/(?:instead of|rather than|but not|not)\s+(?:(?:on|to|at|with|the|port|host)\s+)*[\w.-]+/g, ' ')} `;
  const port = onlyOne(
    [...text.matchAll(/\bport(?:\s+(?:number|no\.?|to|should be|=))*\s*(\d{1,5})\b/g)].map((match) =>
      Number(match[1]),
    ),
  );
  const hosts = house.hosts.filter((host) => isNamed(host, text));
  const services = [...new Set(namedServices(text, house))];
  if (port === 'several' || hosts.length > 1 || services.length > 1) return null;
  const [host] = hosts;
  const [service] = services;
  if (port === null && !host && service === undefined) return null;

  const takesPort = intents.filter((intent) => 'port' in (house.command(intent.command)?.inputs ?? {}));
  if (port !== null && takesPort.length !== 1) return null;
  if (port !== null && (port < 1 || port > 65_535)) return null;
  const serviceIntents = intents.filter((intent) => intent.inputs['service'] !== undefined);
  const nameOnlySelects = serviceIntents.some((intent) => intent.inputs['service'] === service);
  if (service !== undefined && !nameOnlySelects && serviceIntents.length !== 1) return null;

  const amended = intents.map((intent) => {
    // "jellyfin on the nas, please": a service of the plan that is named says which part is meant.
    if (service !== undefined && nameOnlySelects && intent.inputs['service'] !== service) return intent;
    const inputs = { ...intent.inputs };
    if (port !== null && takesPort.includes(intent)) inputs['port'] = port;
    if (host) inputs['host'] = host.name;
    if (service !== undefined && serviceIntents.includes(intent)) inputs['service'] = service;
    return { ...intent, inputs };
  });
  return JSON.stringify(amended) === JSON.stringify(intents) ? null : amended;
}

function isNamed(host: KnownHost, text: string): boolean {
  return [host.name, ...host.aliases].some((name) => hasWord(text, name));
}

function namedServices(text: string, house: House): readonly string[] {
  return house.catalog.services.flatMap((service) =>
    [service.name, service.title, ...service.aliases].some((name) => hasWord(text, name))
      ? [service.name]
      : [],
  );
}

function hasWord(text: string, name: string): boolean {
  const at = text.indexOf(name.toLowerCase());
  if (at < 0) return false;
  const around = `${text[at - 1] ?? ' '}${text[at + name.length] ?? ' '}`;
  return !/[\p{L}\p{N}_-]/u.test(around);
}

function onlyOne(numbers: readonly number[]): number | null | 'several' {
  const different = [...new Set(numbers)];
  return different.length > 1 ? 'several' : (different[0] ?? null);
}
