import { describe, expect, test } from 'vitest';
import type { PlanContent } from '#core/plan.ts';
import type { Step } from '#core/step.ts';
import { judgePlan } from '#policy/judge-plan.ts';

const common = {
  target: 'n100',
  summary: 'Do something',
  undo: { kind: 'not_needed', how: 'reads only' } as const,
  idempotent: true,
  timeoutSeconds: 30,
};
const shell = (command: string, id = 's1'): Step => ({ ...common, id, uses: 'shell', command });
const file = (path: string, content = '', mode = '0644'): Step => ({
  ...common,
  id: 's1',
  uses: 'file',
  path,
  content,
  mode,
});
const plan = (risk: PlanContent['risk'], ...steps: Step[]): PlanContent => ({
  version: 1,
  title: 'Do something on n100',
  risk,
  intents: [],
  steps,
  effects: [],
  verification: 'It is done.',
  undo: 'Nothing is changed.',
  link: null,
});
const compose = (service: string, rest = '') => `services:\n  app:\n    image: x\n${service}${rest}`;
const ofFile = (path: string, content?: string, mode?: string) =>
  judgePlan(plan('change', file(path, content, mode)));

describe('a plan', () => {
  test('whose steps a person may approve comes back with a verdict for every step', () => {
    expect(judgePlan(plan('change', shell('df -h'), shell('docker restart plex', 's2')))).toEqual({
      ok: true,
      steps: [
        { stepId: 's1', verdict: 'allow', rule: 'read.du', reason: expect.any(String) },
        { stepId: 's2', verdict: 'approval', rule: 'change.containers', reason: expect.any(String) },
      ],
    });
  });

  test.each(['read', 'change', 'destructive'] as const)(
    'with one denied step is refused whatever its risk (%s)',
    (risk) => {
      expect(judgePlan(plan(risk, shell('df -h'), shell('reboot', 's2')))).toMatchObject({
        ok: false,
        stepId: 's2',
        rule: 'floor.host-power',
      });
    },
  );

  test('that says it only reads is refused when a step is not known to only look', () => {
    expect(judgePlan(plan('read', shell('df -h'), shell('mkdir x', 's2')))).toMatchObject({
      ok: false,
      stepId: 's2',
      rule: 'policy.read-plan-changes',
    });
    expect(judgePlan(plan('read', file('notes.md')))).toMatchObject({
      ok: false,
      rule: 'policy.read-plan-changes',
    });
  });

  test.each(['http://10.0.0.5/api/reboot', 'http://u:p@10.0.0.5/', 'http://10.0.0.5/?do=off'])(
    'that says it only reads may not ask %s, which may act',
    (url) => {
      const http: Step = { ...common, id: 's1', uses: 'http', url, expectStatus: [200], withinSeconds: 5 };
      expect(judgePlan(plan('read', http))).toMatchObject({ ok: false, rule: 'policy.read-plan-changes' });
      expect(judgePlan(plan('change', http))).toMatchObject({
        ok: true,
        steps: [{ verdict: 'approval', rule: 'change.http' }],
      });
    },
  );

  test('that only looks, asks an address and waits may say that it only reads', () => {
    const http: Step = {
      ...common,
      id: 's2',
      uses: 'http',
      url: 'http://10.0.0.5/',
      expectStatus: [200],
      withinSeconds: 5,
    };
    const wait: Step = { ...common, id: 's3', uses: 'wait', seconds: 1 };
    expect(judgePlan(plan('read', shell('df -h'), http, wait))).toMatchObject({ ok: true });
  });
});

describe('what a person reads of a step', () => {
  test.each([
    ['a summary with a mark of direction', { summary: 'Show \u202edisks' }],
    ['a summary of two lines', { summary: 'Show disks\nand more' }],
    ['a summary with its end out of sight', { summary: `Show disks${' '.repeat(200)}and wipe them` }],
    ['a host in another alphabet', { target: 'n1\u043e0a' }],
    ['an undo with an invisible blank', { undo: { kind: 'not_needed', how: 'reads\u200bonly' } as const }],
  ])('refuses the plan when it is not what it looks like: %s', (_, change) => {
    const judged = judgePlan(plan('read', { ...shell('df -h'), ...change }));
    expect(judged).toMatchObject({
      ok: false,
      rule: expect.stringMatching(/^floor\.(hidden-characters|padding)$/),
    });
  });

  test('an address or a path is looked at as well', () => {
    const http: Step = {
      ...common,
      id: 's1',
      uses: 'http',
      url: 'http://10.0.0.5/\u200b',
      expectStatus: [200],
      withinSeconds: 5,
    };
    expect(judgePlan(plan('read', http))).toMatchObject({ ok: false, rule: 'floor.hidden-characters' });
    expect(ofFile('a\u00a0b.txt')).toMatchObject({ ok: false });
    expect(ofFile('app.conf', 'a\u200bb')).toMatchObject({ ok: false, rule: 'floor.hidden-characters' });
    expect(ofFile('notes.md', 'mañana 👩‍👩‍👧')).toMatchObject({ ok: true });
  });

  test('a command whose end is out of sight behind blanks is refused', () => {
    expect(judgePlan(plan('change', shell(`echo hi${' '.repeat(200)}; mkdir x`)))).toMatchObject({
      ok: false,
      rule: 'floor.padding',
    });
    expect(judgePlan(plan('change', shell(`echo hi${'\n'.repeat(20)}mkdir x`)))).toMatchObject({ ok: false });
  });
});

