import type { Config, ConfiguredHost } from '#platform/config/config.ts';
import type { Terminal } from './output.ts';

/** The machine `--host` names, the default one without it; null, after a remark, when it is not clear which is meant. */
export function hostOf(
  config: Config,
  named: string | undefined,
  command: string,
  terminal: Terminal,
): ConfiguredHost | null {
  const { hosts, defaultHost } = config;
  const wanted = named ?? defaultHost ?? (hosts.length === 1 ? hosts[0]?.name : undefined);
  const found = hosts.find(
    ({ name, aliases }) => name === wanted || aliases.some((alias) => alias === wanted),
  );
  if (found !== undefined) return found;
  const known = hosts.map(({ name }) => name).join(', ') || 'none yet';
  terminal.remark(
    `Name one of the configured machines: ${known}. For example: npm run -s chiffon -- ${command} --host ${hosts[0]?.name ?? 'n100'}`,
  );
  return null;
}
