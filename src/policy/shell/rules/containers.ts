import { type Call, flagValues, hasFlag, operands } from '../call.ts';
import { isDisk, judgeGift } from '../host-places.ts';
import { opaque } from '../reading/scope.ts';
import type { ChangeRule, FloorRule, ReadRule } from '../rule.ts';

const engines = [
  'docker',
  'podman',
  'nerdctl',
  'docker-compose',
  'podman-compose',
  'lxc',
  'incus',
  'crictl',
  'ctr',
  'buildah',
  'skopeo',
  'virsh',
  'lxc-ls',
  'lxc-info',
];
/** Flags that only change what a look shows. */
const lookingFlags = [
  '-a',
  '--all',
  '--no-trunc',
  '-q',
  '--quiet',
  '-D',
  '--debug',
  '-s',
  '--size',
  '--no-stream',
  '--no-color',
  '-f',
  '--follow',
  '-t',
  '--timestamps',
  '--services',
];
/** Flags of the engines whose value is the next word. */
export const containerValueFlags = [
  '-f',
  '--file',
  '-p',
  '--project-name',
  '--filter',
  '--format',
  '-n',
  '--tail',
  '--since',
  '--until',
  '--last',
  '--project-directory',
  '--profile',
  '--env-file',
  '-c',
  '--connect',
  '--namespace',
  '--limit',
];

export const containerReads: readonly ReadRule[] = [
  {
    name: 'read.docker',
    programs: ['docker', 'podman', 'nerdctl'],
    looks: 'shows containers, images and volumes',
    verbs: [
      'ps',
      'images',
      'logs',
      'inspect',
      'top',
      'port',
      'version',
      'info',
      'events',
      'diff',
      'history',
      'search',
      'stats',
      'network ls',
      'network list',
      'network inspect',
      'volume ls',
      'volume list',
      'volume inspect',
      'image ls',
      'image list',
      'image inspect',
      'image history',
      'container ls',
      'container list',
      'container ps',
      'container inspect',
      'container logs',
      'container top',
      'container port',
      'container stats',
      'container diff',
      'system df',
      'system info',
      'context ls',
      'context show',
      'compose ps',
      'compose logs',
      'compose ls',
      'compose top',
      'compose images',
      'compose port',
      'compose version',
      'compose events',
      'compose stats',
      'compose volumes',
      'compose config',
      'node ls',
      'node ps',
      'node inspect',
      'service ls',
      'service ps',
      'service logs',
      'service inspect',
      'stack ls',
      'stack ps',
      'stack services',
      'manifest inspect',
      'buildx ls',
      'buildx version',
      'buildx du',
      'plugin ls',
      'pod ps',
      'pod ls',
      'pod inspect',
    ],
    valueFlags: containerValueFlags,
    never: [
      '-c',
      '--connection',
      '--identity',
      '--env-file',
      '-H',
      '--host',
      '--context',
      '--url',
      '--connection',
      '--config',
      '--tlscacert',
      '--remote',
      '--output',
      '-o',
    ],
    before: lookingFlags,
    operands: 'used',
    when: (call) => !showsEnvironment(call),
    match: [
      'docker ps -a',
      'docker logs --tail 50 plex',
      "docker inspect -f '{{.State.Status}}' plex",
      'docker compose ps',
      'docker system df',
      'docker stats --no-stream',
      'docker network ls',
      'podman ps',
    ],
    notMatch: [
      'docker restart plex',
      'docker exec plex ls',
      'docker -H tcp://x ps',
      "docker inspect -f '{{.Config.Env}}' plex",
      'docker compose up -d',
      'docker compose config',
    ],
  },
  {
    name: 'read.compose',
    programs: ['docker-compose', 'podman-compose'],
    looks: 'shows containers',
    verbs: ['ps', 'logs', 'top', 'images', 'port', 'version', 'events'],
    valueFlags: containerValueFlags,
    never: ['-c', '--connection', '--identity', '--env-file', '-H', '--host', '--context'],
    before: lookingFlags,
    operands: 'used',
    match: ['docker-compose ps', 'docker-compose logs --tail=20 web'],
    notMatch: ['docker-compose up -d', 'docker-compose down -v'],
  },
  {
    name: 'read.lxc',
    programs: ['lxc', 'incus', 'crictl', 'ctr', 'skopeo', 'virsh', 'lxc-ls', 'lxc-info', 'qemu-img'],
    looks: 'shows containers and guests',
    depth: 2,
    before: ['--all', '-a', '--inactive'],
    never: ['-c', '--connect', '--address'],
    operands: 'used',
    when: (call) => {
      const words = operands(call, ['-c', '--connect', '-n', '--namespace', '-f', '-a', '--address']);
      const [verb = '', next = ''] = words;
      switch (call.program) {
        case 'lxc':
        case 'incus':
          return (
            /^(list|ls|info|version)$/.test(verb) ||
            (/^(image|network|storage|profile|snapshot|cluster|project)$/.test(verb) &&
              /^(list|ls|info)$/.test(next))
          );
        case 'crictl':
          return /^(ps|pods|images|img|inspecti|logs|stats|statsp|info|version|imagefsinfo)$/.test(verb);
        case 'ctr':
          return /^(ls|list|info)$/.test(words.at(-1) ?? '') && words.length === 2;
        case 'skopeo':
          return /^(inspect|list-tags)$/.test(verb) && !hasFlag(call, '--creds', '--authfile');
        case 'virsh':
          return (
            /^(list|dominfo|domstate|domblklist|domiflist|domstats|net-list|net-info|pool-list|pool-info|vol-list|vol-info|nodeinfo|version|capabilities|snapshot-list|dommemstat|vcpuinfo|domifaddr|freecell|sysinfo|nodedev-list)$/.test(
              verb,
            ) && words.every((word) => !/[;\s]/.test(word))
          );
        case 'qemu-img':
          return (
            /^(info|check|map|measure)$/.test(verb) &&
            !hasFlag(call, '-r', '--object', '--image-opts') &&
            /^[\w./-]+$/.test(next)
          );
        default:
          return true;
      }
    },
    match: ['lxc list', 'virsh list --all', 'virsh dominfo vm1', 'crictl ps', 'qemu-img info disk.qcow2'],
    notMatch: ['lxc delete x', 'virsh destroy vm1', 'virsh undefine vm1', 'qemu-img check -r all x'],
  },
];

