import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Intent } from '#core/intent.ts';
import { summarise } from '#planning/composing/summarise.ts';
import { ask, factsOf, houseOf, planOn, serviceOn, withoutDocker } from './house.ts';

const jellyfin = serviceOn('jellyfin', { image: 'jellyfin/jellyfin:10.10.2' });
const facts = factsOf('n100', { services: [jellyfin], tools: ['apt-get', 'qm', 'pct', 'kubectl'] });
const demo = serviceOn('demo-web', { manager: 'process', port: 8081 });
const plain = factsOf('sandbox', { ...withoutDocker, services: [demo], tools: [] });

/**
 * Summarises what commands printed: the outputs are given by how the commands start, `GET` standing for a check over
 * HTTP that passed.
 */
function answer(intents: readonly Intent[], printed: Record<string, string>, on = facts): string {
  const { content } = planOn(on, intents);
  const outputs = new Map<string, string>();
  for (const step of content.steps) {
    const start = Object.keys(printed).find((one) => step.uses === 'shell' && step.command.startsWith(one));
    if (start !== undefined) outputs.set(step.id, printed[start] ?? '');
    if (step.uses === 'http' && printed['GET'] !== undefined) outputs.set(step.id, printed['GET']);
  }
  return summarise(content, outputs, houseOf());
}

const df = `Filesystem      Size  Used Avail Use% Mounted on
udev            7.8G     0  7.8G   0% /dev
tmpfs           1.6G  1.2M  1.6G   1% /run
/dev/sda2       372G  226G  142G  61% /
/dev/sdb1       1.8T  1.7T   90G  95% /srv/media files
/dev/sda1       511M  6.1M  505M   2% /boot/efi
`;
const ps = `CONTAINER ID   IMAGE                       COMMAND       CREATED       STATUS                   PORTS                    NAMES
1a2b3c4d5e6f   jellyfin/jellyfin:10.10.2   "/jellyfin"   3 weeks ago   Up 3 days (healthy)      0.0.0.0:8096->8096/tcp   jellyfin
2a2b3c4d5e6f   plexinc/pms-docker:latest   "/init"       4 weeks ago   Exited (0) 2 hours ago                            plex
`;

