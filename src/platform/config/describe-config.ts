import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Config } from './config.ts';
import { Secret } from './secret.ts';
import { secretVariables } from './settings.ts';
import { leaves } from './settings-tree.ts';
import { valueAt } from './source.ts';

/** One key as it is in force. */
export interface DescribedSetting {
  /** `console.port` */
  readonly key: string;
  /** In words; a secret is described by where it comes from. */
  readonly value: string;
  readonly isDefault: boolean;
  /** What the key is about: the comment of the sample. */
  readonly words: string;
}

/** Every key with the value in force, secrets left out, for the settings page. People and hosts have pages of their own. */
export function describeConfig(config: Config): DescribedSetting[] {
  return leaves()
    .filter(({ node }) => node.items?.properties === undefined)
    .map(({ key, node }) => {
      const words = node.description ?? '';
      if (Object.hasOwn(secretVariables, key)) {
        const secret = secretBehind(config, key);
        return {
          key,
          value: secret === null ? 'not set' : `set by ${secret.origin}`,
          isDefault: secret === null,
          words,
        };
      }
      const value = valueAt(config, key.split('.'));
      return {
        key,
        value: inWords(value),
        isDefault: isDeepStrictEqual(value, defaultInForce(config, key, node.default)),
        words,
      };
    });
}

function secretBehind(config: Config, key: string): Secret | null {
  const secrets: Readonly<Record<keyof typeof secretVariables, Secret | null>> = {
    'console.tokenFile': config.console.token,
    'database.urlFile': config.database.url,
    'database.ownerUrlFile': config.database.ownerUrl,
    'queue.urlFile': config.queue.url,
    'discord.tokenFile': config.discord.token,
    'matrix.tokenFile': config.matrix.token,
    'heartbeat.urlFile': config.heartbeat.url,
  };
  return secrets[key as keyof typeof secretVariables];
}

/** Some defaults depend on other things: folders are made absolute, trusted host keys live with the data. */
function defaultInForce(config: Config, key: string, standard: unknown): unknown {
  if (key === 'data') return path.resolve(config.folder, String(standard));
  if (key === 'knownHostsFile') return path.join(config.data, 'known_hosts');
  if (key === 'gitTrail.folder') return path.join(config.data, 'git-trail');
  if (key === 'timeZone') return Intl.DateTimeFormat().resolvedOptions().timeZone;
  return standard;
}

function inWords(value: unknown): string {
  if (value === null) return 'not set';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(inWords).join(', ');
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  throw new Error('a group of keys has no value of its own');
}
