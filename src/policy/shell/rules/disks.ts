import { type Call, flagValues, hasFlag, operands } from '../call.ts';
import { isDevicePath, normalPath } from '../paths.ts';
import { opaque } from '../reading/scope.ts';
import type { ChangeRule, FloorRule } from '../rule.ts';
import { partitionRead } from './disk-reads.ts';

const wipes = 'It destroys data on a disk, a volume or a partition table, and there is no undo.';

/** Whether the first operands are one of the verbs, each given as words. */
export function startsWith(words: readonly string[], ...verbs: readonly string[]): boolean {
  return verbs.some((verb) => verb.split(' ').every((part, i) => words[i] === part));
}

function anyWord(call: Call, pattern: RegExp): boolean {
  return call.args.some((arg) => pattern.test(arg));
}

export const diskFloor: readonly FloorRule[] = [
  {
    name: 'floor.disk-wipe',
    programs: [
      'mkfs',
      'mkfs.*',
      'mke2fs',
      'mkdosfs',
      'mkntfs',
      'mkswap',
      'mkexfatfs',
      'mkudffs',
      'mkzonefs',
      'newfs',
      'blkdiscard',
      'shred',
      'wipe',
      'srm',
      'sfill',
      'sswap',
      'scrub',
      'nwipe',
      'dban',
      'cfdisk',
      'cgdisk',
      'fixparts',
      'sedutil-cli',
      'tpm2_clear',
      'tpm_clear',
      'grub-install',
      'grub2-install',
      'grub-mkimage',
      'lilo',
      'extlinux',
      'syslinux',
      'flashrom',
      'flashcp',
      'mkreiserfs',
      'jfs_mkfs',
      'sg_format',
      'sg_sanitize',
      'sg_write_same',
      'sg_unmap',
      'sg_dd',
      'sgp_dd',
      'sgm_dd',
      'ddrescue',
      'dd_rescue',
      'dcfldd',
      'dc3dd',
      'partclone.*',
      'partimage',
      'ntfsclone',
      'ocs-sr',
      'ocs-onthefly',
      'fsarchiver',
      'testdisk',
      'lvremove',
      'vgremove',
      'pvremove',
      'lvreduce',
      'vgreduce',
      'pvcreate',
      'vgcreate',
      'vgsplit',
      'vgmerge',
      'thin_restore',
      'cache_restore',
      'btrfs-convert',
      'bcachefs',
      'make-bcache',
      'format',
      'raidcfg',
      'zerofree',
      'nbd-client',
      'proxmox-boot-tool',
      'update-grub-legacy',
      'dphys-swapfile',
      'e2image',
      'xfs_copy',
      'xfs_repair',
      'xfs_mdrestore',
      'ms-sys',
      'install-mbr',
      'isohybrid',
      'balena',
      'etcher',
      'rpi-imager',
      'wodim',
      'growisofs',
      'cdrecord',
      'badram',
    ],
    reason: wipes,
    when: (call) =>
      !(
        hasFlag(call, '--version', '--help') ||
        (call.program === 'proxmox-boot-tool' && /^(status|kernel list)$/.test(operands(call).join(' ')))
      ),
    match: [
      'mkfs.ext4 /dev/sdb',
      'mkfs -t xfs /dev/sdb',
      'blkdiscard /dev/nvme0n1',
      'shred -u /root/backup.tar',
      'lvremove -f pve/vm-100',
      'tpm2_clear',
      'partclone.restore -s a.img -o /dev/sda1',
    ],
    notMatch: ['file /usr/sbin/mkfs.ext4', 'lvs', 'vgs', 'command -v mkfs'],
  },
  {
    name: 'floor.disk-wipe',
    programs: ['dd'],
    reason: wipes,
    when: (call) =>
      outputs(call).some((path) => path.includes(opaque) || isDevicePath(normalPath(path, call.cwd))),
    match: [
      'dd if=/dev/zero of=/dev/sda',
      'dd bs=1M if=x of="/dev/sdb"',
      'dd if=/dev/zero of=/dev/../dev/sda',
      'o=/dev/sda; dd if=/dev/zero of=$o',
    ],
    notMatch: ['dd if=/dev/zero of=/dev/null count=1', 'dd if=/dev/zero of=/tmp/x count=1'],
  },
  {
    name: 'floor.disk-wipe',
    programs: ['wipefs'],
    reason: wipes,
    when: (call) => hasFlag(call, '-a', '--all', '-o', '--offset', '-f', '--force'),
    match: ['wipefs -a /dev/sdb', 'wipefs --all --force /dev/sdb'],
    notMatch: ['wipefs /dev/sdb'],
  },
  {
    name: 'floor.disk-wipe',
    programs: [
      'fdisk',
      'sfdisk',
      'gdisk',
      'sgdisk',
      'parted',
      'partx',
      'addpart',
      'delpart',
      'resizepart',
      'gparted',
      'growpart',
    ],
    reason: 'It rewrites a partition table.',
    when: (call) => !partitionRead(call),
    match: [
      'fdisk /dev/sda',
      'sgdisk --zap-all /dev/sda',
      'sgdisk -Z /dev/sda',
      'parted -s /dev/sda mklabel gpt',
      'sfdisk /dev/sda',
    ],
    notMatch: ['fdisk -l', 'sgdisk -p /dev/sda', 'parted /dev/sda print', 'sfdisk -d /dev/sda'],
  },
  {
    name: 'floor.disk-wipe',
    programs: ['hdparm'],
    reason: wipes,
    when: (call) =>
      anyWord(
        call,
        /^--(security-|sanitize|dco-|trim-sector|make-bad-sector|write-sector|repair-sector|fwdownload|user-master|yes-i-know|please-destroy|Istdin)/,
      ) || hasFlag(call, '-N', '-x', '-f', '-w'),
    match: [
      'hdparm --user-master u --security-erase NULL /dev/sda',
      'hdparm --yes-i-know-what-i-am-doing --write-sector 1 /dev/sda',
    ],
    notMatch: ['hdparm -I /dev/sda', 'hdparm -C /dev/sda'],
  },
  {
    name: 'floor.disk-wipe',
    programs: ['nvme'],
    reason: wipes,
    when: (call) =>
      /^(format|sanitize|write-zeroes|write-uncor|write|dsm|delete-ns|create-ns|attach-ns|detach-ns|fw-(commit|activate|download)|security-send|set-feature|reset|subsystem-reset|ns-rescan|admin-passthru|io-passthru|copy|compare|resv-.*|zns|lockdown|capacity-mgmt|virt-mgmt)$/.test(
        operands(call)[0] ?? '',
      ),
    match: ['nvme format /dev/nvme0n1 --ses=1', 'nvme sanitize /dev/nvme0', 'nvme delete-ns /dev/nvme0 -n 1'],
    notMatch: ['nvme list', 'nvme smart-log /dev/nvme0'],
  },
  {
    name: 'floor.disk-wipe',
    programs: ['mdadm'],
    reason: 'It creates, breaks up or overwrites a RAID set.',
    when: (call) =>
      hasFlag(
        call,
        '--create',
        '--build',
        '--grow',
        '--zero-superblock',
        '--stop',
        '--fail',
        '--remove',
        '--kill-subarray',
        '--set-faulty',
        '--re-add',
        '--replace',
      ) || anyWord(call, /^-[A-Za-z]*[CBGSfr]/),
    match: [
      'mdadm --create /dev/md0 --level=0 --raid-devices=2 /dev/sda /dev/sdb',
      'mdadm --zero-superblock /dev/sdb',
      'mdadm -S /dev/md0',
    ],
    notMatch: ['mdadm --detail /dev/md0', 'mdadm -E /dev/sda'],
  },
  {
    name: 'floor.disk-wipe',
    programs: [
      'lvresize',
      'lvconvert',
      'lvchange',
      'vgcfgrestore',
      'pvresize',
      'pvmove',
      'resize2fs',
      'zramctl',
      'lvm',
      'fsadm',
    ],
    reason: 'It can make a volume smaller or throw away what is on it.',
    when: (call) => {
      if (call.program === 'lvresize')
        return (
          anyWord(call, /^-?-?(L|l|size|extents)?=?-/) &&
          flagValues(call, '-L', '-l', '--size', '--extents').some((size) => !size.startsWith('+'))
        );
      if (call.program === 'resize2fs') return operands(call).length > 1 || hasFlag(call, '-M', '-f');
      if (call.program === 'lvconvert')
        return hasFlag(
          call,
          '--repair',
          '--uncache',
          '--splitcache',
          '--merge',
          '-m',
          '--type',
          '--force',
          '-f',
        );
      if (call.program === 'lvm') return /remove|reduce|create|resize|restore/.test(call.args[0] ?? '');
      if (call.program === 'fsadm') return operands(call)[0] === 'resize';
      return call.program === 'vgcfgrestore' || hasFlag(call, '--setphysicalvolumesize', '--reset');
    },
    match: [
      'lvresize -L -5G pve/root',
      'resize2fs -M /dev/pve/root',
      'vgcfgrestore pve',
      'lvm lvremove pve/root',
    ],
    notMatch: ['lvresize -L +5G pve/data', 'lvextend -L +5G pve/data', 'lvm version'],
  },
  {
    name: 'floor.disk-wipe',
    programs: ['cryptsetup', 'veracrypt', 'clevis', 'systemd-cryptenroll'],
    reason: 'It formats an encrypted disk or throws away the keys that open it.',
    when: (call) =>
      /^(luksFormat|erase|luksErase|luksKillSlot|luksRemoveKey|luksChangeKey|luksConvertKey|luksHeaderRestore|reencrypt|convert|luksHeaderBackup|repair|luksAddKey|bitlkDump|tcryptDump)$/.test(
        operands(call)[0] ?? '',
      ) || hasFlag(call, '--dump-master-key', '--dump-volume-key', '--wipe-slot', '--create'),
    match: [
      'cryptsetup luksFormat /dev/sdb',
      'cryptsetup erase /dev/sdb',
      'cryptsetup luksDump --dump-master-key /dev/sdb',
    ],
    notMatch: ['cryptsetup status root', 'cryptsetup luksDump /dev/sdb'],
  },
  {
    name: 'floor.disk-wipe',
    programs: [
      'fsck',
      'fsck.*',
      'e2fsck',
      'badblocks',
      'debugfs',
      'tune2fs',
      'e2label',
      'xfs_admin',
      'xfs_db',
      'xfs_io',
      'ntfsfix',
      'dosfsck',
      'reiserfsck',
      'e4defrag',
      'e2undo',
      'swaplabel',
    ],
    reason: 'It rewrites a file system or its structures.',
    when: (call) => {
      if (/^(fsck|e2fsck)/.test(call.program)) return !hasFlag(call, '-n', '-N');
      if (call.program === 'badblocks') return hasFlag(call, '-w', '-n');
      if (call.program === 'debugfs') return hasFlag(call, '-w', '-f', '-R', '-z');
      if (call.program === 'tune2fs')
        return call.args.length > 0 && !(call.args.length === 2 && call.args[0] === '-l');
      if (call.program === 'e2label') return operands(call).length > 1;
      if (call.program === 'xfs_db') return hasFlag(call, '-x');
      if (call.program === 'ntfsfix') return !hasFlag(call, '-n');
      return call.program !== 'xfs_io' && call.program !== 'e4defrag';
    },
    match: [
      'fsck -y /dev/sda1',
      'badblocks -wsv /dev/sdb',
      'debugfs -w /dev/sda1',
      'tune2fs -U random /dev/sda1',
    ],
    notMatch: ['tune2fs -l /dev/sda1', 'fsck -n /dev/sda1'],
  },
  {
    name: 'floor.disk-wipe',
    programs: [
      'efibootmgr',
      'bootctl',
      'efivar',
      'update-initramfs',
      'dracut',
      'grub-reboot',
      'grub-set-default',
      'grub-editenv',
      'kernel-install',
      'fw_setenv',
      'pve-efiboot-tool',
    ],
    reason: 'It changes how the machine starts, or whether it does.',
    when: (call) => {
      if (call.program === 'efibootmgr')
        return call.args.some((arg) => !/^-v$|^--(verbose|version|help)$|^-V$/.test(arg));
      if (call.program === 'bootctl')
        return /^(install|remove|update|unlink|cleanup|set-.*|reboot-to-firmware|random-seed|kernel-.*)$/.test(
          operands(call)[0] ?? '',
        );
      if (call.program === 'update-initramfs') return hasFlag(call, '-d');
      if (call.program === 'efivar') return hasFlag(call, '-w', '--write', '-a', '--append');
      if (call.program === 'dracut') return false;
      if (call.program === 'grub-editenv') return !call.args.includes('list');
      return true;
    },
    match: ['efibootmgr -B -b 0001', 'efibootmgr -n 0002', 'bootctl remove'],
    notMatch: ['efibootmgr', 'efibootmgr -v', 'bootctl status'],
  },
  {
    name: 'floor.disk-wipe',
    programs: ['zpool'],
    reason: 'It destroys, creates or takes apart a ZFS pool.',
    when: (call) =>
      /^(destroy|create|labelclear|add|remove|detach|split|replace|attach|reguid|reopen|export|offline|initialize|checkpoint)$/.test(
        operands(call)[0] ?? '',
      ) ||
      (operands(call)[0] === 'import' && hasFlag(call, '-F', '-D', '-f', '-X')) ||
      (operands(call)[0] ?? '').includes(opaque),
    match: [
      'zpool destroy tank',
      'zpool create -f tank /dev/sdb',
      'zpool labelclear -f /dev/sdb',
      'zpool detach tank sdb',
    ],
    notMatch: ['zpool status', 'zpool scrub tank', 'zpool iostat 1 2', "grep -c 'zpool destroy' notes.md"],
  },
  {
    name: 'floor.disk-wipe',
    programs: ['zfs'],
    reason: 'It destroys a dataset or everything written after a snapshot.',
    when: (call) => {
      const words = operands(call, ['-o', '-t', '-s', '-S', '-d']);
      if (words.some((word) => word.includes(opaque))) return true;
      if (words[0] === 'destroy')
        return (
          !words.slice(1).every((name) => /[@#]/.test(name)) ||
          // A range with an open end, or all snapshots of all children.
          words.some((name) => /@%|%$/.test(name)) ||
          words.length < 2 ||
          hasFlag(call, '-R')
        );
      if (words[0] === 'rollback') return hasFlag(call, '-r', '-R', '-f');
      if (words[0] === 'receive' || words[0] === 'recv') return hasFlag(call, '-F');
      if (words[0] === 'set')
        return call.args.some((arg) =>
          /^mountpoint=\/(etc|usr|boot|var|root|home|bin|sbin|lib\w*)?$/.test(arg),
        );
      return words[0] === 'unload-key' || words[0] === 'change-key' || words[0] === 'program';
    },
    match: [
      'zfs destroy -r rpool/data',
      'zfs destroy tank',
      'zfs rollback -r rpool/data@x',
      'zfs destroy -R rpool/data@x',
    ],
    notMatch: ['zfs list -t snapshot', 'zfs destroy rpool/data@x', 'zfs snapshot rpool/data@x'],
  },
  {
    name: 'floor.disk-wipe',
    programs: ['btrfs'],
    reason: 'It deletes a subvolume or rewrites the file system.',
    when: (call) => {
      const words = operands(call);
      return (
        startsWith(
          words,
          'subvolume delete',
          'sub del',
          'subvol delete',
          'su d',
          'subvolume del',
          'sub delete',
          'device delete',
          'device remove',
          'device add',
          'dev del',
          'replace start',
          'rescue zero-log',
          'rescue super-recover',
          'rescue chunk-recover',
          'rescue clear-space-cache',
          'filesystem resize',
          'fi resize',
          'qgroup destroy',
          'restore',
        ) ||
        (words[0] === 'check' &&
          hasFlag(call, '--repair', '--init-csum-tree', '--init-extent-tree', '--clear-space-cache')) ||
        ((words[0] ?? '').startsWith('su') && /^d/.test(words[1] ?? ''))
      );
    },
    match: [
      'btrfs subvolume delete /mnt/data',
      'btrfs check --repair /dev/sdb',
      'btrfs device remove /dev/sdb /mnt',
    ],
    notMatch: ['btrfs subvolume list /mnt', 'btrfs filesystem usage /'],
  },
  {
    name: 'floor.disk-wipe',
    programs: [
      'ceph',
      'ceph-volume',
      'rbd',
      'rados',
      'pveceph',
      'gluster',
      'ceph-objectstore-tool',
      'ceph-bluestore-tool',
      'linstor',
      'drbdadm',
      'mfs',
      'iscsiadm',
      'targetcli',
      'multipath',
      'dmsetup',
      'losetup',
      'kpartx',
      'vdo',
      'stratis',
      'snapraid',
      'mergerfs',
    ],
    reason: 'It removes storage or the data on it.',
    when: (call) => {
      const line = call.args.join(' ');
      if (['dmsetup'].includes(call.program))
        return /^(-\S+ )*(remove|remove_all|wipe_table|load|reload|create|suspend|clear|rename|message)/.test(
          line,
        );
      if (call.program === 'iscsiadm') return /-o (delete|new)|--op[= ](delete|new)/.test(line);
      if (call.program === 'multipath') return hasFlag(call, '-F', '-f', '-w', '-W');
      if (call.program === 'losetup' || call.program === 'kpartx') return false;
      return (
        /(^|\s)(rm|remove|delete|destroy|purge|zap|wipe|wipe-md|invalidate|lost|rmpool|rmsnap|rollback|trash|deep-flatten|format|create-md|reset|clearconfig|force-create-pg|rm-all|new)(\s|$)/.test(
          line,
        ) ||
        (call.program === 'ceph-volume' && /create|prepare/.test(line))
      );
    },
    match: [
      'ceph osd pool delete x x --yes-i-really-really-mean-it',
      'rbd rm pool/vm-100-disk-0',
      'ceph-volume lvm zap /dev/sdb',
      'gluster volume delete gv0',
      'dmsetup remove_all',
    ],
    notMatch: ['ceph status', 'ceph osd tree', 'rbd ls', 'dmsetup ls'],
  },
];

/** Where dd writes. */
function outputs(call: Call): string[] {
  return call.args.filter((arg) => arg.startsWith('of=')).map((arg) => arg.slice(3));
}

export const diskChanges: readonly ChangeRule[] = [
  {
    name: 'change.mount',
    programs: [
      'mount',
      'umount',
      'swapon',
      'swapoff',
      'fstrim',
      'eject',
      'udisksctl',
      'losetup',
      'kpartx',
      'partprobe',
      'blockdev',
      'cryptsetup',
      'smartctl',
      'hdparm',
      'lvextend',
      'lvcreate',
      'lvrename',
      'lvresize',
      'lvchange',
      'vgextend',
      'vgchange',
      'vgrename',
      'vgimport',
      'vgexport',
      'vgscan',
      'pvscan',
      'pvresize',
      'pvmove',
      'pvchange',
      'resize2fs',
      'xfs_growfs',
      'mdadm',
      'nvme',
      'smartd',
      'zpool',
      'zfs',
      'btrfs',
      'ceph',
      'rbd',
      'e2fsck',
      'fsck',
      'fsck.ext4',
      'hddtemp',
      'sdparm',
      'idle3ctl',
      'tune2fs',
      'badblocks',
      'wipefs',
      'dmsetup',
      'iscsiadm',
      'xfs_io',
      'debugfs',
      'partx',
      'multipath',
      'update-initramfs',
      'dracut',
    ],
    reason: 'It changes what is mounted, or how a disk, volume or file system behaves.',
    args: 'data',
    match: [
      'mount /dev/sdb1 /mnt',
      'zfs snapshot rpool/data@x',
      'lvextend -L +5G pve/data',
      'zpool scrub tank',
      'swapoff -a',
    ],
    notMatch: ['zpool status', 'lvs'],
  },
];