describe('the number comes first, then what it means', () => {
  it.each([
    ['disk', {}, { df }, 'Disk on n100: 61 % used, 142 GB free. /srv/media files is 95 % used, 90 GB free.'],
    ['containers', {}, { 'docker ps': ps }, '2 containers on n100, 1 of them running. Not running: plex.'],
    [
      'status',
      { service: 'jellyfin' },
      { 'docker ps': ps, GET: '' },
      'Jellyfin on n100: up 3 days (healthy). It answers at http://n100:8096/health.',
    ],
    // The plan's check did not pass, or was never reached: the plan alone is no evidence.
    ['status', { service: 'jellyfin' }, { 'docker ps': ps }, 'Jellyfin on n100: up 3 days (healthy).'],
    [
      'status',
      {},
      {
        df,
        free: 'Mem:  15900  6100  2000  100  7800  9700\nSwap: 0 0 0\n',
        'docker ps': ps,
        uptime: '14:05 up 3 days',
      },
      "n100 answers: disk 61 % used, 142 GB free; memory 9.5 of 15.5 GB free. Seen on n100: jellyfin (running, port 8096). Containers that don't run: 1.",
    ],
    [
      'logs',
      { service: 'jellyfin' },
      { 'docker logs': 'one\ntwo\nERROR: three\n' },
      'The last 3 lines of Jellyfin on n100. 1 of them speaks of an error.',
    ],
    [
      'logs',
      { service: 'jellyfin' },
      { 'docker logs': '' },
      'Jellyfin on n100 has written nothing to its log.',
    ],
    [
      'updates',
      {},
      {
        apt: 'Listing...\nbash/stable-security 5.2 amd64 [upgradable from: 5.1]\nvim/stable 9.1 amd64 [upgradable from: 9.0]\n',
        'docker ps': ps,
      },
      '2 packages on n100 can be upgraded, 1 of them for security. Later images in the catalog: Jellyfin (10.10.7).',
    ],
    [
      'vms',
      {},
      {
        'qm list':
          '      VMID NAME                 STATUS     MEM(MB)    BOOTDISK(GB) PID\n       101 web                  running    2048              32.00 1234\n       120 talos                stopped    4096              64.00 0\n',
        'pct list': 'VMID       Status     Lock         Name\n200        running                 dns\n',
      },
      '2 virtual machines on n100, 1 of them running: 101 web. 1 system container on n100, 1 of them running: 200 dns.',
    ],
    [
      'vms',
      { vm: '120' },
      {
        'qm list':
          '      VMID NAME                 STATUS     MEM(MB)    BOOTDISK(GB) PID\n       101 web                  running    2048              32.00 1234\n       120 talos                stopped    4096              64.00 0\n',
      },
      '120 talos on n100 is not running.',
    ],
    [
      'vms',
      { vm: '7' },
      {
        'qm list':
          '      VMID NAME                 STATUS     MEM(MB)    BOOTDISK(GB) PID\n       101 web                  running    2048              32.00 1234\n',
      },
      'There is no virtual machine 7 on n100.',
    ],
    [
      'pods',
      {},
      {
        kubectl:
          'NAMESPACE     NAME       READY   STATUS             RESTARTS   AGE\nmedia         plex-0     0/1     CrashLoopBackOff   12         3d\nkube-system   coredns    1/1     Running            0          3d\nbatch         job-x      0/1     Completed          0          1d\n',
      },
      '3 pods in the cluster, asked on n100; 1 in trouble: media/plex-0 (CrashLoopBackOff).',
    ],
    [
      'nodes',
      {},
      {
        kubectl:
          'NAME   STATUS     ROLES           AGE   VERSION\nn1     Ready      control-plane   3d    v1.31\nn2     NotReady   <none>          3d    v1.31\n',
      },
      '2 nodes, 1 not ready: n2 (NotReady).',
    ],
  ] as const)('%s %j', (command, inputs, printed, expected) => {
    expect(answer([ask(command, inputs)], printed)).toBe(expected);
  });

  it('lists what runs without Docker from what was seen', () => {
    expect(answer([ask('containers')], { ls: 'total 4\ndemo-web\n' }, plain)).toBe(
      'Docker is not installed on sandbox. Services that run without it: demo-web (running, port 8081).',
    );
    expect(answer([ask('status', { service: 'demo-web' })], { ls: 'x', GET: '' }, plain)).toBe(
      'demo-web was seen running on sandbox. It answers at http://sandbox:8081/.',
    );
  });

  it('answers several questions one after the other', () => {
    expect(answer([ask('disk'), ask('logs', { service: 'jellyfin' })], { df, 'docker logs': 'a\nb\n' })).toBe(
      'Disk on n100: 61 % used, 142 GB free. /srv/media files is 95 % used, 90 GB free. The last 2 lines of Jellyfin on n100. None of them speaks of an error.',
    );
  });
});

describe('nothing is invented', () => {
  const commands = ['disk', 'containers', 'updates', 'vms', 'pods', 'nodes', 'status'];

  it.each(commands)('%s of output nobody expects is only pointed at', (command) => {
    const odd = {
      df: 'Segmentation fault',
      docker: '\u001b[31mwhat\u001b[0m',
      apt: '',
      qm: '??',
      pct: '??',
      kubectl: 'E1121',
      free: '',
      uptime: '',
    };
    const said = answer([ask(command)], odd);
    expect(said).not.toMatch(/\d+ (?:%|GB|containers?|pods?|nodes?|virtual)|\u001b/);
    expect(said.length).toBeGreaterThan(10);
  });

  it('survives any output', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...commands),
        fc.string({ unit: 'binary', maxLength: 400 }),
        (command, text) => {
          const said = answer([ask(command)], {
            df: text,
            docker: text,
            apt: text,
            qm: text,
            pct: text,
            kubectl: text,
            free: text,
          });
          expect(typeof said).toBe('string');
          expect(said).not.toMatch(/undefined|NaN|null/);
        },
      ),
      { numRuns: 300 },
    );
  });
});
