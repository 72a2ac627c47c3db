import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** One usable line of a known-hosts file. */
export interface KnownHostLine {
  /** Zero-based line number in the file. */
  readonly line: number;
  readonly marker: 'revoked' | null;
  readonly patterns: string;
  readonly keyType: string;
  readonly key: Buffer;
}

/** What a known-hosts file says about a key that a host showed. */
export type HostKeyVerdict =
  | { readonly verdict: 'trusted' }
  | { readonly verdict: 'unknown' }
  | { readonly verdict: 'revoked' }
  | { readonly verdict: 'changed'; readonly trusted: readonly string[] };

/** Judges the key a host showed by the lines of a known-hosts file. */
export function judgeHostKey(
  lines: readonly KnownHostLine[],
  address: string,
  port: number,
  key: Buffer,
): HostKeyVerdict {
  const about = lines.filter((line) => namesHost(line.patterns, address, port));
  if (about.some((line) => line.marker === 'revoked' && line.key.equals(key))) return { verdict: 'revoked' };
  const trusted = about.filter((line) => line.marker === null);
  if (trusted.some((line) => line.key.equals(key))) return { verdict: 'trusted' };
  if (trusted.length === 0) return { verdict: 'unknown' };
  return { verdict: 'changed', trusted: trusted.map((line) => fingerprint(line.key)) };
}

/**
 * Reads the format of OpenSSH (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). Comments, blank lines and certificate
 * authorities are passed over; so is what cannot be read, because a line nobody understands trusts nobody.
 */
export function parseKnownHosts(text: string): KnownHostLine[] {
  return text.split('\n').flatMap((raw, line) => {
    const words = raw.trim().split(/\s+/);
    if (words[0] === '' || words[0]?.startsWith('#')) return [];
    const marker = words[0]?.startsWith('@') ? words.shift() : undefined;
    if (marker !== undefined && marker !== '@revoked') return [];
    const [patterns, keyType, base64] = words;
    if (patterns === undefined || keyType === undefined || base64 === undefined) return [];
    const key = Buffer.from(base64, 'base64');
    if (keyTypeOf(key) !== keyType) return [];
    return [{ line, marker: marker === '@revoked' ? ('revoked' as const) : null, patterns, keyType, key }];
  });
}

/** Whether the first field of a line names this host: plain, `[host]:port`, wildcards, negations or hashed. */
export function namesHost(patterns: string, address: string, port: number): boolean {
  const name = hostField(address, port);
  if (patterns.startsWith('|1|')) return hashedNameIs(patterns, name);
  let named = false;
  for (const pattern of patterns.split(',')) {
    const negated = pattern.startsWith('!');
    if (!wildcard(negated ? pattern.slice(1) : pattern).test(name)) continue;
    if (negated) return false;
    named = true;
  }
  return named;
}

/** How a host is written in the file: the bare name on port 22, otherwise `[name]:port`. */
export function hostField(address: string, port: number): string {
  const name = address.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

/** The line that trusts a key. */
export function knownHostsLine(address: string, port: number, key: Buffer): string {
  return `${hostField(address, port)} ${keyTypeOf(key)} ${key.toString('base64')}`;
}

/** `SHA256:…` without padding, as ssh-keygen -l prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The key type at the head of a public key blob (RFC 4253, section 6.6); empty when there is none. */
export function keyTypeOf(key: Buffer): string {
  if (key.length < 4) return '';
  const length = key.readUInt32BE(0);
  return length > 64 || key.length < 4 + length ? '' : key.toString('latin1', 4, 4 + length);
}

function hashedNameIs(field: string, name: string): boolean {
  const [, , salt, hash] = field.split('|');
  if (salt === undefined || hash === undefined) return false;
  const wanted = Buffer.from(hash, 'base64');
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return wanted.length === actual.length && timingSafeEqual(wanted, actual);
}

function wildcard(pattern: string): RegExp {
  const source = pattern
    .toLowerCase()
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`);
}
