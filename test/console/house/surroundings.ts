import { type Channel, type DoctorAnswer, type Machine, type Settings } from '#api/contract/house.ts';
import { ago } from './build.ts';

/** The machines of the fixture house: one well, one busy, one silent. */
export function machines(): Machine[] {
  return [
    {
      host: 'n100',
      address: '192.168.1.10',
      user: 'chiffon',
      unreachable: null,
      seenAt: ago(120),
      triedAt: ago(120),
      heldBy: {
        runId: '149-1',
        planId: 'P-149',
        requestId: 'R-149',
        title: 'Update Jellyfin to 10.11.2 on n100',
      },
      facts: {
        host: 'n100',
        at: ago(120),
        os: 'Debian GNU/Linux 13 (trixie)',
        arch: 'x86_64',
        user: 'chiffon',
        home: '/home/chiffon',
        address: '192.168.1.10',
        docker: true,
        compose: true,
        node: null,
        npm: false,
        memoryTotalMb: 15_900,
        memoryFreeMb: 4_600,
        diskTotalMb: 372_000,
        diskFreeMb: 41_000,
        listeningPorts: [22, 80, 443, 3000, 8096, 9090],
        tools: ['qm', 'apt-get', 'systemctl'],
        services: [
          {
            name: 'jellyfin',
            manager: 'compose',
            state: 'running',
            unit: 'jellyfin',
            port: 8096,
            image: 'jellyfin/jellyfin:10.10.7',
          },
          {
            name: 'gitea',
            manager: 'compose',
            state: 'running',
            unit: 'gitea',
            port: 3000,
            image: 'gitea/gitea:1.24.2',
          },
          {
            name: 'a-service-with-a-rather-long-name-that-must-not-be-cut',
            manager: 'docker',
            state: 'stopped',
            unit: 'long',
            port: null,
            image: 'registry.example.org/team/a-service-with-a-rather-long-name:2026.11.20',
          },
        ],
      },
    },
    {
      host: 'sandbox',
      address: '192.168.1.20',
      user: 'chiffon',
      unreachable: null,
      seenAt: ago(40),
      triedAt: ago(40),
      heldBy: null,
      facts: {
        host: 'sandbox',
        at: ago(40),
        os: 'Debian GNU/Linux 13 (trixie)',
        arch: 'aarch64',
        user: 'chiffon',
        home: '/home/chiffon',
        address: '192.168.1.20',
        docker: false,
        compose: false,
        node: '24.21.0',
        npm: true,
        memoryTotalMb: 7_900,
        memoryFreeMb: 6_100,
        diskTotalMb: 60_000,
        diskFreeMb: 37_000,
        listeningPorts: [22, 8080],
        tools: ['apt-get'],
        services: [
          {
            name: 'demo-web',
            manager: 'process',
            state: 'running',
            unit: 'demo-web',
            port: 8080,
            image: null,
          },
        ],
      },
    },
    {
      host: 'backup01',
      address: '192.168.1.30',
      user: 'chiffon',
      facts: null,
      unreachable:
        'backup01 did not answer at 192.168.1.30:22 within 10 s. It may be off; nothing was sent to it.',
      seenAt: ago(90_000),
      triedAt: ago(60),
      heldBy: null,
    },
  ];
}

/** What the doctor says of these machines. */
export function doctor(house: readonly Machine[]): DoctorAnswer {
  const silent = house.filter((machine) => machine.unreachable !== null);
  return {
    ok: silent.length === 0,
    checks: [
      { name: 'Database', ok: true, detail: 'PostgreSQL 18.4 answers in 2 ms.', remedy: null },
      { name: 'Queue', ok: true, detail: 'PostgreSQL carries the jobs; none waits.', remedy: null },
      ...silent.map((machine) => ({
        name: `Machine ${machine.host}`,
        ok: false,
        detail: `No answer at ${machine.address}:22 for 25 hours.`,
        remedy: 'Switch it on, or take it out of hosts in chiffon.yaml.',
      })),
      { name: 'Git trail', ok: true, detail: 'The heads were committed 4 min ago.', remedy: null },
    ],
  };
}

/** Where the fixture house talks and rings: a platform that works, one that is away, and a phone of each kind of luck. */
export function channels(readerLooksOnly: boolean): Channel[] {
  const testBlocked = readerLooksOnly
    ? 'Carl can look but not make phones ring. Anna or Ben can. Nothing rang.'
    : null;
  const platform = { provider: null, testBlocked: null };
  const phone = { kind: 'phone' as const, provider: 'ntfy', testBlocked };
  return [
    {
      ...platform,
      kind: 'discord',
      name: 'discord',
      state: 'works',
      detail: 'Connected as Chiffon to the server “Home”.',
      remedy: null,
      at: ago(7300),
    },
    {
      ...platform,
      kind: 'matrix',
      name: 'matrix',
      state: 'not_well',
      detail: 'The homeserver matrix.example.org can’t be reached (ECONNREFUSED). Requests made here go on.',
      remedy: 'Look whether it runs and whether matrix.homeserver is right; Chiffon tries again by itself.',
      at: ago(310),
    },
    {
      ...phone,
      name: 'anna-phone',
      state: 'not_tried',
      detail: 'Nothing was heard of it since it was configured.',
      remedy: null,
      at: null,
    },
    {
      ...phone,
      name: 'ben-phone',
      provider: 'pushover',
      state: 'not_well',
      detail: 'Pushover refused the token (401).',
      remedy: 'Look at the phone ben-phone in the configuration and at its server; then send a test again.',
      at: ago(86_000),
    },
  ];
}

/** The configuration in force; without machines it is that of a first start. */
export function settings(house: readonly Machine[]): Settings {
  return house.length === 0
    ? { ...written, file: null, people: written.people.slice(0, 1), hosts: [] }
    : {
        ...written,
        hosts: house.map(({ host, address, user }) => ({ name: host, address, user, jump: null })),
      };
}

const written: Settings = {
  file: '/etc/chiffon/chiffon.yaml',
  people: [
    { id: 'anna', name: 'Anna', role: 'owner', accounts: ['discord 2104…88', '@anna:example.org'] },
    { id: 'ben', name: 'Ben', role: 'operator', accounts: ['discord 8831…02'] },
    { id: 'carl', name: 'Carl', role: 'viewer', accounts: [] },
  ],
  hosts: [],
  rules: [
    { name: 'floor.host-power', words: 'Nobody can reboot or power off n100, whatever the words.' },
    { name: 'floor.disk-wipe', words: 'Nobody can wipe or repartition a disk.' },
    { name: 'read-only', words: 'Looking needs no approval.' },
    { name: 'change', words: 'A change that can be taken back needs an operator or the owner.' },
    {
      name: 'destructive',
      words: 'What loses something for good needs the owner, who types the code of the plan.',
    },
  ],
  values: [
    { key: 'http.port', value: '8420', isDefault: true, words: 'Where the console listens.' },
    { key: 'http.host', value: '127.0.0.1', isDefault: true, words: 'Only this machine reaches it.' },
    {
      key: 'approval.expiresAfter',
      value: '8h',
      isDefault: false,
      words: 'A plan nobody answers is parked after this.',
    },
    {
      key: 'executor.attempts',
      value: '3',
      isDefault: true,
      words: 'Tries of a step that can safely run twice.',
    },
  ],
  version: '0.1.0',
};
