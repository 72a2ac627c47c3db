import { readFile, rm, writeFile } from 'node:fs/promises';
import ssh2 from 'ssh2';

/** An ed25519 key pair in OpenSSH format: the private key, and the line for authorized_keys. */
export interface KeyPair {
  readonly private: string;
  readonly public: string;
}

/** The key pair in `<file>` and `<file>.pub`, made on the first call and whenever what is there is no usable pair. */
export async function keptKeyPair(file: string): Promise<KeyPair> {
  const kept = { private: await textOf(file), public: await textOf(`${file}.pub`) };
  if (isUsable(kept)) return kept;
  const made = freshKeyPair();
  // A file that is there already would keep its own mode.
  await rm(file, { force: true });
  await writeFile(`${file}.pub`, `${made.public}\n`, { mode: 0o644 });
  await writeFile(file, made.private, { mode: 0o600 });
  return made;
}

/**
 * A new key pair. About one in 256 that ssh2 1.17 makes can't be read by anybody, because it drops a leading zero byte
 * of the public key (https://github.com/mscdex/ssh2/issues/1513): those are thrown away.
 */
export function freshKeyPair(): KeyPair {
  for (;;) {
    const made = ssh2.utils.generateKeyPairSync('ed25519', { comment: 'chiffon sandbox' });
    if (isUsable(made)) return made;
  }
}

function isUsable(pair: KeyPair): boolean {
  return [pair.private, pair.public].every((text) => !(ssh2.utils.parseKey(text) instanceof Error));
}

async function textOf(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
}
