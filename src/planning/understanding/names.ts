import type { Catalog } from '../catalog/catalog.ts';
import { compactName } from '../catalog/compact-name.ts';

/** The configured house as far as words are concerned. */
export interface House {
  readonly hosts: readonly { readonly name: string; readonly aliases: readonly string[] }[];
  /** Names of the services that are known to run in it. */
  readonly services?: readonly string[];
  /** Who lives in it. */
  readonly people?: readonly { readonly id: string; readonly name: string }[];
}

/** Everything that has a name, by the compact form people's spellings share. */
export interface Names {
  readonly services: ReadonlyMap<string, string>;
  /** "password manager" → the services that are one. */
  readonly kinds: ReadonlyMap<string, readonly string[]>;
  readonly hosts: ReadonlyMap<string, string>;
  /** Ids of people by what they are called: their id, or their first name. */
  readonly people: ReadonlyMap<string, string>;
  title(service: string): string;
  readonly inCatalog: ReadonlySet<string>;
}

/** What machines in homelabs are commonly called; recognised also when they are not configured. */
const commonHosts = [
  'n100',
  'n305',
  'nas',
  'nuc',
  'proxmox',
  'pve',
  'truenas',
  'unraid',
  'synology',
  'qnap',
  'homeserver',
  'rpi',
  'raspberrypi',
  'vps',
  'pi',
];

export function collectNames(catalog: Catalog, house: House): Names {
  const services = new Map<string, string>();
  const kinds = new Map<string, string[]>();
  const titles = new Map<string, string>();
  for (const service of catalog.services) {
    titles.set(service.name, service.title);
    for (const name of [service.name, service.title, ...service.aliases])
      services.set(compactName(name), service.name);
    for (const kind of service.kinds) {
      const key = compactName(kind);
      kinds.set(key, [...(kinds.get(key) ?? []), service.name]);
    }
  }
  for (const name of house.services ?? []) {
    if (!services.has(compactName(name))) services.set(compactName(name), name);
  }
  for (const key of services.keys()) kinds.delete(key);

  const hosts = new Map<string, string>();
  for (const name of commonHosts) if (!services.has(name)) hosts.set(name, name);
  for (const host of house.hosts) {
    for (const name of [...host.aliases, host.name]) hosts.set(compactHost(name), host.name);
  }
  const people = new Map<string, string>();
  for (const { id, name } of house.people ?? []) {
    for (const called of [name.split(/\s+/)[0] ?? '', id]) {
      const key = called.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
      if (!services.has(key) && !hosts.has(key)) people.set(key, id);
    }
  }
  return {
    services,
    kinds,
    hosts,
    people,
    title: (service) => titles.get(service) ?? service,
    inCatalog: new Set(catalog.services.map((service) => service.name)),
  };
}

/** A host's name as typed: dots matter in it, spaces do not. */
export function compactHost(name: string): string {
  return name.toLowerCase().replace(/\s+/g, '');
}
