import { chmodSync } from 'node:fs';
import path from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { secretsOf } from '#platform/config/config.ts';
import { describeConfig } from '#platform/config/describe-config.ts';
import { loadConfig } from '#platform/config/load-config.ts';
import { formatMistakes } from '#platform/config/mistake.ts';
import { variableFor } from '#platform/config/overrides.ts';
import { leaves } from '#platform/config/settings-tree.ts';
import { configOf, folderWith, loadText, mistakesOf } from './in-folder.ts';

const n100 = '  - { name: n100, address: 192.168.1.20, user: chiffon }\n';

describe('defaults', () => {
  test('without a file, everything has its default and paths are absolute', () => {
    const cwd = folderWith();
    const loaded = loadConfig({ environment: {}, cwd });
    expect(loaded).toMatchObject({
      ok: true,
      file: null,
      warnings: [],
      config: {
        data: path.join(cwd, 'data'),
        services: ['bot', 'worker', 'api'],
        console: { host: '127.0.0.1', port: 4180, publicUrl: null, token: null },
        people: [{ id: 'owner', role: 'owner' }],
        hosts: [],
        defaultHost: null,
        knownHostsFile: path.join(cwd, 'data', 'known_hosts'),
        policy: { answerWithinHours: 8 },
        limits: { workers: 16 },
        database: { url: null },
        queue: { url: null },
      },
    });
  });

  test('config/chiffon.yaml is read when it is there and no file is named', () => {
    const cwd = folderWith({ 'config/chiffon.yaml': 'console: { port: 5000 }' });
    expect(loadConfig({ environment: {}, cwd })).toMatchObject({
      ok: true,
      file: path.join(cwd, 'config/chiffon.yaml'),
      config: { console: { port: 5000 } },
    });
  });

  test.each(['', '# nothing but a comment\n', 'console:\nhosts:\npolicy:\n  # answerWithinHours: 8\n', '{}'])(
    'a file that sets nothing is as good as none: %j',
    (yaml) => {
      expect(configOf(loadText(yaml)).console.port).toBe(4180);
    },
  );
});

describe('what is written is what is in force', () => {
  test('hosts are completed, and jump and defaultHost get the name of the list whatever they are called by', () => {
    const config = configOf(
      loadText(
        [
          'hosts:',
          '  - { name: gateway, aliases: [Door], address: 10.0.0.1, user: ops, agent: false }',
          '  - { name: n100, aliases: [mini], address: "fe80::1%eth0", user: ops, port: 2222, jump: door, keyFiles: [~/keys/id] }',
          'defaultHost: MINI',
        ].join('\n'),
        { files: { 'keys/id': 'a key' } },
      ),
    );
    expect(config.defaultHost).toBe('n100');
    expect(config.hosts).toMatchObject([
      { name: 'gateway', port: 22, jump: null, agent: false, serviceAddress: null },
      {
        name: 'n100',
        port: 2222,
        jump: 'gateway',
        agent: true,
        keyFiles: [path.join(config.folder, 'keys/id')],
      },
    ]);
  });

  test('a variable beats the file and the command line beats both', () => {
    const cwd = folderWith({
      'c.yaml': 'data: /file\nconsole: { port: 1000, publicUrl: http://a }\nlog: { level: warn }',
    });
    const environment = {
      CHIFFON_DATA: '/variable',
      CHIFFON_CONSOLE_PORT: '2000',
      CHIFFON_CONSOLE_PUBLIC_URL: 'https://b',
      CHIFFON_SERVICES: 'api, bot',
      CHIFFON_LOG_LEVEL: '',
    };
    const file = 'c.yaml';
    expect(loadConfig({ file, environment, cwd, flags: { data: '/flag', port: '3000' } })).toMatchObject({
      ok: true,
      config: {
        data: '/flag',
        services: ['api', 'bot'],
        console: { port: 3000, publicUrl: 'https://b' },
        log: { level: 'warn' },
      },
    });
  });

  test('every key that holds one value can be set by a variable of its own', () => {
    const keys = leaves()
      .filter(({ node }) => node.items?.properties === undefined)
      .map(({ key }) => key);
    expect(new Set(keys.map(variableFor)).size).toBe(keys.length);
    expect(keys.map(variableFor)).toEqual(
      expect.arrayContaining(['CHIFFON_CONSOLE_PUBLIC_URL', 'DATABASE_URL_FILE']),
    );
  });
});

