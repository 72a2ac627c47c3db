import type { SecretRule } from '../secret-rule.ts';

/** Hashes of passwords: whoever has one can try passwords at leisure. */
export const hashRules: readonly SecretRule[] = [
  {
    kind: 'password hash',
    anchors: [
      '$6$[a-z0-9./]',
      '$5$[a-z0-9./]',
      '$1$[a-z0-9./]',
      '$7$[0-9a-z./]',
      '$y$[a-z0-9./]',
      '$gy$[a-z0-9./]',
      '$2[aby]$[0-3]',
      '$apr1$',
      '$argon2',
      '$scrypt',
      '$pbkdf2',
      '$BALLOON-',
      '$P$[a-z0-9./]',
    ],
    before: String.raw`\x00-\x7f`,
    find: /\$(?:[1567]|g?y|2[aby]|apr1|argon2(?:id|i|d)|scrypt|pbkdf2[\w-]{0,12}|BALLOON-SHA256|P)\$[A-Za-z0-9./+=,$-]{16,}/dy,
    continues: /[A-Za-z0-9./+=,$-]/,
    examples: {
      secret: [
        'root:«$6$rounds=5000$saltsalt$abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv»:19700:0:99999:7:::',
        'pi:«$y$j9T$abcdefghijklmnopqrst$abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG»:19700:0:99999:7:::',
        'admin:«$2y$05$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234»',
        'admin:«$apr1$abcdefgh$abcdefghijklmnopqrstuv»',
        "ADMIN='«$argon2id$v=19$m=65540,t=3,p=4$abcdefghijklmnop$abcdefghijklmnopqrstuvwxyz0123456789»'",
        'mqtt:«$7$101$abcdefghijklmnop$abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOP==»',
      ],
      harmless: [
        'it costs $5 and $12',
        'cp $1 $2',
        "awk '{print $6$7}'",
        'echo $1$2',
        '$argon2 is a kind of hash',
      ],
    },
  },
  {
    kind: 'password hash',
    anchors: ['{SSHA', '{SHA}', '{SMD5', '{CRYPT'],
    find: /\{(?:S?SHA(?:256|512)?|SMD5|CRYPT)\}(?<secret>[A-Za-z0-9+/=$.]{20,})/diy,
    continues: /[A-Za-z0-9+/=$.]/,
    examples: {
      secret: [
        'admin:{SHA}«W6ph5Mm5Pz8GgiULbPgzG37mj9g=»',
        'userPassword: {SSHA}«W6ph5Mm5Pz8GgiULbPgzG37mj9gAAAA1»',
      ],
      harmless: ['{sha} is replaced by the commit', 'app:{SHA}'],
    },
  },
  {
    // Hashes that none of the above knows, in the place of one.
    kind: 'password hash',
    anchors: [':$[a-z0-9][a-z0-9]'],
    before: 'a-z0-9_-',
    find: /:(?<secret>[$*!][^\s:]{12,}):[0-9]{4,6}:[0-9]{0,6}:[0-9]{0,6}:[0-9]{0,6}:/dy,
    examples: {
      secret: ['backup:«$sm3$abcdefgh$abcdefghijklmnopqrstuvwxyz»:19700:0:99999:7:::'],
      harmless: ['www-data:*:19700:0:99999:7:::', 'cost:$a1'],
    },
  },
];