/** The environment of a container often holds passwords. What else holds some stands in `settings.ts`. */
function showsEnvironment(call: Call): boolean {
  return call.args.some((arg) => /\.Env\b|(^|,)env=|secret/i.test(arg));
}

/** The host's side of a mount such as `/srv/app:/data` or `type=bind,source=/srv/app,target=/data`. */
function hostSide(mount: string): string {
  const source = /(?:^|,)(?:source|src)=([^,]*)/.exec(mount)?.[1] ?? mount.split(/[:,]/, 1)[0] ?? '';
  return /^[/~.]/.test(source) ? source : './volume';
}

export const containerFloor: readonly FloorRule[] = [
  {
    name: 'floor.container-escape',
    programs: [
      'docker',
      'podman',
      'nerdctl',
      'docker-compose',
      'ctr',
      'kubectl',
      'systemd-nspawn',
      'lxc',
      'incus',
      'lxc-start',
      'bwrap',
      'runc',
      'crun',
      'buildah',
    ],
    reason: 'It gives a container the disks, the root folder or the kernel of the host.',
    when: (call) => {
      const words = operands(call, containerValueFlags);
      const starts =
        words.some((word) => /^(run|create|exec|update|launch|init|config|service|debug)$/.test(word)) ||
        ['systemd-nspawn', 'bwrap', 'runc', 'crun', 'lxc-start'].includes(call.program);
      if (!starts) return false;
      const mounts = [
        ...flagValues(
          call,
          '-v',
          '--volume',
          '--mount',
          '--bind',
          '--bind-ro',
          '--ro-bind',
          '--dev-bind',
          '--device',
        ),
        ...call.args.filter((arg) => /(source|src)=/.test(arg)),
      ];
      if (mounts.some((mount) => isDisk(mount) || judgeGift(hostSide(mount)) === 'everything')) return true;
      if (
        call.args.some((arg) =>
          /^--cap-add[= ]?(ALL|SYS_BOOT|SYS_MODULE|SYS_RAWIO|CAP_SYS_BOOT)/i.test(arg),
        ) ||
        flagValues(call, '--cap-add').some((cap) => /^(CAP_)?(ALL|SYS_BOOT|SYS_MODULE|SYS_RAWIO)$/i.test(cap))
      )
        return true;
      const hostPid =
        flagValues(call, '--pid', '--ipc', '--uts', '--cgroupns').some(
          (value, i) => value === 'host' && i === 0,
        ) && flagValues(call, '--pid').includes('host');
      if (hostPid && (hasFlag(call, '--privileged') || call.args.some((arg) => /nsenter|chroot/.test(arg))))
        return true;
      if (
        call.args.some((arg) => /apparmor[=:]unconfined|seccomp[=:]unconfined|label[=:]disable/.test(arg)) &&
        hasFlag(call, '--privileged')
      )
        return true;
      if (/security\.privileged=true|raw\.lxc|source=\/($| )/.test(call.args.join(' '))) return true;
      return call.args.some((arg) => arg.includes(opaque)) && hasFlag(call, '--privileged');
    },
    match: [
      'docker run --rm -v /:/host alpine ls',
      'docker run -v /etc:/x alpine cat /x/hosts',
      'podman run --privileged -v /dev:/dev alpine true',
      'docker run --privileged --pid=host alpine ls',
      'docker run --cap-add=SYS_BOOT alpine true',
      'docker run --mount type=bind,source=/,target=/h alpine ls',
    ],
    notMatch: [
      'docker run -d --name kuma -v kuma:/app/data -p 3001:3001 louislam/uptime-kuma:1',
      'docker run -v /srv/app:/data nginx',
      'docker ps',
    ],
  },
  {
    name: 'floor.guest-wipe',
    programs: [
      'virsh',
      'lxc',
      'incus',
      'multipass',
      'vagrant',
      'lxc-destroy',
      'VBoxManage',
      'vboxmanage',
      'prlctl',
      'govc',
      'qemu-img',
      'guestfish',
      'virt-sparsify',
      'virt-resize',
      'virt-format',
      'xe',
      'xl',
      'esxcli',
      'vim-cmd',
      'machinectl',
      'limactl',
      'colima',
      'qemu-nbd',
      'virt-rescue',
      'virt-sysprep',
      'virt-customize',
      'proxmox-offline-mirror',
    ],
    reason: 'It deletes a guest or rewrites its disk, and there is no undo.',
    when: (call) => {
      const line = operands(call, ['-c', '--connect']).join(' ');
      if (call.program === 'lxc-destroy' || call.program.startsWith('virt-') || call.program === 'guestfish')
        return true;
      if (call.program === 'virsh')
        return (
          /^(vol-delete|vol-wipe|pool-delete)/.test(line) ||
          (/^undefine/.test(line) &&
            hasFlag(
              call,
              '--remove-all-storage',
              '--storage',
              '--wipe-storage',
              '--nvram',
              '--snapshots-metadata',
            )) ||
          /^(blockcommit|blockresize)/.test(line)
        );
      if (call.program === 'qemu-img')
        return (
          /^(resize|rebase|commit|amend)\b/.test(line) ||
          /^(create|convert|dd)\b.*\/dev\//.test(line) ||
          (/^snapshot\b/.test(line) && hasFlag(call, '-d', '-a'))
        );
      return /(^|\s)(delete|rm|destroy|purge|unregistervm|closemedium|vm-destroy|remove|vm\.destroy|vmsvc\/destroy|storage volume delete|vm-uninstall|vm-shutdown-host|system.shutdown.*|maintenanceMode)(\s|$)/.test(
        line,
      );
    },
    match: [
      'virsh undefine vm1 --remove-all-storage',
      'virsh vol-delete x.qcow2',
      'lxc delete -f x',
      'qemu-img resize --shrink x.qcow2 1G',
      'vagrant destroy -f',
      'multipass delete --purge x',
    ],
    notMatch: ['virsh shutdown vm1', 'lxc list', 'qemu-img info x.qcow2'],
  },
];

