import { z } from 'zod';

/** A service found on a host. */
export const HostService = z.strictObject({
  /** The catalog's name when it is known there, otherwise the container's or folder's own. */
  name: z.string(),
  manager: z.enum(['compose', 'docker', 'process']),
  state: z.enum(['running', 'stopped', 'unknown']),
  /** What it is called on the host: container name or folder. */
  unit: z.string(),
  port: z.number().int().nullable(),
  image: z.string().nullable(),
});
export type HostService = z.infer<typeof HostService>;

/** What read-only probes saw on a host. */
export const HostFacts = z.strictObject({
  host: z.string(),
  at: z.iso.datetime(),
  os: z.string(),
  arch: z.string(),
  user: z.string(),
  home: z.string(),
  /** The address under which the host's services are opened. */
  address: z.string(),
  docker: z.boolean(),
  compose: z.boolean(),
  /** Version without the leading v, or null. */
  node: z.string().nullable(),
  npm: z.boolean(),
  memoryTotalMb: z.number().nullable(),
  memoryFreeMb: z.number().nullable(),
  diskTotalMb: z.number().nullable(),
  diskFreeMb: z.number().nullable(),
  listeningPorts: z.array(z.number().int()),
  /** Other programs that matter to plans: qm, kubectl, apt-get, systemctl … */
  tools: z.array(z.string()),
  services: z.array(HostService),
});
export type HostFacts = z.infer<typeof HostFacts>;
