import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  fingerprint,
  judgeHostKey,
  knownHostsLine,
  namesHost,
  parseKnownHosts,
} from '#executors/ssh/known-hosts.ts';
import { writeTrustedKey } from '#executors/ssh/trust-host-key.ts';

/** A public key blob of a type, told apart by one word. */
function key(type: string, word: string): Buffer {
  const part = (text: string) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(Buffer.byteLength(text));
    return Buffer.concat([length, Buffer.from(text)]);
  };
  return Buffer.concat([part(type), part(word)]);
}

const ours = key('ssh-ed25519', 'ours');
const theirs = key('ssh-ed25519', 'theirs');
const rsa = key('ssh-rsa', 'ours');
const line = (names: string, of: Buffer, type = 'ssh-ed25519') => `${names} ${type} ${of.toString('base64')}`;
const hashed = (name: string) => {
  const salt = Buffer.from('salt of twenty bytes');
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
};

describe('who is known', () => {
  it.each([
    ['n100', 'n100', 22, true],
    ['n100,10.0.0.7', '10.0.0.7', 22, true],
    ['n100', 'N100', 22, true],
    ['n100', 'n100', 2222, false],
    ['[n100]:2222', 'n100', 2222, true],
    ['[n100]:2222', 'n100', 22, false],
    ['*.lan', 'nas.lan', 22, true],
    ['*.lan,!nas.lan', 'nas.lan', 22, false],
    ['10.0.0.?', '10.0.0.7', 22, true],
    ['10.0.0.?', '10.0.0.77', 22, false],
    ['n.00', 'n100', 22, false],
    [hashed('n100'), 'n100', 22, true],
    [hashed('n100'), 'n101', 22, false],
    [hashed('[n100]:2222'), 'n100', 2222, true],
  ])('%s names %s on port %i: %s', (patterns, address, port, named) => {
    expect(namesHost(patterns, address, port)).toBe(named);
  });

  it.each([
    ['trusted', line('n100', ours)],
    ['trusted', `# comment\n\n${line('n100', theirs)}\n${line('n100', ours)} a comment`],
    ['unknown', ''],
    ['unknown', line('other', ours)],
    ['unknown', `@cert-authority ${line('n100', ours)}`],
    ['unknown', 'n100 ssh-ed25519 not-a-key'],
    ['unknown', `n100 ssh-rsa ${ours.toString('base64')}`],
    ['changed', line('n100', theirs)],
    ['changed', line('n100', rsa, 'ssh-rsa')],
    ['revoked', `@revoked ${line('*', ours)}\n${line('n100', ours)}`],
  ])('the key is %s', (verdict, text) => {
    expect(judgeHostKey(parseKnownHosts(text), 'n100', 22, ours).verdict).toBe(verdict);
  });

  it('names the fingerprints that were trusted when a key changed', () => {
    const judged = judgeHostKey(parseKnownHosts(line('n100', theirs)), 'n100', 22, ours);
    expect(judged).toEqual({ verdict: 'changed', trusted: [fingerprint(theirs)] });
  });
});

describe('trusting a key', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chiffon-known-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('replaces the keys of that host and leaves every other line alone', async () => {
    const file = join(folder, 'deep', 'known_hosts');
    await writeTrustedKey(file, 'n100', 22, theirs);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const others = `# mine\n${line('nas,n100', theirs)}\n${line(hashed('n100'), theirs)}\n@revoked ${line('n100', rsa, 'ssh-rsa')}\n`;
    writeFileSync(file, `${others}${line('[n100]:2222', theirs)}\n`);
    await writeTrustedKey(file, 'n100', 22, ours);
    expect(readFileSync(file, 'utf8').split('\n')).toEqual([
      '# mine',
      line('nas', theirs),
      `@revoked ${line('n100', rsa, 'ssh-rsa')}`,
      line('[n100]:2222', theirs),
      knownHostsLine('n100', 22, ours),
      '',
    ]);
  });
});
