import { type Call, flagValues, hasFlag, operands } from '../call.ts';
import type { ReadRule } from '../rule.ts';

export const diskReads: readonly ReadRule[] = [
  {
    name: 'read.block-devices',
    programs: [
      'lsblk',
      'findmnt',
      'mountpoint',
      'lsscsi',
      'lspci',
      'lsusb',
      'lscpu',
      'lsmem',
      'lsmod',
      'lsns',
      'lsipc',
      'lslocks',
      'lslogins',
      'lsirq',
      'lsinitramfs',
      'lsfd',
      'lsof',
      'lshw',
      'ipcs',
      'filefrag',
      'biosdecode',
      'sensors',
      'nvidia-smi',
      'vainfo',
      'clinfo',
      'rocm-smi',
      'xfs_info',
      'upsc',
      'apcaccess',
      'acpi',
    ],
    looks: 'lists hardware, mounts and open files',
    operands: 'names',
    never: ['--poll', '--filename', '-dump', '-X'],
    when: (call) =>
      (call.program === 'lsof' && !call.args.some((arg) => /^-[a-zA-Z]*D/.test(arg))) ||
      !['lsof', 'sensors', 'nvidia-smi', 'rocm-smi', 'xfs_info', 'upsc', 'acpi'].includes(call.program) ||
      call.args.every(
        (arg) =>
          !arg.startsWith('-') ||
          /^(-L|-q|--list-gpus|--query-gpu=[\w.,]+|--format=[\w,]+|-u|-j|-A|-n|--show\w*|-V|-b|-t|-a)$/.test(
            arg,
          ),
      ),
    match: [
      'lsmem',
      'lsusb',
      'lscpu',
      'findmnt',
      'lspci -nn',
      'lsblk -f',
      'lsblk -o NAME,SIZE,UUID',
      'lsof -i :22',
      'lspci -s 00:02.0 -v',
      'nvidia-smi',
    ],
    notMatch: ['sensors -s', 'findmnt --poll', 'nvidia-smi -pl 100'],
  },
  {
    name: 'read.lvm',
    programs: ['lvs', 'vgs', 'pvs', 'lvdisplay', 'vgdisplay', 'pvdisplay', 'lvscan', 'lvmdiskscan'],
    looks: 'lists volumes',
    operands: 'names',
    never: ['--config', '--cache', '--mknodes', '--profile', '--configtype', '--devicesfile'],
    match: ['lvs', 'lvdisplay pve/root', 'pvs -o+pv_used', 'vgs --units g'],
    notMatch: ['lvs --config log/x=1', 'lvremove x'],
  },
  {
    name: 'read.zpool',
    programs: ['zpool'],
    looks: 'shows pools',
    verbs: ['status', 'list', 'iostat', 'get', 'history', 'events', 'version'],
    never: ['-c'],
    operands: 'data',
    match: ['zpool status', 'zpool iostat 1 2', 'zpool list -v', 'zpool get all tank'],
    notMatch: ['zpool status -c upath', 'zpool clear tank'],
  },
  {
    name: 'read.zfs',
    programs: ['zfs'],
    looks: 'shows datasets',
    verbs: ['list', 'get', 'holds', 'diff', 'version', 'userspace', 'groupspace', 'projectspace'],
    valueFlags: ['-o', '-t', '-s', '-S', '-d'],
    operands: 'data',
    match: ['zfs list -t snapshot', 'zfs get compression rpool/data', 'zfs version'],
    notMatch: ['zfs set compression=lz4 rpool', 'zfs mount -a'],
  },
  {
    name: 'read.smartctl',
    programs: ['smartctl'],
    looks: "reads a disk's health",
    only: [
      '-a',
      '-i',
      '-H',
      '-A',
      '-c',
      '-x',
      '-l',
      '-d',
      '-n',
      '-j',
      '-q',
      '--all',
      '--xall',
      '--info',
      '--health',
      '--attributes',
      '--capabilities',
      '--log',
      '--device',
      '--json',
      '--scan',
      '--scan-open',
      '--nocheck',
      '--version',
      '-V',
      '-T',
      '-v',
      '-f',
    ],
    valueFlags: ['-l', '-d', '-n', '-q', '-T', '-v', '-f'],
    operands: 'names',
    when: (call) => !call.args.some((arg) => /scterc,|scttemp.*,/.test(arg)),
    match: [
      'smartctl -a /dev/sda',
      'smartctl -H /dev/nvme0',
      'smartctl -x -d sat /dev/sdb',
      'smartctl --scan',
    ],
    notMatch: ['smartctl -t long /dev/sda', 'smartctl -s off /dev/sda', 'smartctl -l scterc,70,70 /dev/sda'],
  },
  {
    name: 'read.nvme',
    programs: ['nvme'],
    looks: 'reads what an NVMe disk says about itself',
    verbs: [
      'list',
      'list-subsys',
      'smart-log',
      'id-ctrl',
      'id-ns',
      'error-log',
      'fw-log',
      'list-ns',
      'list-ctrl',
      'show-regs',
      'version',
      'self-test-log',
      'endurance-log',
      'effects-log',
      'get-feature',
      'show-topology',
      'intel smart-log-add',
    ],
    valueFlags: ['-o', '--output-format', '-n', '--namespace-id', '-f', '--feature-id'],
    operands: 'names',
    match: ['nvme list', 'nvme smart-log /dev/nvme0', 'nvme id-ctrl /dev/nvme0 -o json'],
    notMatch: ['nvme device-self-test /dev/nvme0 -s 1', 'nvme format /dev/nvme0n1'],
  },
  {
    name: 'read.hdparm',
    programs: ['hdparm'],
    looks: 'reads what a disk says about itself',
    only: ['-I', '-i', '-C', '-g', '-v', '-H', '-t', '-T', '-V'],
    operands: 'names',
    match: ['hdparm -I /dev/sda', 'hdparm -C /dev/sda', 'hdparm -tT /dev/sda'],
    notMatch: ['hdparm -y /dev/sda', 'hdparm -S 120 /dev/sda'],
  },
  {
    name: 'read.partitions',
    programs: ['fdisk', 'sfdisk', 'gdisk', 'sgdisk', 'parted', 'partx'],
    looks: 'prints a partition table',
    operands: 'names',
    when: partitionRead,
    match: [
      'fdisk -l',
      'fdisk -l /dev/sda',
      'sgdisk -p /dev/sda',
      'parted -l',
      'parted /dev/sda print',
      'sfdisk -d /dev/sda',
    ],
    notMatch: ['fdisk /dev/sda', 'parted /dev/sda rm 1'],
  },
  {
    name: 'read.wipefs',
    programs: ['wipefs'],
    looks: 'lists signatures',
    only: ['-n', '--no-act', '-p', '--parsable', '-J', '--json', '-i', '--noheadings', '-O', '--output'],
    valueFlags: ['-O'],
    operands: 'names',
    match: ['wipefs /dev/sdb', 'wipefs -n /dev/sdb'],
    notMatch: ['wipefs -a /dev/sdb'],
  },
  {
    name: 'read.blkid',
    programs: ['blkid', 'efibootmgr', 'bootctl'],
    looks: 'shows identifiers and boot entries',
    only: [
      '-v',
      '--verbose',
      '-o',
      '-s',
      '-p',
      '-i',
      '-L',
      '-U',
      '-l',
      '-t',
      '-c',
      '--version',
      '-V',
      '--no-pager',
    ],
    valueFlags: ['-o', '-s', '-L', '-U', '-t', '-c'],
    operands: 'names',
    when: (call) =>
      call.program === 'efibootmgr'
        ? call.args.every((arg) => arg === '-v' || arg === '--verbose')
        : call.program === 'blkid'
          ? flagValues(call, '-c', '--cache-file').every((file) => file === '/dev/null')
          : ['status', 'list'].includes(call.args[0] ?? ''),
    match: [
      'blkid',
      'blkid /dev/sda1',
      'blkid -s UUID -o value /dev/sda1',
      'efibootmgr',
      'efibootmgr -v',
      'bootctl status',
    ],
    notMatch: ['blkid -g', 'efibootmgr -o 0001'],
  },
  {
    name: 'read.mdadm',
    programs: ['mdadm'],
    looks: 'shows RAID sets',
    only: [
      '--detail',
      '--examine',
      '--query',
      '-D',
      '-E',
      '-Q',
      '--scan',
      '-s',
      '-v',
      '--verbose',
      '--brief',
      '-b',
      '--export',
      '--version',
      '-V',
      '--no-devices',
      '--test',
      '-t',
    ],
    operands: 'names',
    least: 0,
    when: (call) =>
      hasFlag(call, '--detail', '--examine', '--query', '-D', '-E', '-Q', '--version', '-V') &&
      !hasFlag(call, '-b'),
    match: ['mdadm --detail /dev/md0', 'mdadm -E /dev/sda', 'mdadm --detail --scan'],
    notMatch: ['mdadm --assemble --scan', 'mdadm /dev/md0 --add /dev/sdb'],
  },
  {
    name: 'read.mount',
    programs: [
      'mount',
      'swapon',
      'losetup',
      'dmsetup',
      'multipath',
      'cryptsetup',
      'tune2fs',
      'dumpe2fs',
      'fsck',
      'blockdev',
      'iscsiadm',
    ],
    looks: 'shows what is mounted or mapped',
    operands: 'names',
    when: (call) => {
      const line = call.args.join(' ');
      switch (call.program) {
        case 'mount':
          return line === '' || /^-l( -t \w+)?$|^-t \w+$|^--version$/.test(line);
        case 'swapon':
          return /^(-s|--show(=\S+)?|--summary|--noheadings|--bytes| )+$/.test(line);
        case 'losetup':
          return /^(-a|-l|--list|--all|-J|--json|-O \S+| )*$/.test(line);
        case 'dmsetup':
          return (
            /^(ls|info|status|deps|version|targets)( [\w./][\w./-]*)*$/.test(line) || line === 'ls --tree'
          );
        case 'multipath':
          return /^-l{1,2}( [\w./-]+)?$/.test(line);
        case 'cryptsetup':
          return /^(status|luksDump|isLuks|luksUUID) [\w./-]+$/.test(line) || line === '--version';
        case 'tune2fs':
          return /^-l [\w./-]+$/.test(line);
        case 'dumpe2fs':
          return /^(-h )?[\w./-]+$/.test(line);
        case 'fsck':
          return /^-[nN] [\w./-]+$/.test(line) && call.args[0] === '-N';
        case 'blockdev':
          return /^(--(getsize64|getsz|getss|getbsz|getro|getra|report|getpbsz|getmaxsect)( |$))+([\w./-]+)?$/.test(
            line,
          );
        case 'iscsiadm':
          return /^-m (session|node|iface|discoverydb)( -P \d)?$/.test(line);
        default:
          return false;
      }
    },
    match: [
      'mount',
      'mount -t nfs',
      'swapon --show',
      'losetup -a',
      'tune2fs -l /dev/sda1',
      'blockdev --getsize64 /dev/sda',
      'dmsetup ls',
    ],
    notMatch: ['mount /dev/sdb1 /mnt', 'mount -a', 'swapon /dev/sda3'],
  },
  {
    name: 'read.btrfs',
    programs: ['btrfs'],
    looks: 'shows btrfs file systems',
    verbs: [
      'filesystem show',
      'filesystem usage',
      'filesystem df',
      'filesystem du',
      'fi show',
      'fi usage',
      'fi df',
      'fi du',
      'device stats',
      'device usage',
      'dev stats',
      'subvolume list',
      'subvolume show',
      'sub list',
      'subvolume get-default',
      'scrub status',
      'balance status',
      'qgroup show',
      'property get',
      'version',
    ],
    never: ['-z', '--reset'],
    operands: 'names',
    match: [
      'btrfs filesystem usage /',
      'btrfs subvolume list /mnt',
      'btrfs scrub status /mnt',
      'btrfs device stats /mnt',
    ],
    notMatch: ['btrfs device stats -z /mnt', 'btrfs scrub start /mnt', 'btrfs balance start /mnt'],
  },
  {
    name: 'read.ceph',
    programs: ['ceph', 'rbd', 'rados', 'pveceph', 'gluster'],
    looks: 'shows the storage cluster',
    verbs: [
      '',
      'status',
      '-s',
      'health',
      'health detail',
      'df',
      'osd tree',
      'osd df',
      'osd status',
      'osd ls',
      'osd stat',
      'osd dump',
      'osd pool ls',
      'osd pool stats',
      'osd pool get',
      'osd perf',
      'mon stat',
      'mon dump',
      'mgr stat',
      'mgr dump',
      'mgr services',
      'mds stat',
      'fs status',
      'fs ls',
      'pg stat',
      'pg dump',
      'versions',
      'version',
      'quorum_status',
      'crash ls',
      'device ls',
      'log last',
      'ls',
      'info',
      'du',
      'snap ls',
      'showmapped',
      'lspools',
      'pool ls',
      'volume info',
      'volume status',
      'volume list',
      'peer status',
      'orch ls',
      'orch ps',
      'orch host ls',
      'features',
    ],
    before: ['-s', '--status'],
    valueFlags: ['-f', '--format'],
    operands: 'data',
    never: ['--force', '-o'],
    match: ['ceph status', 'ceph osd tree', 'ceph health detail', 'rbd ls', 'ceph -s', 'gluster volume info'],
    notMatch: ['ceph osd out 1', 'ceph osd set noout', 'rbd create x --size 1'],
  },
];