describe('a file step', () => {
  test.each([
    '/dev/sda',
    '/proc/sysrq-trigger',
    '/sys/power/state',
    '/boot/grub/grub.cfg',
    '/etc/shadow',
    '/etc/sudoers',
    '/etc/sudoers.d/chiffon',
    '/etc/passwd',
    '/etc/cron.d/x',
    '/etc/systemd/system/x.service',
    '/etc/pam.d/sudo',
    '/etc/ld.so.preload',
    '/root/.ssh/authorized_keys',
    '~/.ssh/config',
    '.ssh/authorized_keys',
    './.ssh/x',
    '.bashrc',
    '/home/anna/.profile',
    'services/../../.ssh/x',
    '../x',
    'a/..',
    '/etc/./shadow',
    '//etc//shadow',
    'repo/.git/hooks/pre-commit',
    '/usr/bin/ls',
    'a\nb',
  ])('may not write %j', (path) => {
    expect(ofFile(path)).toMatchObject({ ok: false, stepId: 's1', rule: 'floor.protected-path' });
  });

  test.each([
    'services/kuma/compose.yaml',
    '/srv/app/app.conf',
    '/opt/app/x',
    'backups/notes.md',
    '/etc/nginx/conf.d/x.conf',
    '..x/y',
  ])('may write %s with approval', (path) => {
    expect(ofFile(path)).toMatchObject({ ok: true, steps: [{ verdict: 'approval', rule: 'change.file' }] });
  });

  test.each([
    ['services/x/service.sh', '#!/bin/sh\nls\nreboot\n'],
    ['x.SH', 'rm -rf /\n'],
    ['services/x/run', '#!/bin/sh\nmkfs.ext4 /dev/sdb\n'],
  ])('with a script that may not run is refused: %s', (path, content) => {
    expect(ofFile(path, content, '0755')).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/Line \d+: /),
    });
  });

  test.each([
    ['services/x/run', 'ls\nreboot\n'],
    ['services/x/run', '#!/sbin/reboot\n'],
    ['services/x/run', '#!/bin/sh -c reboot\n'],
    ['.config/systemd/user/x.service', '[Service]\nExecStart=-/sbin/reboot -f\n'],
    ['.config/systemd/user/x.service', "[Service]\nExecStartPre=+/bin/sh -c 'rm -rf /etc'\n"],
  ])('that starts what may not run is refused: %s with %j', (path, content) => {
    expect(ofFile(path, content, '0755')).toMatchObject({ ok: false });
  });

  test('with a script a person can read needs approval', () => {
    expect(
      ofFile('services/x/service.sh', '#!/bin/sh\ncd app && exec node server.js\n', '0755'),
    ).toMatchObject({
      ok: true,
      steps: [{ verdict: 'approval' }],
    });
  });
});

