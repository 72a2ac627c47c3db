import type { SecretRule } from '../secret-rule.ts';
import { skipUnits, unitClass } from './glances.ts';
import { noSecretValue } from './no-values.ts';

const inUserName = unitClass(/[^\s/:@"'<>`]/);

/** Secrets in addresses and in what is sent along with a request. */
export const addressRules: readonly SecretRule[] = [
  {
    kind: 'password in an address',
    anchors: ['://[^/ ]'],
    before: 'a-z0-9',
    glance: (text, at) => text[skipUnits(text, at + 3, 129, inUserName)] === ':',
    find: new RegExp(
      String.raw`:\/\/[^\s/:@"'<>\`]{0,128}:(?<secret>(?!${noSecretValue}|:)[^\s@"'<>\`]{1,512}?)@(?=[^\s@]{1})`,
      'dy',
    ),
    examples: {
      secret: [
        'redis://:«hunter2»@10.0.0.5:6379/0',
        'postgres://anna:«hunter2»@db:5432/app',
        'amqp://guest:«gu3st»@rabbit:5672/',
        'https://anna:«p%40ss»@git.local/anna/infra.git',
        'mqtt://anna:«hunter2»@broker',
        'smtp://mail:«hunter2»@smtp.example:587',
        'mongodb+srv://anna:«hunter2»@cluster0.example/app',
        'cloning https://oauth2:«abcdef0123456789»@git.local/x.git',
      ],
      harmless: [
        'postgres://anna:${DB_PASSWORD}@db/app',
        'postgres://anna@db:5432/app',
        'http://10.0.0.5:3001/a@b',
        'see https://example.org:8443/x and anna@example.org',
        'redis://:***@10.0.0.5',
      ],
    },
  },
  {
    kind: 'authorization header',
    anchors: ['uthori', 'bearer[ ]'],
    find: new RegExp(
      String.raw`(?:(?<=a)uthorization(?:\\?["'])?[ \t]{0,4}[:=][ \t]{0,4}(?:\\?["'])?(?:(?:bearer|basic|token|digest|negotiate|apikey|bot|mac|hawk)[ \t]{1,4})?(?<secret>(?!${noSecretValue}|(?:bearer|basic|token|digest|P[VB][ES]APIToken)\b)[^\s"',;\\]{6,})|bearer[ \t]{1,4}(?<secret>(?!${noSecretValue})(?=[^\s"']{0,60}[0-9])[\w.~+/=:-]{16,}))`,
      'diy',
    ),
    continues: /[^\s"',;]/,
    examples: {
      secret: [
        'Authorization: Bearer «abcdef0123456789abcdef»',
        'authorization: Basic «YW5uYTpodW50ZXIy»',
        '{"authorization":"Bot «abcdefabcdef»"}',
        '> Authorization: token «0123456789abcdef»',
        'sent Bearer «abcdef0123456789»',
      ],
      harmless: [
        'Authorization: required',
        'Bearer tokens are not supported here',
        'authorization failed for anna',
      ],
    },
  },
  {
    kind: 'key in a header',
    anchors: [
      'x-api',
      'x-gotify-',
      'x-auth-',
      'x-emby-',
      'x-mediabrowser-',
      'x-vault-',
      'x-token',
      'x-access-',
      'x-csrf',
      'x-consul-',
      'apikey:',
    ],
    find: new RegExp(
      String.raw`(?:x-(?:[\w-]{0,30}-)?(?:token|key|secret|auth|password)|apikey)(?:\\?["'])?[ \t]{0,4}[:=][ \t]{0,4}(?:\\?["'])?(?<secret>(?!${noSecretValue})[^\s"',;\\]{6,})`,
      'diy',
    ),
    examples: {
      secret: [
        'X-Api-Key: «0123456789abcdef0123456789abcdef»',
        "curl -H 'X-Gotify-Key: «AbCdEfGhIjKlMnO»' http://gotify",
        '"x-auth-key":"«0123456789abcdef»"',
      ],
      harmless: ['X-Api-Key is missing', 'x-api-version: 2024-01-01'],
    },
  },
  {
    kind: 'cookie',
    anchors: ['cookie:', 'cookie"'],
    find: /(?:set-)?cookie"?:[ \t]{0,4}"?(?<secret>(?!\[secret: )[^\s="';]{1,64}=[^\r\n"']{8,})/diy,
    continues: /[^\r\n"']/,
    examples: {
      secret: ['Set-Cookie: «sid=0123456789abcdef; HttpOnly»', '"cookie":"«session=abcdef0123»"'],
      harmless: ['cookie: none', 'Cookie: disabled in config'],
    },
  },
  {
    kind: 'Docker registry login',
    anchors: ['"auth":', '"auth" :', '"identityt', '\\"auth\\"'],
    find: /\\?"(?:auth|identitytoken)\\?"[ \t]{0,4}:[ \t]{0,4}\\?"(?<secret>[A-Za-z0-9+/_.-]{8,}={0,2})/dy,
    continues: /[A-Za-z0-9+/=_.-]/,
    examples: {
      secret: ['{"auths":{"registry.local":{"auth":"«YW5uYTpodW50ZXIy»"}}}'],
      harmless: ['{"auth":"none"}', '{"auth":true}'],
    },
  },
  {
    kind: 'SMTP login',
    anchors: ['UTH [PLCX]'],
    find: /(?<=A)UTH (?:PLAIN|LOGIN|CRAM-MD5|XOAUTH2) (?<secret>[A-Za-z0-9+/]{8,}={0,2})/dy,
    continues: /[A-Za-z0-9+/=]/,
    examples: {
      secret: ['C: AUTH PLAIN «AGFubmEAaHVudGVyMg==»'],
      harmless: ['250-AUTH PLAIN LOGIN CRAM-MD5', 'AUTH LOGIN'],
    },
  },
  {
    kind: 'password in a .netrc or .pgpass',
    anchors: ['machine '],
    find: /machine[ \t]+\S{1,120}[ \t]+login[ \t]+\S{1,120}[ \t]+password[ \t]+(?<secret>\S{1,})/dy,
    examples: {
      secret: ['machine git.local login anna password «hunter2»'],
      harmless: ['machine n100 login anna', 'this machine has a login and a password'],
    },
  },
  {
    // host:port:database:user:password, the whole line, with the ports of PostgreSQL and its poolers.
    kind: 'password in a .netrc or .pgpass',
    anchors: [':543[0-9]:', ':6432:', ':[*]:[a-z*_]'],
    before: String.raw`a-z0-9.*\]`,
    find: new RegExp(
      String.raw`(?<=(?:^|[\s"'|:>])[\w.*/\[\]-]{1,100}):(?:543\d|6432|\*):(?!\d+:)[\w.*-]{1,64}:[\w.*@-]{1,64}:(?<secret>(?!${noSecretValue})[^\s"']{1,}?)(?=["']?\s*$)`,
      'diy',
    ),
    examples: {
      secret: [
        'localhost:5432:app:anna:«hunter2»',
        'db.home.arpa:5433:*:postgres:«correct\\:horse»',
        '*:*:*:postgres:«hunter22»',
        '/root/.pgpass:10.0.0.5:5432:chiffon:chiffon:«hunter2»',
        'backup_1  | pooler:6432:app:app:«hunter2»',
      ],
      harmless: [
        'listening on 0.0.0.0:5432',
        'src/main.c:5432:12:error:expected',
        'anna:x:5432:1000:Anna:/home/anna:/bin/bash',
        'ports: 127.0.0.1:5432:5432',
        'ssh -L 5432:localhost:5432 n100',
        'db:5432:app:anna: connection refused',
      ],
    },
  },
];
