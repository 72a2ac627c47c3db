import { readFile } from 'node:fs/promises';
import ssh2 from 'ssh2';
import type { HostAddress } from '../host-address.ts';
import { ConnectionFailed } from './connection-failed.ts';

/**
 * The ways to log in to a host, in the order they are tried: its key files, then the agent. A key file that cannot be
 * read is passed over when another way is left.
 *
 * @throws ConnectionFailed with `permission_denied` when no way is left, naming what is wrong with each.
 */
export async function credentialsFor(host: HostAddress): Promise<ssh2.AuthMethod[]> {
  const methods: ssh2.AuthMethod[] = [];
  const troubles: string[] = [];
  for (const file of host.keyFiles) {
    const key = await readPrivateKey(file, host.passphraseFile);
    if (typeof key === 'string') troubles.push(key);
    else methods.push({ type: 'publickey', username: host.user, key } as ssh2.PublicKeyAuthMethod);
  }
  const agent = process.env['SSH_AUTH_SOCK'];
  if (host.agent === true && agent !== undefined && agent !== '') {
    methods.push({ type: 'agent', username: host.user, agent } as ssh2.AgentAuthMethod);
  } else if (host.agent === true) {
    troubles.push('no SSH agent is running (SSH_AUTH_SOCK is not set)');
  }
  if (methods.length > 0) return methods;
  const why =
    troubles.length > 0 ? troubles.join('; ') : 'its configuration names neither a key file nor the agent';
  throw new ConnectionFailed(
    'permission_denied',
    `Chiffon has no key to log in to ${host.name} with: ${why}.`,
  );
}

/** The parsed key, or what is wrong with the file as half a sentence. */
async function readPrivateKey(file: string, passphraseFile?: string): Promise<ssh2.ParsedKey | string> {
  let text: Buffer;
  let passphrase: string | undefined;
  try {
    text = await readFile(file);
  } catch (error) {
    return `key file ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`;
  }
  if (passphraseFile !== undefined) {
    try {
      passphrase = (await readFile(passphraseFile, 'utf8')).split(/\r?\n/)[0];
    } catch (error) {
      return `passphrase file ${passphraseFile} cannot be read (${(error as NodeJS.ErrnoException).code})`;
    }
  }
  const parsed: ssh2.ParsedKey | ssh2.ParsedKey[] | Error = ssh2.utils.parseKey(text, passphrase);
  if (parsed instanceof Error) {
    if (!/passphrase|decrypt|integrity/i.test(parsed.message)) return `${file} is not a private key`;
    return passphraseFile === undefined
      ? `key file ${file} is encrypted and no passphrase file is configured`
      : `the passphrase in ${passphraseFile} does not open ${file}`;
  }
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  return key?.isPrivateKey() === true ? key : `${file} holds a public key; the private one is needed`;
}
