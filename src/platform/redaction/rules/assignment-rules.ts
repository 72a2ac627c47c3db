import type { SecretRule, Stretch } from '../secret-rule.ts';
import { skipUnits, unitClass } from './glances.ts';
import { noSecretValue } from './no-values.ts';

/** Names of what is secret, to their end: `DB_PASSWORD`, `api-key`, `clientSecret`. `token_count` is another thing. */
const names = new RegExp(
  [
    'pass(?:words?|wd|phrase|wort|code)',
    '(?:(?<![a-z])|(?<=ssh|db|smtp|user|admin|root|sql|redis))pass',
    '(?<=[_;])pwd',
    '(?<![a-z])psk',
    'secret(?:[_-]?base)?',
    '(?<!P[VB][ES]API)token(?:[_-]?secret)?',
    'credentials?',
    '(?<=(?:api|access|secret|private|preshared|encryption|signing|master|app|license|session|cookie|hmac|jwt|webhook|storage|auth|shared|service|deploy|root|unseal|recovery)[_-]?)key(?:[_-]?base)?',
  ].join('|'),
  'iy',
);

/** How those names begin. */
const anchors = [
  'passw',
  'passp',
  'passc',
  'pass[=: "\']',
  'pwd[=: "\']',
  'psk[=: "\']',
  'secre',
  'token',
  'crede',
  'key[=: "\'>]',
  'key[_-]ba',
];

/** `name=value`, `"name" => "value"`, `name := 'value'`, anywhere. */
const equals = String.raw`[0-9]{0,2}(?:\\?["'])?\]?[ \t]{0,8}(?:=>|:=|={1,2})[ \t]{0,8}`;
/** `"name": "value"`, `'name': value`: what is quoted is a member. */
const member = String.raw`[0-9]{0,2}\\{0,3}["'][ \t]{0,8}:[ \t]{0,8}`;
/** `name: value` at the start of a line, as in YAML and in what programs print for people. */
const field = String.raw`(?<=(?:[\r\n]|\\n)[ \t>|]{0,40}(?:- )?[\w. -]{0,48})[0-9]{0,2}[ \t]{0,4}:[ \t]{1,8}`;
/** `name:value` without a space. */
const pair = String.raw`(?<=pass\w{0,8}|token|key):(?=[^\s/:]{6,}(?:[\s"',;]|$))`;
/** `<name>value</name>`. */
const element = String.raw`>(?=[^<>\s]{3,400}<\/)`;

const doubleQuoted = String.raw`"(?<secret>(?!${noSecretValue})(?:[^"\\\r\n]|\\.){3,})`;
const singleQuoted = String.raw`'(?<secret>(?!\[secret: |\$\{)[^'\r\n]{3,})`;
const escapedQuoted = String.raw`\\{1,3}"(?<secret>(?!${noSecretValue})[^"\\\r\n]{3,})`;
/** Ends where a list, an address or an element would go on. */
const bare = String.raw`(?<secret>(?!${noSecretValue})[^\s"'\`&,;<>|)}\]]{3,})`;
const wholeLine = String.raw`(?<secret>(?!${noSecretValue}|["'|>&*#[{])[^\r\n]{2,}?[^\s"'])(?=[ \t]+#|["']?\s*$)`;

const anyValue = [doubleQuoted, escapedQuoted, singleQuoted, bare].join('|');
const forms = [
  new RegExp(`${equals}(?:${anyValue})`, 'diy'),
  new RegExp(`${member}(?:${anyValue})`, 'diy'),
  new RegExp(`${field}(?:${doubleQuoted}|${singleQuoted}|${wholeLine})`, 'diy'),
  new RegExp(`${pair}${bare}`, 'diy'),
  new RegExp(`${element}${bare}`, 'diy'),
];

