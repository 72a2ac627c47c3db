import type { PhoneSetting } from './alert-settings.ts';
import type { Secret } from './secret.ts';
import type { HostSetting, PersonSetting, Settings } from './settings.ts';

/**
 * The configuration in force: defaults filled in, every path absolute, every secret read. Made once by `loadConfig`
 * and handed on in parts; nothing else reads files or the environment for settings.
 */
export interface Config
  extends Omit<
    Settings,
    | 'console'
    | 'people'
    | 'hosts'
    | 'knownHostsFile'
    | 'discord'
    | 'matrix'
    | 'phones'
    | 'heartbeat'
    | 'timeZone'
    | 'database'
    | 'queue'
    | 'gitTrail'
  > {
  /** The folder relative paths count from. */
  readonly folder: string;
  readonly console: Settings['console'] & {
    /** The owner's token, when one is given; otherwise Chiffon makes one. */
    readonly token: Secret | null;
  };
  readonly people: readonly ConfiguredPerson[];
  readonly hosts: readonly ConfiguredHost[];
  readonly knownHostsFile: string;
  readonly discord: Settings['discord'] & {
    /** Null: Chiffon is not on Discord. */
    readonly token: Secret | null;
  };
  readonly matrix: Settings['matrix'] & {
    /** Null: Chiffon is not on Matrix. */
    readonly token: Secret | null;
  };
  readonly phones: readonly ConfiguredPhone[];
  readonly heartbeat: Settings['heartbeat'] & {
    /** Null: nobody watches. */
    readonly url: Secret | null;
  };
  /** An IANA name. */
  readonly timeZone: string;
  readonly database: Settings['database'] & {
    /** `postgres://…`; null means the embedded PostgreSQL. */
    readonly url: Secret | null;
    /** The same database for the role that owns its tables; null when `url` is that role's. */
    readonly ownerUrl: Secret | null;
  };
  readonly queue: Settings['queue'] & {
    /** `redis://…`; null means the queue lives in PostgreSQL. */
    readonly url: Secret | null;
  };
  readonly gitTrail: Omit<Settings['gitTrail'], 'folder'> & {
    /** Where the repository is. */
    readonly folder: string;
  };
}

export interface ConfiguredPerson extends PersonSetting {
  /** What this person signs in with, when a file is named for it. */
  readonly token: Secret | null;
}

export interface ConfiguredHost extends HostSetting {
  readonly passphrase: Secret | null;
}

export interface ConfiguredPhone extends PhoneSetting {
  readonly token: Secret | null;
  readonly user: Secret | null;
  readonly url: Secret | null;
}

/** Every secret the configuration holds, for the redactor. */
export function secretsOf(config: Config): Secret[] {
  const all = [
    config.console.token,
    config.database.url,
    config.database.ownerUrl,
    config.queue.url,
    config.discord.token,
    config.matrix.token,
    config.heartbeat.url,
    ...config.phones.flatMap((phone) => [phone.token, phone.user, phone.url]),
    ...config.people.map((person) => person.token),
    ...config.hosts.map((host) => host.passphrase),
  ];
  return all.filter((secret) => secret !== null);
}
