import type { ErrorClass } from './task.ts';

/** Classes of errors in words. */
export const errorWords: Readonly<Record<ErrorClass, string>> = {
  permission_denied: 'Permission denied',
  missing_file: 'A file is missing',
  command_not_found: 'A program is missing',
  network_error: 'The network did not carry it',
  disk_full: 'The disk is full',
  port_in_use: 'The port is taken',
  timed_out: 'It took too long',
  unhealthy: 'It did not become healthy',
  host_key: 'The host showed another key',
  yaml_parse_error: 'A YAML file cannot be read',
  talos_error: 'Talos reported an error',
  proxmox_error: 'Proxmox reported an error',
  refused_by_policy: 'A rule forbids it',
  outcome_unknown: 'Nobody can say whether it finished',
  unknown: 'The command failed',
};

/** A class of errors in words; one that this build does not know keeps its name. */
export function errorWord(name: string): string {
  return Object.hasOwn(errorWords, name) ? errorWords[name as ErrorClass] : name;
}
