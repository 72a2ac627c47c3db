import type { BlockGrammar, SecretRule, Stretch } from '../secret-rule.ts';

/** How many lines of something else may stand between two lines of a key: other programs write into the same log. */
const mostStrangers = 8;
/** Lines of the longest key, an RSA key of 16,384 bits, with room for other programs' lines. */
const mostLines = 400;

/**
 * The lines of a PEM file, whatever stands before them: a time, a container's name, a JSON member. Only the lines with
 * key material are hidden; the first and last line are the same for everybody.
 */
const pemBlock: BlockGrammar = {
  open() {
    let strangers = 0;
    let lines = 0;
    let material = false;
    return (line) => {
      lines += 1;
      const endAt = line.indexOf('-----END ');
      if (endAt >= 0) return { hidden: keyMaterial(line.slice(0, endAt), material), goesOn: false };
      const hidden = keyMaterial(line, material);
      if (hidden.length > 0 || isHiddenAlready(line)) {
        material = true;
        strangers = 0;
      } else if (!/^[\s|>*#-]*$|: |-----BEGIN /.test(line)) strangers += 1;
      return { hidden, goesOn: strangers <= mostStrangers && lines < mostLines };
    };
  },
};

/** Whether a line is one of the block that was hidden before: who goes on after a crash reads back what was stored. */
function isHiddenAlready(line: string): boolean {
  return line.includes('[secret: ');
}

/** What of a line is base64 of a key: long runs anywhere, and what ends the line; a short one only behind a longer. */
function keyMaterial(line: string, behindMaterial: boolean): readonly Stretch[] {
  const found: Stretch[] = [];
  // The n of an escaped line break is no part of what follows it.
  for (const run of line.matchAll(/\\[nrt]|(?<material>[A-Za-z0-9+/]{40,}={0,2})/g))
    if (run.groups?.['material'] !== undefined) found.push([run.index, run.index + run[0].length]);
  const last =
    /(?:(?<![A-Za-z0-9+/=\\])|(?<=\\[nrt]))(?<material>[A-Za-z0-9+/]{4,}={0,2})(?:\\[nr])*["'}\]),;\s]*$/d.exec(
      line,
    );
  const [start, end] = last?.indices?.groups?.['material'] ?? [0, 0];
  const long = end - start >= 16;
  const short = (behindMaterial || found.length > 0) && (end - start) % 4 === 0;
  if (end > start && (long || short) && !found.some((run) => run[1] >= end)) found.push([start, end]);
  return found;
}

/** Keys that stand in files and logs as several lines, or as one of base64. */
export const keyRules: readonly SecretRule[] = [
  {
    kind: 'private key',
    anchors: ['BEGIN [A-Z]'],
    glance: (text, at) => !text.startsWith('BEGIN CERTIFICATE-', at),
    find: /BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-{4,5}(?<secret>[^-\r\n"'`<]*)/dy,
    continues: /[^-\r\n"'`<]/,
    block: pemBlock,
    examples: {
      secret: [
        '-----BEGIN OPENSSH PRIVATE KEY-----\n«b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW»\n«QyNTUxOQAAACDabcdef==»\n-----END OPENSSH PRIVATE KEY-----',
        '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n«MIIEpAIBAAKCAQEAabcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV»\n«abcdefgh»\n-----END RSA PRIVATE KEY-----',
        'web_1  | -----BEGIN PRIVATE KEY-----\nweb_1  | «MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDabcdefghijklm»\ndb_1   | ready to accept connections\nweb_1  | «c2hvcnQ=»\nweb_1  | -----END PRIVATE KEY-----\n',
        '{"key":"-----BEGIN EC PRIVATE KEY-----«\\nMHcCAQEEIabcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ01\\nabcd\\n»-----END EC PRIVATE KEY-----\\n"}',
        '-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n«lQOYBGabcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ012345»\n-----END PGP PRIVATE KEY BLOCK-----',
      ],
      harmless: [
        '-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJ\n-----END CERTIFICATE-----',
        '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAabcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ=\n-----END PUBLIC KEY-----',
        'BEGIN TRANSACTION',
      ],
    },
  },
  {
    // "-----BEGIN " in base64. Certificates begin the same way, up to the word that follows.
    kind: 'private key',
    anchors: ['LS0tLS1CRUdJTi'],
    find: /LS0tLS1CRUdJTi(?:BQUklWQVRF|BSU0EgUFJJVkFUR|BFQyBQUklWQVRF|BPUEVOU1NIIFBSSVZBVE|BFTkNSWVBURUQgUFJJVkFURS|BFRDI1NTE5IFBSSVZBVE|BEU0EgUFJJVkFUR|BQR1AgUFJJVkFUR)[A-Za-z0-9+/]*={0,2}/dy,
    continues: /[A-Za-z0-9+/=]/,
    examples: {
      secret: [
        '    client-key-data: «LS0tLS1CRUdJTi·BSU0EgUFJJVkFURSBLRVktLS0tLQpNSUlFcEFJQkFBS0NBUUVB»',
        'key: «LS0tLS1CRUdJTi·BFRDI1NTE5IFBSSVZBVEUgS0VZLS0tLS0KTUM0Q0FRQXdCUVlESzJWd0JDSUVJ»',
      ],
      harmless: ['client-certificate-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSURk'],
    },
  },
  {
    kind: 'key',
    anchors: ['-key-data', 'tls.key', 'key.pem'],
    find: /(?:(?<=client)-key-data|tls\.key|key\.pem)["']?:[ \t]{1,8}["']?(?<secret>[A-Za-z0-9+/]{24,}={0,2})/dy,
    continues: /[A-Za-z0-9+/=]/,
    examples: {
      secret: ['    client-key-data: «MC4CAQAwBQYDK2VwBCIEIAabcdefghijklmnop==»'],
      harmless: ['reading client-key-data: no such file', 'mount tls.key: ok'],
    },
  },
  {
    kind: 'Ansible vault',
    anchors: ['$ANSIBLE_VAULT;'],
    find: /\$ANSIBLE_VAULT;[0-9.]{1,6};AES256(?:;[\w-]{1,64})?(?<secret>(?:\\n[0-9a-f]{2,})*)/dy,
    continues: /[0-9a-f\\n]/,
    block: {
      open: () => (line) => {
        if (isHiddenAlready(line)) return { hidden: [], goesOn: true };
        const body = /^(?<before>.{0,80}?)(?<![0-9A-Za-z])(?<secret>[0-9a-f]{2,80})["']?,?\s*$/d.exec(line);
        const secret = body?.indices?.groups?.['secret'];
        return secret === undefined || (secret[1] - secret[0]) % 2 === 1
          ? { hidden: [], goesOn: false }
          : { hidden: [secret], goesOn: true };
      },
    },
    examples: {
      secret: [
        `$ANSIBLE_VAULT;1.1;AES256\n«${'6162636465666768'.repeat(5)}»\n«3132»\nplay: ok`,
        `password: !vault |\n  $ANSIBLE_VAULT;1.2;AES256;home\n  «${'6162636465666768'.repeat(5)}»\n  «313233»\nuser: root`,
      ],
      harmless: ['a vault begins with $ANSIBLE_VAULT; and a version'],
    },
  },
  {
    // 32 bytes of base64, so the last letter before the sign is one of sixteen. What a name assigns is found elsewhere.
    kind: 'WireGuard key',
    anchors: [
      'privatek',
      'private-k',
      'private_k',
      'private k',
      'presharedk',
      'preshared-k',
      'preshared_k',
      'preshared k',
    ],
    before: String.raw`\x00-\x7f`,
    find: /(?:private|preshared)[ _-]?key\d?\\?["']?[ \t]{0,8}[:=]?[ \t]{0,8}\\?["']?(?<secret>[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)(?![A-Za-z0-9+/=])/diy,
    continues: /[A-Za-z0-9+/=]/,
    examples: {
      secret: [
        'PrivateKey «yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=»',
        'private key: «yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=»',
        '  preshared key: «/UwcSPg38hW/D9Y3tcS1FOV0K1wuURMbS0sesJEP5ak=»',
        '{"privateKey":"«yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=»","mtu":1420}',
        'wg0 private-key\t«yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=»',
        'PrivateKey=«yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=» # the gate',
      ],
      harmless: [
        '  private key: (hidden)',
        'PublicKey = xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=',
        'peer: xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=',
        'the private key of wg0 is missing',
        'private key fingerprint SHA256:abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ',
      ],
    },
  },
];
