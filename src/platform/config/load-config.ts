import { homedir } from 'node:os';
import path from 'node:path';
import { checkHouse } from './check-house.ts';
import type { Config } from './config.ts';
import type { Environment } from './environment.ts';
import type { Mistake } from './mistake.ts';
import { type Flags, readOverrides } from './overrides.ts';
import { readSecrets } from './read-secrets.ts';
import type { Secret } from './secret.ts';
import { Settings } from './settings.ts';
import { readSettingsFile } from './settings-file.ts';
import { createSource } from './source.ts';
import { wordIssue } from './word-issue.ts';

export type LoadedConfig =
  | {
      readonly ok: true;
      readonly config: Config;
      /** The absolute path of the file that was read; null when there is none. */
      readonly file: string | null;
      /** What works but should be put right, such as a secret file that others can read. */
      readonly warnings: readonly Mistake[];
    }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

/**
 * Reads the configuration once: the file, then the environment over it, then the command line over both. Answers
 * either a complete configuration or all mistakes together, each with its place and its remedy.
 *
 * `file` names the configuration file; without it `config/chiffon.yaml` under `cwd` is read when it exists.
 */
export function loadConfig(from: {
  readonly file?: string | undefined;
  readonly environment: Environment;
  readonly cwd: string;
  readonly flags?: Flags | undefined;
}): LoadedConfig {
  const home = from.environment['HOME'] || homedir();
  const absolute = (file: string): string => absolutePath(file, from.cwd, home);

  const file = readSettingsFile(from.file, from.cwd, absolute);
  const source = createSource(file, readOverrides(from.flags ?? {}, from.environment));
  const parsed = Settings.safeParse(source.raw);
  const secrets = readSecrets(source, from.environment, absolute);
  const mistakes = [
    ...file.mistakes,
    ...(parsed.error?.issues.flatMap((issue) => wordIssue(issue, source)) ?? []),
    ...checkHouse(source, secrets),
    ...secrets.mistakes,
  ];
  if (mistakes.length > 0 || !parsed.success) return { ok: false, mistakes: inReadingOrder(mistakes) };
  return {
    ok: true,
    config: complete(parsed.data, { folder: from.cwd, absolute, secrets: secrets.found }),
    file: file.path,
    warnings: inReadingOrder(secrets.warnings),
  };
}

/** Makes paths absolute, names canonical and puts every secret beside the key that named it. */
function complete(
  settings: Settings,
  with_: { folder: string; absolute: (file: string) => string; secrets: ReadonlyMap<string, Secret> },
): Config {
  const { folder, absolute, secrets } = with_;
  const optional = (file: string | null): string | null => (file === null ? null : absolute(file));
  const secret = (key: string): Secret | null => secrets.get(key) ?? null;
  const canonical = (name: string | null): string | null =>
    settings.hosts.find((host) => [host.name, ...host.aliases].some((other) => sameName(other, name)))
      ?.name ?? null;

  const data = absolute(settings.data);
  return {
    ...settings,
    folder,
    data,
    console: {
      ...settings.console,
      tokenFile: optional(settings.console.tokenFile),
      token: secret('console.tokenFile'),
    },
    people: settings.people.map((person, i) => ({
      ...person,
      tokenFile: optional(person.tokenFile),
      token: secret(`people.${i}.tokenFile`),
    })),
    hosts: settings.hosts.map((host, i) => ({
      ...host,
      keyFiles: host.keyFiles.map(absolute),
      passphraseFile: optional(host.passphraseFile),
      passphrase: secret(`hosts.${i}.passphraseFile`),
      jump: canonical(host.jump),
    })),
    defaultHost: canonical(settings.defaultHost),
    knownHostsFile: optional(settings.knownHostsFile) ?? path.join(data, 'known_hosts'),
    commandsFolder: optional(settings.commandsFolder),
    discord: {
      ...settings.discord,
      tokenFile: optional(settings.discord.tokenFile),
      token: secret('discord.tokenFile'),
    },
    matrix: {
      ...settings.matrix,
      tokenFile: optional(settings.matrix.tokenFile),
      token: secret('matrix.tokenFile'),
    },
    phones: settings.phones.map((phone, i) => ({
      ...phone,
      tokenFile: optional(phone.tokenFile),
      userFile: optional(phone.userFile),
      urlFile: optional(phone.urlFile),
      token: secret(`phones.${i}.tokenFile`),
      user: secret(`phones.${i}.userFile`),
      url: secret(`phones.${i}.urlFile`),
    })),
    heartbeat: {
      ...settings.heartbeat,
      urlFile: optional(settings.heartbeat.urlFile),
      url: secret('heartbeat.urlFile'),
    },
    timeZone: settings.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    database: {
      urlFile: optional(settings.database.urlFile),
      url: secret('database.urlFile'),
      ownerUrlFile: optional(settings.database.ownerUrlFile),
      ownerUrl: secret('database.ownerUrlFile'),
    },
    gitTrail: {
      ...settings.gitTrail,
      folder: optional(settings.gitTrail.folder) ?? path.join(data, 'git-trail'),
      signingKey: optional(settings.gitTrail.signingKey),
    },
    queue: { urlFile: optional(settings.queue.urlFile), url: secret('queue.urlFile') },
  };
}

/** Whether two host names mean the same: people don't mind capitals, and neither does the network. */
function sameName(a: string, b: string | null): boolean {
  return a.toLowerCase() === b?.toLowerCase();
}

function absolutePath(file: string, cwd: string, home: string): string {
  if (file === '~') return home;
  if (file.startsWith('~/')) return path.join(home, file.slice(2));
  return path.resolve(cwd, file);
}

function inReadingOrder(mistakes: readonly Mistake[]): Mistake[] {
  return mistakes.toSorted((a, b) =>
    a.file === b.file ? (a.line ?? 0) - (b.line ?? 0) : a.file < b.file ? -1 : 1,
  );
}