describe('a compose file', () => {
  test.each([
    ['mounts the root folder', "    volumes: ['/:/host']\n"],
    ['mounts the root folder read-only', "    volumes: ['/:/host:ro']\n"],
    [
      'mounts the root folder in the long form',
      '    volumes:\n      - type: bind\n        source: /\n        target: /host\n',
    ],
    ['mounts the root folder spelled otherwise', "    volumes: ['/srv/..:/x']\n"],
    ['mounts the root folder by a default', "    volumes: ['${ROOT:-/}:/x']\n"],
    ['mounts the devices', "    volumes: ['/dev:/dev']\n"],
    ['mounts the settings of the host', "    volumes: ['/etc:/x']\n"],
    ['mounts a secret of the settings', "    volumes: ['/etc/shadow:/x']\n"],
    ['mounts keys', "    volumes: ['~/.ssh:/x']\n"],
    ['climbs out of its folder', "    volumes: ['../../..:/x']\n"],
    ['mounts the login folder', "    volumes: ['../..:/x']\n"],
    ['mounts the jobs of cron', "    volumes: ['/var/spool/cron:/x']\n"],
    ['mounts the programs of the host', "    volumes: ['/usr/bin:/x']\n"],
    ['reaches every disk', "    device_cgroup_rules: ['b *:* rwm']\n"],
    ['is given a secret of the host', '    secrets: [x]\n', 'secrets:\n  x: { file: /etc/shadow }\n'],
    [
      'is given a config of the host',
      '    configs: [x]\n',
      'configs:\n  x: { file: ../../.ssh/id_ed25519 }\n',
    ],
    ['reads its environment from the host', '    env_file: /etc/pve/priv/token.cfg\n'],
    [
      'hides the root folder behind a variable of a volume',
      '    volumes: [data:/x]\n',
      "volumes:\n  data:\n    driver_opts: { type: none, o: bind, device: '${ROOT:-/}' }\n",
    ],
    ['gets a disk', "    devices: ['/dev/sda:/dev/sda']\n"],
    ['may restart the host', '    cap_add: [SYS_BOOT]\n'],
    ['has every right', '    cap_add: [ALL]\n'],
    [
      'hides the root folder in a named volume',
      '    volumes: [data:/x]\n',
      'volumes:\n  data:\n    driver_opts: { type: none, o: bind, device: / }\n',
    ],
    [
      'hides the root folder in an anchor',
      '    volumes: &v [/:/x]\n  other:\n    image: x\n    volumes: *v\n',
    ],
  ])('that %s is refused', (_, service, rest = '') => {
    expect(ofFile('services/x/compose.yaml', compose(service, rest))).toMatchObject({
      ok: false,
      rule: 'floor.container-escape',
    });
  });

  test.each([
    ['runs privileged', '    privileged: true\n'],
    ['runs privileged in other words', '    privileged: "true"\n'],
    ["gets Docker's socket", "    volumes: ['/var/run/docker.sock:/var/run/docker.sock']\n"],
    ["shares the host's processes", '    pid: host\n'],
    ['may administer the host', '    cap_add: [SYS_ADMIN]\n'],
    ['is not confined', "    security_opt: ['seccomp:unconfined']\n"],
    ["reads the host's kernel files", "    volumes: ['/proc:/host/proc:ro']\n"],
    ['mounts a place only the host knows', "    volumes: ['${MEDIA}:/media']\n"],
    ['starts a program on the host', '    provider: { type: x }\n'],
    ['runs a privileged hook', '    post_start: [{ command: x, privileged: true }]\n'],
    ['gets the socket by another name', '    use_api_socket: true\n'],
    ['includes another file', '', 'include: [other.yaml]\n'],
  ])('that %s needs a person who is told so', (_, service, rest = '') => {
    expect(ofFile('services/x/compose.yml', compose(service, rest))).toMatchObject({
      ok: true,
      steps: [
        {
          verdict: 'approval',
          rule: 'change.privileged-container',
          reason: expect.stringMatching(/^READ THIS: /),
        },
      ],
    });
  });

  test.each([
    ['keeps its data beside it', "    volumes: ['./data:/data']\n"],
    ['uses a named volume', '    volumes: [data:/data]\n', 'volumes:\n  data: {}\n'],
    ['knows the time of the host', "    volumes: ['/etc/localtime:/etc/localtime:ro']\n"],
    ['uses the graphics card', "    devices: ['/dev/dri:/dev/dri']\n"],
    ['keeps its data on a mounted disk', "    volumes: ['/mnt/media:/media']\n"],
    ['opens a port', "    ports: ['3001:3001']\n"],
    ['has a file of its own as a secret', '    secrets: [x]\n', 'secrets:\n  x: { file: ./secrets/x }\n'],
    ['reads its own environment file', '    env_file: .env\n'],
    [
      'mounts a network share',
      '    volumes: [n:/x]\n',
      "volumes:\n  n:\n    driver_opts: { type: nfs, o: addr=10.0.0.2, device: ':/export' }\n",
    ],
    ['talks to a USB stick', "    devices: ['/dev/ttyUSB0:/dev/ttyUSB0']\n"],
  ])('that %s is an ordinary file', (_, service, rest = '') => {
    expect(ofFile('services/x/compose.yaml', compose(service, rest))).toMatchObject({
      ok: true,
      steps: [{ rule: 'change.file' }],
    });
  });

  test.each([
    ['ends in the middle', 'services:\n  a: [\n'],
    ['refers to nothing', 'services:\n  a: *nothing\n'],
    ['holds several documents', 'services: {}\n---\nservices:\n  a: { volumes: [/:/x] }\n'],
    [
      'grows without end',
      `a: &a [x]\n${Array.from({ length: 12 }, (_, i) => `b${i}: &b${i} [*${i === 0 ? 'a' : `b${i - 1}`}, *${i === 0 ? 'a' : `b${i - 1}`}]\n`).join('')}services: { a: { x: *b11 } }\n`,
    ],
  ])('that %s is refused', (_, content) => {
    expect(ofFile('services/x/compose.yaml', content)).toMatchObject({
      ok: false,
      rule: 'floor.unreadable-compose',
    });
  });

  test('is not looked for in other YAML', () => {
    expect(ofFile('config/app.yaml', 'privileged: true\nvolumes: ["/:/x"]\n')).toMatchObject({ ok: true });
  });
});