/** Whether a partitioning program only prints. */
export function partitionRead(call: Call): boolean {
  const flags = call.args.filter((arg) => arg.startsWith('-'));
  switch (call.program) {
    case 'fdisk':
      return hasFlag(call, '-l', '--list', '-s') && !hasFlag(call, '-w', '--wipe', '-W');
    case 'sfdisk':
      return (
        flags.length > 0 &&
        flags.every((flag) =>
          /^(-l|-d|-s|-F|-V|-J|-o|--(list|dump|show-size|list-free|verify|json|show-geometry|list-types|output.*))$/.test(
            flag,
          ),
        )
      );
    case 'gdisk':
      return flags.length > 0 && flags.every((flag) => flag === '-l');
    case 'sgdisk':
      return (
        flags.length > 0 &&
        flags.every((flag) =>
          /^(-p|-i\d*|-v|-L|-E|-F|-D|--(print|info(=.*)?|verify|list-types|first-aligned-in-largest|end-of-largest|display-alignment))$/.test(
            flag,
          ),
        )
      );
    case 'parted':
      return parted(call);
    case 'partx':
      return hasFlag(call, '-s', '--show', '-l', '--list') && !hasFlag(call, '-a', '-d', '-u');
    default:
      return false;
  }
}

function parted(call: Call): boolean {
  if (
    !call.args.every(
      (arg) => !arg.startsWith('-') || /^-(s|l|m|j|sm|ms|lm)$|^--(script|list|machine|json)$/.test(arg),
    )
  )
    return false;
  const words = operands(call)
    .slice(1)
    .filter((word) => !/^(unit|s|B|MiB|GiB|MB|GB|%)$/.test(word));
  return (
    (hasFlag(call, '-l', '--list') && operands(call).length === 0) ||
    (words.length > 0 &&
      words.every((word) => /^(print|p|free|all|devices|list|[0-9]+)$/.test(word)) &&
      /^p/.test(words[0] ?? ''))
  );
}
