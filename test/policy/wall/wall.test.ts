import { describe, expect, test } from 'vitest';
import { buildWall } from '#policy/wall/build-wall.ts';
import { examineWall } from '#policy/wall/examine-wall.ts';
import { ownData } from '#policy/wall/parts/own-data.ts';
import { sudoersText } from '#policy/wall/parts/sudoers.ts';
import { readSudoList } from '#policy/wall/read-sudo-list.ts';
import { findRootCommands } from '#policy/wall/root-commands.ts';
import type { WallFacts, WallHost } from '#policy/wall/wall.ts';
import { wallScript } from '#policy/wall/wall-script.ts';

const host: WallHost = {
  name: 'n100',
  user: 'chiffon',
  docker: 'sudo',
  proxmox: true,
  publicKey: 'ssh-ed25519 AAAA',
  jumpsTo: [],
  commands: ['docker compose -p jellyfin restart', 'qm list', 'qm snapshot 101 chiffon-20261128-181500'],
};
const partNamed = (name: string, different: Partial<WallHost> = {}) =>
  buildWall({ ...host, ...different }).find((part) => part.name === name);

describe('what harden prints', () => {
  test('says of every part why, and how to take it back', () => {
    for (const docker of ['rootless', 'sudo', 'group', 'none'] as const)
      for (const part of [...buildWall({ ...host, docker }), ownData({ data: '/d', secretFiles: [] })]) {
        expect(part.why).toMatch(/^[A-Z].*\.$/);
        expect(part.undo.length).toBeGreaterThan(0);
        expect(part.files.length + part.commands.length).toBeGreaterThan(0);
      }
  });

  test('leaves masked power targets to whoever asks for them, and says what a UPS and Proxmox lose', () => {
    const power = partNamed('power targets');
    expect(power?.optional).toBe(true);
    expect(power?.notes.join(' ')).toMatch(/UPS.*Proxmox/s);
    expect(wallScript(host, buildWall(host))).toContain(
      'if [ "${WITH_OPTIONAL:-no}" = yes ]; then\nsystemctl mask poweroff.target',
    );
  });

  test('says plainly that the group docker is the same as root', () => {
    expect(partNamed('docker by group', { docker: 'group' })?.why).toContain('the same as being root');
  });

  test('starts the session without new privileges wherever sudo isn’t needed', () => {
    const enter = (docker: WallHost['docker']) => partNamed('sign-in', { docker })?.files[0]?.content;
    expect(enter('rootless')).toContain('setpriv --no-new-privs /bin/sh -s chiffon "$HOME"');
    expect(enter('sudo')).not.toContain('setpriv');
  });

  test('opens forwarding for exactly the machines that are reached through this one', () => {
    const files = partNamed('sign-in', { jumpsTo: ['10.0.0.5:22'] })?.files.map(({ content }) => content);
    expect(files?.[1]).toBe(
      'restrict,port-forwarding,permitopen="10.0.0.5:22",command="/usr/local/lib/chiffon/enter" ssh-ed25519 AAAA\n',
    );
    expect(files?.[2]).toContain('AllowTcpForwarding local\n    PermitOpen 10.0.0.5:22\n');
    expect(partNamed('sign-in')?.files[2]?.content).toContain('AllowTcpForwarding no\n');
  });

  test('gives the Proxmox token nothing that stops a node or destroys a guest', () => {
    const commands = partNamed('proxmox token')?.commands.join('\n');
    expect(commands).toContain('VM.Audit,VM.Snapshot,Sys.Audit,Datastore.Audit');
    expect(commands).not.toMatch(/PowerMgmt|Allocate|Modify'/);
    expect(partNamed('proxmox token', { proxmox: false })).toBeUndefined();
  });

  test('names a file with any name without opening a way for it', () => {
    expect(ownData({ data: "/srv/it's", secretFiles: ['/a b', '/c;reboot'] }).commands).toEqual([
      `chmod -R go-rwx '/srv/it'\\''s'`,
      "chmod 600 '/a b' '/c;reboot'",
    ]);
  });
});

describe('what root has to do for Chiffon', () => {
  test('is found in the commands to the letter, each once, and what differs every time is left out with the reason', () => {
    const { exact, left } = findRootCommands([
      'docker compose -f services/a/compose.yaml stop; umask 077 && tar -czf b.tar.gz services/a; docker ps --all',
      'docker ps --all',
      'docker logs $(hostname)',
      'docker rm *',
      'docker',
      'ls -l services',
      'qm snapshot 101 chiffon-20261128-181500',
      'qm destroy 101',
    ]);
    expect(exact).toEqual([
      ['/usr/bin/docker', 'compose', '-f', 'services/a/compose.yaml', 'stop'],
      ['/usr/bin/docker', 'ps', '--all'],
    ]);
    expect(left.map(({ command }) => command)).toEqual([
      'docker logs $(hostname)',
      'docker rm *',
      'docker',
      'qm snapshot 101 chiffon-20261128-181500',
      'qm destroy 101',
    ]);
  });

  test('escapes what means something to sudoers', () => {
    expect(sudoersText('chiffon', [['/usr/bin/docker', 'ps', '--filter', 'name=a:b,c']])).toContain(
      '/usr/bin/docker ps --filter name\\=a\\:b\\,c\n',
    );
  });
});

describe('what sudo says is allowed', () => {
  const list = (...entries: string[]) =>
    `Matching Defaults entries for chiffon on n100:\n    env_reset\n\nUser chiffon may run the following commands on n100:\n${entries.map((entry) => `    ${entry}\n`).join('')}`;

  test.each([
    ['(ALL : ALL) ALL', 'everything'],
    ['(root) NOPASSWD: ALL', 'everything'],
    ['(root) NOPASSWD: /usr/bin/docker *', 'pattern'],
    ['(root) NOPASSWD: /usr/bin/docker restart [a-z]', 'pattern'],
    ['(root) NOPASSWD: ^/usr/bin/docker .*$', 'pattern'],
    ['(root) NOPASSWD: /usr/bin/docker', 'every argument'],
    ['(root) NOPASSWD: /usr/local/bin/', 'folder'],
    ['(root) NOPASSWD: sudoedit /etc/hosts', 'edited'],
    ['(root) NOPASSWD: !/sbin/reboot, /bin/ls /', 'forbidden'],
    ['(root) NOPASSWD: /sbin/shutdown -h now', 'judge'],
    ['(root) NOPASSWD: /usr/bin/docker ps, (root) SETENV: /bin/sh -c reboot', 'judge'],
  ])('%s is open', (entry, why) => {
    const read = readSudoList(list(entry));
    expect(read?.open.map((one) => one.why).join()).toContain(why);
  });

  test('exact lines are not', () => {
    const read = readSudoList(
      list(
        '(root) NOPASSWD: NOSETENV: /usr/bin/docker compose -p jellyfin restart',
        '(root) NOPASSWD: NOSETENV: /usr/bin/docker ps -a --no-trunc --format {{json .}}',
        '(root) NOPASSWD: NOSETENV: /usr/bin/docker ps --all --filter name\\=x, /usr/sbin/qm list',
      ),
    );
    expect(read).toEqual({ entries: 4, open: [] });
  });

  test.each([
    ['Sorry, user chiffon may not run sudo on n100.', { entries: 0, open: [] }],
    ['User chiffon is not allowed to run sudo on n100.', { entries: 0, open: [] }],
    ['sudo: a password is required', null],
    ['', null],
  ])('%j is read for what it is', (text, expected) => {
    expect(readSudoList(text)).toEqual(expected);
  });
});

describe('what doctor makes of a machine', () => {
  const stands: WallFacts = {
    user: 'chiffon',
    uid: 998,
    groups: ['chiffon'],
    capabilities: '0000000000000000',
    noNewPrivileges: true,
    sudo: null,
    polkit: new Map([['org.freedesktop.login1.reboot', 1]]),
    polkitInstalled: true,
    masked: 'sleep suspend hibernate hybrid-sleep suspend-then-hibernate'
      .split(' ')
      .map((one) => `${one}.target`),
    writable: [],
    readable: [],
    sockets: [],
    devices: [],
    forced: true,
    keys: ['restrict,command="x" KEY'],
    keysWritable: false,
    proxmox: { installed: false, text: null },
  };
  const failing = (different: Partial<WallFacts>) =>
    examineWall('n100', { ...stands, ...different })
      .filter(({ ok }) => !ok)
      .map(({ name, detail }) => `${name} ${detail}`);

  test('nothing is found where the wall stands', () => {
    expect(failing({})).toEqual([]);
  });

  test.each([
    [{ uid: 0 }, 'n100: user Chiffon signs in as root'],
    [{ groups: [] }, 'n100: groups Could not look'],
    [{ groups: ['chiffon', 'docker'] }, 'n100: groups It is in docker'],
    [{ capabilities: null }, 'n100: capabilities Could not look'],
    [{ capabilities: '0000000000400000' }, 'n100: capabilities Its session has capabilities'],
    [{ sudo: { code: 1, text: 'sudo: a password is required' } }, 'n100: sudo Could not look'],
    [{ sudo: { code: 1, text: 'sudo: unable to resolve' } }, 'n100: sudo Could not look'],
    [{ polkit: new Map([['org.freedesktop.login1.reboot', 0]]) }, 'n100: polkit polkit lets it do'],
    [{ polkit: new Map([['org.freedesktop.login1.reboot', 2]]) }, 'n100: polkit polkit asks for a password'],
    [{ polkit: new Map([['org.freedesktop.login1.reboot', 127]]) }, 'n100: polkit Could not look'],
    [{ masked: [] }, 'n100: targets Not masked: sleep.target'],
    [{ writable: ['/etc/cron.d'] }, 'n100: system files It can write /etc/cron.d'],
    [{ readable: ['/etc/shadow'] }, 'n100: secrets It can read /etc/shadow'],
    [{ sockets: ['/run/docker.sock'] }, 'n100: engine sockets It can speak to /run/docker.sock'],
    [{ devices: ['/dev/sda'] }, 'n100: devices It can read or write /dev/sda'],
    [{ forced: false }, 'n100: sign-in Its key opens any program'],
    [{ keysWritable: true }, 'n100: sign-in One program is forced, but'],
    [{ keys: ['KEY'] }, 'n100: sign-in 1 of 1 keys are without “restrict”'],
    [{ proxmox: { installed: true, text: null } }, 'n100: proxmox Could not look'],
    [
      { proxmox: { installed: true, text: '/ Sys.PowerMgmt (*)' } },
      'n100: proxmox Its privileges include Sys.PowerMgmt',
    ],
  ] satisfies [Partial<WallFacts>, string][])('%o is found', (different, expected) => {
    const found = failing(different);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(expected);
  });

  test.each([
    {
      sudo: {
        code: 1,
        text: 'sudo: The "no new privileges" flag is set, which prevents sudo from running as root.',
      },
    },
    { sudo: { code: 1, text: 'Sorry, user chiffon may not run sudo on n100.' } },
    { polkit: new Map<string, number>(), polkitInstalled: false },
    { masked: null },
    { keys: null },
    { proxmox: { installed: true, text: '/vms VM.Audit (*)' } },
  ] satisfies Partial<WallFacts>[])('%o is fine', (different) => {
    expect(failing(different)).toEqual([]);
  });
});