export const volumeFloor: readonly FloorRule[] = [
  {
    name: 'floor.mass-deletion',
    programs: ['docker', 'podman', 'nerdctl'],
    reason: 'It deletes volumes without saying which.',
    when: (call) => {
      const [object, verb, ...names] = operands(call, containerValueFlags);
      return (
        object === 'volume' &&
        /^(rm|remove)$/.test(verb ?? '') &&
        (names.length === 0 || names.some((name) => name.includes(opaque)) || hasFlag(call, '-a', '--all'))
      );
    },
    match: ['docker volume rm $(docker volume ls -q)', 'docker volume ls -q | xargs docker volume rm'],
    notMatch: ['docker volume rm kuma_data', 'docker volume ls'],
  },
];

export const containerChanges: readonly ChangeRule[] = [
  {
    name: 'change.containers',
    programs: [...engines, 'multipass', 'vagrant', 'machinectl', 'VBoxManage', 'limactl'],
    reason: 'It starts, stops, changes or enters containers or guests.',
    args: 'data',
    match: [
      'docker restart plex',
      'docker system prune -a --volumes -f',
      'docker compose up -d',
      'docker exec plex ls',
      'docker run -d nginx',
      'docker compose down',
      'docker run --privileged alpine true',
    ],
    notMatch: ['docker ps', 'docker logs x'],
  },
];