describe('mistakes', () => {
  test('all are told at once, in the order of the file, each with its line and a remedy', () => {
    const mistakes = mistakesOf(
      loadText(
        [
          'consol:',
          '  port: 1',
          'console:',
          '  port: "4180"',
          '  publicUrl: chiffon.lan',
          'hosts:',
          '  - name: n100',
          '    user: ops',
          '    jmup: gateway',
          '  - name: N100',
          '    address: ops@10.0.0.2',
          '    user: ops',
          '    jump: nowhere',
          'defaultHost: nas',
          'policy:',
          '  answerWithinHours: 0',
          'log:',
          '  level: loud',
        ].join('\n'),
      ),
    );
    const told = mistakes.map(({ file, line, problem }) => `${file}:${line} ${problem}`);
    expect(told).toEqual([
      'chiffon.yaml:1 There is no key consol.',
      'chiffon.yaml:4 console.port is "4180"; it must be a whole number from 0 to 65535.',
      'chiffon.yaml:5 console.publicUrl is "chiffon.lan"; it must be an address that starts with http:// or https://.',
      'chiffon.yaml:7 hosts[n100] has no address.',
      'chiffon.yaml:9 There is no key hosts[n100].jmup.',
      'chiffon.yaml:10 The host name "N100" is given twice; hosts[n100] has it already.',
      'chiffon.yaml:11 hosts[N100].address is "ops@10.0.0.2"; it must be a host name or an IP address, without user, port or scheme.',
      'chiffon.yaml:13 hosts[N100] is reached through "nowhere", which is not a host of the list.',
      'chiffon.yaml:14 defaultHost is "nas", which is not a host of the list.',
      'chiffon.yaml:16 policy.answerWithinHours is 0; it must be a number above 0 and up to 720.',
      'chiffon.yaml:18 log.level is "loud"; it must be trace, debug, info, warn, error, fatal or silent.',
    ]);
    for (const { remedy } of mistakes) expect(remedy).toMatch(/^[A-Z].*[^.…]$|^[A-Z].*[.?]$/);
    expect(formatMistakes(mistakes)).toContain(
      'chiffon.yaml:9\n  There is no key hosts[n100].jmup.\n  Did you mean "jump"?',
    );
  });

  test.each([
    ['prot: 1', 'console:\n  prot: 1', 'Did you mean "port"?'],
    ['other spelling', 'default_host: n100', 'Did you mean "defaultHost"?'],
    ['a key of a section at the top', 'port: 8080', '"port" belongs under console: move it there.'],
    ['nothing near', 'frobnicate: 1', 'Remove it. The keys here are data, services'],
    ['a secret in the file', 'console:\n  token: abc', 'name that with "tokenFile"'],
    [
      'a passphrase in the file',
      `hosts:\n${n100.replace(' }', ', passphrase: abc }')}`,
      'name that with "passphraseFile"',
    ],
    ['the beginning of one', 'knownHosts: a', 'Did you mean "knownHostsFile"?'],
    ['a secret at the top', 'token: abc', 'name that with "console.tokenFile"'],
    ['a misspelt file of a secret', 'console:\n  tokenFIle: abc', 'Did you mean "tokenFile"?'],
    ['an address with a password', 'database:\n  url: postgres://a:b@c/d', 'name that with "urlFile"'],
  ])('an unknown key is answered with the one that was meant: %s', (_, yaml, remedy) => {
    const mistakes = mistakesOf(loadText(yaml));
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]?.remedy).toContain(remedy);
  });

  test.each([
    ['a tab', 'console:\n\tport: 1', 2],
    ['a key twice', 'data: a\nlog: {}\ndata: b', 3],
    ['an open quote', 'data: "a\nlog: {}', 2],
    ['two documents', 'data: a\n---\ndata: b', 2],
    ['a list where keys belong', '- data', 1],
    ['a bare word', 'chiffon', 1],
    ['an unknown tag', 'data: !secret a', 1],
  ])('a file that is not YAML with keys is told with its line: %s', (_, yaml, line) => {
    const mistakes = mistakesOf(loadText(yaml));
    expect(mistakes[0]).toMatchObject({ file: 'chiffon.yaml', line });
  });

  test('a number where text belongs is put in quotes', () => {
    const mistakes = mistakesOf(loadText('hosts: [{ name: 100, address: a, user: b }]\ndata: true'));
    expect(mistakes.map(({ remedy }) => remedy)).toEqual([
      'Put it in quotes, so that it counts as text: "100".',
      'Put it in quotes, so that it counts as text: "true".',
    ]);
  });

  test('a file that is not there, is a folder or is not text is told in words', () => {
    const cwd = folderWith({ 'binary.yaml': Buffer.from([0xff, 0xfe, 0x00]) });
    const problem = (file: string): string | undefined =>
      mistakesOf(loadConfig({ file, environment: {}, cwd }))[0]?.problem;
    expect(problem('none.yaml')).toBe('There is no file none.yaml.');
    expect(problem('.')).toContain('is a folder');
    expect(problem('binary.yaml')).toBe('The file is not UTF-8 text.');
  });

  test('aliases that unfold without end are a mistake, not a crash', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x,x]',
      ...'bcdefg'.split('').map((name, i) => `${name}: &${name} [${`*${'abcdef'[i]},`.repeat(10)}]`),
    ];
    expect(mistakesOf(loadText(bomb.join('\n')))[0]?.remedy).toContain('aliases');
  });

  test('a variable or an option that does not fit is named, not the file', () => {
    const cwd = folderWith();
    const mistakes = mistakesOf(
      loadConfig({
        environment: { CHIFFON_LIMITS_WORKERS: 'many' },
        cwd,
        flags: { port: '70000', services: 'bot,web' },
      }),
    );
    expect(mistakes.map(({ file, line, problem }) => ({ file, line, problem }))).toEqual([
      { file: '--port', line: null, problem: '--port is 70000; it must be a whole number from 0 to 65535.' },
      { file: '--services', line: null, problem: '--services is "web"; it must be bot, worker or api.' },
      {
        file: 'CHIFFON_LIMITS_WORKERS',
        line: null,
        problem: 'CHIFFON_LIMITS_WORKERS is "many"; it must be a whole number from 1 to 64.',
      },
    ]);
  });

  test('whatever stands in the file, the answer is a configuration or mistakes with sentences, never an exception', () => {
    const key = fc.constantFrom(
      'data',
      'console',
      'port',
      'host',
      'hosts',
      'people',
      'name',
      'jump',
      'accounts',
      'urlFile',
      'database',
      'services',
      '__proto__',
      'zone',
      'time',
      'x',
    );
    const { tree } = fc.letrec((tie) => ({
      leaf: fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.double()),
      tree: fc.oneof(
        { depthSize: 'small' },
        tie('leaf'),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
      ),
    }));
    const cwd = folderWith();
    fc.assert(
      fc.property(fc.dictionary(key, tree), (values) => {
        const folder = folderWith({ 'c.yaml': JSON.stringify(values) });
        const loaded = loadConfig({ file: path.join(folder, 'c.yaml'), environment: {}, cwd });
        if (loaded.ok) return;
        expect(loaded.mistakes.length).toBeGreaterThan(0);
        for (const { problem, remedy } of loaded.mistakes)
          expect(`${problem} ${remedy}`).not.toMatch(/undefined|\[object|NaN to/);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the house', () => {
  test.each([
    ['a host twice', `hosts:\n${n100}${n100}`, 'The host name "n100" is given twice'],
    [
      'an alias that is another host',
      `hosts:\n${n100}  - { name: nas, aliases: [N100], address: a, user: b }`,
      '"N100" is given twice',
    ],
    ['a jump through itself', `hosts:\n${n100.replace(' }', ', jump: n100 }')}`, 'lead back to itself'],
    [
      'jumps in a ring',
      'hosts:\n  - { name: a, address: a, user: u, jump: b }\n  - { name: b, address: b, user: u, jump: a }',
      'lead back to itself',
    ],
    ['a default host without hosts', 'defaultHost: n100', 'is not a host of the list'],
    ['nobody is an owner', 'people:\n  - { id: anna, name: Anna, role: operator }', 'Nobody is an owner'],
    ['nobody at all', 'people: []', 'people is an empty list'],
    [
      'two people of one id',
      'people:\n  - { id: a, name: A, role: owner }\n  - { id: a, name: B, role: viewer }',
      'The id "a" is given twice',
    ],
    [
      'an account of two people',
      'people:\n  - { id: a, name: A, role: owner, accounts: ["console:x"] }\n  - { id: b, name: B, role: viewer, accounts: ["console:x"] }',
      'The account "console:x" is given twice; people[A] has it already',
    ],
    [
      'an account without a surface',
      'people:\n  - { id: a, name: A, role: owner, accounts: [anna] }',
      'people[A].accounts[#1] is "anna"',
    ],
  ])('is refused with %s', (_, yaml, problem) => {
    expect(
      mistakesOf(loadText(yaml))
        .map((mistake) => mistake.problem)
        .join('\n'),
    ).toContain(problem);
  });

  test.each(['0.0.0.0', '192.168.1.5', '::', 'n100.lan', '127.0.0.1.example.org'])(
    'a console on %s needs a token that somebody chose',
    (host) => {
      const yaml = `console: { host: "${host}" }`;
      expect(mistakesOf(loadText(yaml))).toMatchObject([
        { line: 1, remedy: expect.stringContaining('CHIFFON_TOKEN') },
      ]);
      expect(loadText(yaml, { environment: { CHIFFON_TOKEN: 'chosen' } }).ok).toBe(true);
      expect(
        loadText(`console: { host: "${host}", tokenFile: token }`, { files: { token: 'chosen\n' } }).ok,
      ).toBe(true);
    },
  );

  test.each(['127.0.0.1', '127.8.8.8', 'localhost', '::1'])('a console on %s needs none', (host) => {
    expect(loadText(`console: { host: "${host}" }`).ok).toBe(true);
  });
});

describe('secrets', () => {
  const everything = [
    'console: { tokenFile: s/token }',
    'database: { urlFile: s/database }',
    'queue: { urlFile: s/queue }',
    'people: [{ id: a, name: A, role: owner, tokenFile: s/person }]',
    'hosts: [{ name: n100, address: n100.lan, user: u, passphraseFile: s/passphrase }]',
  ].join('\n');
  const files = {
    's/token': 'token-7c1\n',
    's/database': 'postgres://chiffon:word-7c2@db/chiffon\n',
    's/queue': 'redis://:word-7c3@queue:6379\n',
    's/person': 'token-7c4',
    's/passphrase': 'word 7c5 with spaces\n',
  };

  test('are read from their files, trimmed, and handed over only when asked for', () => {
    const config = configOf(loadText(everything, { files }));
    expect(secretsOf(config).map((secret) => secret.reveal())).toEqual([
      'token-7c1',
      'postgres://chiffon:word-7c2@db/chiffon',
      'redis://:word-7c3@queue:6379',
      'token-7c4',
      'word 7c5 with spaces',
    ]);
    const printed = `${JSON.stringify(config)} ${inspect(config, { depth: 9 })} ${String(config.database.url)} ${JSON.stringify(describeConfig(config))}`;
    expect(printed).not.toMatch(/7c[1-5]/);
    expect(printed).toContain(path.join(config.folder, 's/database'));
  });

  test('come from variables too, and from files that variables name', () => {
    const environment = {
      CHIFFON_TOKEN: 'token',
      DATABASE_URL: 'postgresql://db/chiffon',
      REDIS_URL_FILE: 's/queue',
    };
    const config = configOf(loadText('', { environment, files }));
    expect(config.console.token?.reveal()).toBe('token');
    expect(config.database.url?.origin).toBe('the variable DATABASE_URL');
    expect(config.queue.url?.reveal()).toContain('7c3');
  });

  test.each([
    ['a missing file', 'console: { tokenFile: none }', {}, 'console.tokenFile: There is no file none.'],
    ['an empty file', 'console: { tokenFile: empty }', {}, 'The file empty is empty.'],
    [
      'an address instead of a file',
      'database: { urlFile: "postgres://u:word-9@db/x" }',
      {},
      'database.urlFile holds an address',
    ],
    [
      'another kind of address',
      '',
      { DATABASE_URL: 'mysql://u:word-9@db/x' },
      "DATABASE_URL doesn't hold the address of a PostgreSQL",
    ],
    ['no address', '', { REDIS_URL: 'word-9' }, "REDIS_URL doesn't hold the address of a Redis"],
    [
      'variable and file variable',
      '',
      { CHIFFON_TOKEN: 'word-9', CHIFFON_TOKEN_FILE: 'empty' },
      'CHIFFON_TOKEN and CHIFFON_TOKEN_FILE are both set',
    ],
    ['a token of two lines', '', { CHIFFON_TOKEN: 'word-9\nword-9' }, 'CHIFFON_TOKEN holds white space'],
    [
      'a key file that is missing',
      `hosts:\n${n100.replace(' }', ', keyFiles: [id] }')}`,
      {},
      'hosts[n100].keyFiles: There is no file id.',
    ],
    [
      'a secret under a key that must hold another thing',
      'console: { tokenFile: [word-9] }',
      {},
      'console.tokenFile is a list',
    ],
  ])('that cannot be used are told without being repeated: %s', (_, yaml, environment, problem) => {
    const mistakes = mistakesOf(loadText(yaml, { environment, files: { empty: ' \n' } }));
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]?.problem).toContain(problem);
    expect(formatMistakes(mistakes)).not.toContain('word-9');
  });

  test('in files that others can read are warned about, with the command that helps', () => {
    const cwd = folderWith({ 'c.yaml': 'console:\n  tokenFile: token', token: 'abc' });
    chmodSync(path.join(cwd, 'token'), 0o644);
    expect(loadConfig({ file: 'c.yaml', environment: {}, cwd })).toMatchObject({
      ok: true,
      warnings: [{ file: 'c.yaml', line: 2, remedy: 'Keep it to its owner: chmod 600 token' }],
    });
  });

  test('shared by two people are a mistake', () => {
    const yaml =
      'people:\n  - { id: a, name: A, role: owner, tokenFile: t }\n  - { id: b, name: B, role: viewer, tokenFile: t }';
    expect(mistakesOf(loadText(yaml, { files: { t: 'same' } }))).toMatchObject([
      { line: 3, problem: expect.stringContaining('The token of people[B]') },
    ]);
  });

  test('the console’s token belongs to the first owner: nobody else may have the same', () => {
    const people = (of: string) =>
      `people:\n  - { id: a, name: A, role: owner${of === 'a' ? ', tokenFile: t' : ''} }\n  - { id: b, name: B, role: viewer${of === 'b' ? ', tokenFile: t' : ''} }`;
    const given = { files: { t: 'same' }, environment: { CHIFFON_TOKEN: 'same' } };
    expect(mistakesOf(loadText(people('b'), given))).toMatchObject([
      {
        line: 3,
        problem: 'The token of people[B] is the same as the console’s, which belongs to people[A].',
      },
    ]);
    expect(loadText(people('a'), given).ok).toBe(true);
  });
});

describe('the description for the settings page', () => {
  test('names every key with its words, and knows what is as it came', () => {
    const config = configOf(
      loadText('console: { port: 5000 }\npolicy: { answerWithinHours: 8 }', {
        environment: { CHIFFON_TOKEN: 'x' },
      }),
    );
    const described = describeConfig(config);
    expect(described.every(({ words, value }) => words !== '' && value !== '')).toBe(true);
    expect(
      described.filter(({ isDefault }) => !isDefault).map(({ key, value }) => `${key}=${value}`),
    ).toEqual(['console.port=5000', 'console.tokenFile=set by the variable CHIFFON_TOKEN']);
  });
});