/** Values that are given to a name which says that they are secret. */
export const assignmentRules: readonly SecretRule[] = [
  {
    kind: 'password, token or key',
    anchors,
    before: String.raw`\x00-\x7f`,
    find: findAssigned,
    glance: isAssigned,
    examples: {
      secret: [
        'PASSWORD=«hunter2»',
        'export DB_PASSWORD="«correct horse»"',
        "MYSQL_ROOT_PASSWORD='«$ecret,word»'",
        'POSTGRES_PASSWORD: «hunter22»',
        '  password: «correct horse battery»  # for the door',
        '    - SECRET_KEY_BASE=«0123456789abcdef0123456789abcdef»',
        'SECRET=«s3cr3tvalue» OTHER=1',
        'TOKEN=«abcdef0123»',
        'API_KEY=«0123-4567-89ab»',
        '{"user":"anna","password":"«hunter2»","port":5432}',
        '{\\"token\\":\\"«abcdef0123456789»\\"}',
        "{'api_key': '«abcdef0123456789»'}",
        'GET /api/v3/queue?apikey=«0123456789abcdef0123456789abcdef»&page=1 200',
        '  <ApiKey>«0123456789abcdef0123456789abcdef»</ApiKey>',
        'aws_secret_access_key = «wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY»',
        'CF_API_TOKEN=«abcdefghijklmnopqrstuvwxyz0123456789ABCD»',
        'PrivateKey = «yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=»',
        'PresharedKey = «/UwcSPg38hW/D9Y3tcS1FOV0K1wuURMbS0sesJEP5ak=»',
        '[DEFAULT]\npassword = «hunter2»',
        'wpa_passphrase=«correcthorse»',
        'psk="«correcthorse»"',
        'SMTP_PASS=«mailword»',
        '  bootstraptoken: «abcdef.0123456789abcdef»',
        '    aescbcEncryptionSecret: «z01mye6j16bspJYtTB/5SFX8j7Ph4JXxM2Xuu4vsBPM=»',
        'registration_shared_secret: "«abcdef0123»"',
        'Server=db;User=sa;Pwd=«hunter22»;',
        'login failed for user=anna password:«hunter22»',
        'token=«A1b2C3d4E5f6G7h» is not known',
        'curl -F "token=«azGDORePK8gMaC0QOYAMyEEuzJnyUi»" https://api.pushover.net/1/messages.json',
      ],
      harmless: [
        'POSTGRES_PASSWORD=${DB_PASSWORD}',
        'PASSWORD=$PASSWORD',
        'password: !vault |',
        'POSTGRES_PASSWORD_FILE=/run/secrets/db',
        'secretName: uptime-kuma-tls',
        'Accepted password for anna from 10.0.0.2 port 5222 ssh2',
        'Failed password for root from 10.0.0.3',
        'token: null',
        'invalid token: expired at 12:00',
        'error: token expired, log in again',
        'max_tokens=4096 prompt_tokens=1200',
        'passwordAuthentication no',
        'bypass=cache compass: north',
        'tests: pass=12 fail=0',
        'api_key_path=/etc/keys',
        'PASSWORD=***',
        'PASSWORD=[secret: the database password]',
        '{"password":"","token":null}',
        'Started Forward Password Requests to Wall Directory Watch.',
        'level=info msg="token refreshed" took=12ms token_ttl=3600',
        'PWD=/root OLDPWD=/',
        'access_key_id=12',
        'service_keys: 3',
        'level=debug secret=false',
      ],
    },
  },
  {
    // What a program says once, when it makes a password up.
    kind: 'password',
    anchors: ['passw'],
    glance: (text, at) => text[skipUnits(text, at, 70, notInSentence)] === ':',
    find: /password[^\r\n:=]{1,60}:[ \t]{1,4}(?<secret>(?=[^\s]{0,40}[0-9])(?=[^\s]{0,40}[A-Za-z])[^\s"'/:@]{8,64})(?=[.]?(?:"\})?\s*$)/diy,
    examples: {
      secret: [
        '[Note] A temporary password is generated for root@localhost: «Xy12abCD!efg»',
        'The initial admin password is: «a1B2c3D4e5»',
      ],
      harmless: [
        'password changed for user: anna',
        'Enter the password for the vault: ',
        'password rules: https://h2.example',
      ],
    },
  },
];

const letters = unitClass(/[A-Za-z_-]/);
const digits = unitClass(/[0-9]/);
const quotesAndSpaces = unitClass(/[\\"'\] \t]/);
const notInSentence = unitClass(/[^\r\n:=]/);

/** Whether what begins like a name goes on as names do that a value is given to; most logs speak of passwords and tokens. */
function isAssigned(text: string, at: number): boolean {
  const named = skipUnits(text, skipUnits(text, at, 60, letters), 2, digits);
  const sign = text[skipUnits(text, named, 16, quotesAndSpaces)];
  return sign === '=' || sign === ':' || sign === '>';
}

function findAssigned(line: string, at: number): readonly Stretch[] | null {
  names.lastIndex = at;
  if (!names.test(line)) return null;
  for (const form of forms) {
    form.lastIndex = names.lastIndex;
    const secret = form.exec(line)?.indices?.groups?.['secret'];
    if (secret !== undefined) return [secret];
  }
  return null;
}
