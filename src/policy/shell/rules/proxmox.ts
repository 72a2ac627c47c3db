import { type Call, flagValues, hasFlag, operands } from '../call.ts';
import { judgeGift } from '../host-places.ts';
import { opaque } from '../reading/scope.ts';
import type { ChangeRule, FloorRule, ReadRule } from '../rule.ts';

const values = [
  '--storage',
  '-storage',
  '--target',
  '--output-format',
  '--snapshot',
  '--vmid',
  '--node',
  '--command',
  '-command',
  '--idlist',
  '-idlist',
  '--enabled',
  '--content',
];

export const proxmoxReads: readonly ReadRule[] = [
  {
    name: 'read.qm',
    programs: ['qm', 'pct'],
    looks: 'shows guests',
    verbs: [
      'list',
      'status',
      'config',
      'pending',
      'showcmd',
      'listsnapshot',
      'df',
      'cpusets',
      'cloudinit pending',
      'help',
    ],
    valueFlags: values,
    operands: 'data',
    match: [
      'qm list',
      'qm status 100 --verbose',
      'qm config 100',
      'qm pending 100',
      'pct list',
      'pct config 101',
      'qm listsnapshot 100',
    ],
    notMatch: [
      'qm reboot 100',
      'qm destroy 100',
      'qm set 100 --memory 1',
      'pct exec 101 ls',
      'qm guest exec 100 ls',
    ],
  },
  {
    name: 'read.pve',
    programs: [
      'pvesm',
      'pvecm',
      'pvesh',
      'pveversion',
      'pveum',
      'pvenode',
      'ha-manager',
      'pvesubscription',
      'pvesr',
      'proxmox-backup-client',
      'proxmox-backup-manager',
      'corosync-cfgtool',
      'corosync-quorumtool',
      'corosync-cmapctl',
      'pvestatd',
      'pvedaemon',
      'pveproxy',
      'proxmox-boot-tool',
      'pveceph',
      'pveam',
      'pvescheduler',
      'spiceproxy',
      'pvefw-logger',
    ],
    looks: 'shows Proxmox',
    valueFlags: values,
    depth: 2,
    before: ['-v', '--verbose', '-s', '-n', '-b', '-l', '-m', '-sl', '-g'],
    operands: 'data',
    when: (call) => {
      const words = operands(call, values);
      const line = words.join(' ');
      switch (call.program) {
        case 'pvesm':
          return /^(status|list|path|scan|nfsscan|lvmscan|zfsscan|apiinfo|help)\b/.test(line);
        case 'pvecm':
          return /^(status|nodes|apiver|help)$/.test(line);
        case 'pvesh':
          return (
            /^(get|ls|usage|help)\b/.test(line) &&
            !/(access|token|ticket|password|termproxy|vncproxy|secret|cloudinit|agent)/.test(line)
          );
        case 'pveversion':
          return true;
        case 'pveum':
          return /^(user|group|role|acl|realm|pool) list$|^user (permissions|token list)\b/.test(line);
        case 'pvenode':
          return /^(config get|task (list|status|log)|cert info|acme (account|plugin) (list))\b/.test(line);
        case 'ha-manager':
          return /^(status|config|groupconfig|rules (list|config))$/.test(line);
        case 'pvesubscription':
          return line === 'get';
        case 'pvesr':
          return /^(list|status|read)\b/.test(line);
        case 'pveam':
          return /^(available|list)\b/.test(line);
        case 'proxmox-backup-client':
          return /^(list|snapshots|snapshot list|status|version|snapshot files)\b/.test(line);
        case 'proxmox-backup-manager':
          return (
            /^(datastore|remote|user|disk|task|prune-job|sync-job|verify-job|node|network|versions|cert|acl|garbage-collection) ?(list|show|status|info|log|fs list)?\b/.test(
              line,
            ) && /\b(list|show|status|info|log|versions)$/.test(line)
          );
        case 'corosync-cfgtool':
          return /^-[snb]$/.test(call.args.join(' '));
        case 'corosync-quorumtool':
          return call.args.every((arg) => /^-[slm]$|^-sl$/.test(arg));
        case 'corosync-cmapctl':
          return call.args.length === 0 || call.args[0] === '-g';
        case 'proxmox-boot-tool':
          return line === 'status' || line === 'kernel list';
        case 'pveceph':
          return /^(status|pool ls)/.test(line);
        default:
          return line === 'status';
      }
    },
    match: [
      'pvesm status',
      'pvesm list local-lvm',
      'pvecm status',
      'pvesh get /nodes',
      'pveversion -v',
      'pveum user list',
      'pvenode task list',
      'ha-manager status',
      'proxmox-boot-tool status',
    ],
    notMatch: [
      'pvesm free local:x',
      'pvesh create /nodes/n100/status --command reboot',
      'pvenode stopall',
      'pvecm expected 1',
    ],
  },
];

export const proxmoxFloor: readonly FloorRule[] = [
  {
    name: 'floor.guest-wipe',
    programs: ['qm', 'pct'],
    reason: 'It deletes a guest or one of its disks, and there is no undo.',
    when: (call) => {
      const words = operands(call, values);
      const [verb = '', next = ''] = words;
      if (verb.includes(opaque)) return true;
      if (verb === 'destroy') return true;
      if (verb === 'unlink' || (verb === 'disk' && next === 'unlink')) return true;
      if (verb === 'nbdstop' || verb === 'mtunnel') return false;
      if (
        /^(move-disk|move_disk|move-volume|move_volume)$/.test(verb) ||
        (verb === 'disk' && next === 'move')
      )
        return flagValues(call, '--delete', '-delete').some((value) => value !== '0');
      if (verb === 'monitor' || verb === 'sendkey') return call.stdin.kind !== 'none';
      if (verb === 'set')
        return (
          flagValues(call, '--delete', '-delete').some((value) =>
            /(scsi|virtio|ide|sata|efidisk|tpmstate|unused|rootfs|mp)[0-9]*/.test(value),
          ) ||
          call.args.some((arg) => /\/dev\/(sd|nvme|vd|disk|mapper|pve|zvol)/.test(arg)) ||
          mountsHost(call) ||
          hasFlag(call, '--args', '-args', '--hookscript', '-hookscript')
        );
      if (verb === 'create' || verb === 'restore')
        return (
          (hasFlag(call, '--force', '-force') && call.program === 'pct') ||
          hasFlag(call, '--hookscript', '-hookscript')
        );
      return (
        (verb === 'resize' && words.some((word) => /^-[0-9]/.test(word))) ||
        call.args.some((arg) => arg === '--purge' || arg === '--destroy-unreferenced-disks')
      );
    },
    match: [
      'qm destroy 100',
      'pct destroy 101 --purge',
      'qm unlink 100 --idlist scsi0 --force',
      'qm set 100 --delete scsi0',
      "qm list | awk '{print $1}' | xargs -n1 qm destroy",
      'qm disk unlink 100 --idlist scsi1',
      'pct set 101 --mp0 /,mp=/host',
    ],
    notMatch: [
      'qm list',
      'qm reboot 100',
      'qm delsnapshot 100 pre',
      'qm set 100 --memory 2048',
      'qm migrate 100 n101',
    ],
  },
  {
    name: 'floor.guest-wipe',
    programs: ['pvesm', 'pvesh', 'vzdump', 'pvesr', 'pveam', 'pvenode', 'qmrestore'],
    reason: 'It deletes volumes, backups or guests, and there is no undo.',
    when: (call) => {
      const words = operands(call, values);
      const line = words.join(' ');
      if (call.program === 'pvesm')
        return /^(free|prune-backups|remove)\b/.test(line) && !hasFlag(call, '--dry-run', '-dry-run');
      if (call.program === 'vzdump')
        return (
          flagValues(call, '--prune-backups', '-prune-backups').some((value) =>
            /keep-last=[01]$|keep-all=0/.test(value),
          ) ||
          flagValues(call, '--remove', '-remove', '--maxfiles').some((value) => value === '1') ||
          hasFlag(call, '--script', '-script') ||
          hasFlag(call, '--hookscript')
        );
      if (call.program === 'pvesh')
        return (
          /^delete\b/.test(line) ||
          /^(create|set) \/?nodes\/[^/]+\/(disks|qemu\/\d+\/(unlink|agent\/exec)|execute|storage)/.test(line)
        );
      if (call.program === 'pvesr') return /^(delete|finalize-local-job|prepare-local-job)/.test(line);
      return false;
    },
    match: [
      'pvesm prune-backups local --keep-last 0',
      'pvesm free local-lvm:vm-100-disk-0',
      'pvesh delete /nodes/n100/qemu/100',
      'pvesm remove local',
    ],
    notMatch: ['pvesm list local-lvm', 'pvesh get /nodes', 'qmrestore x.vma 100 --force 1'],
  },
  {
    name: 'floor.host-power',
    programs: ['pvesh', 'pvenode', 'ha-manager', 'pmgsh', 'proxmox-backup-manager'],
    reason: 'It asks Proxmox to power the machine that everything runs on.',
    when: (call) => {
      const line = operands(call).join(' ');
      const command = call.args.join(' ');
      if (call.program === 'pvesh')
        return (
          /^create \/?nodes\/[^/]+\/(status|termproxy|vncshell|spiceshell)/.test(line) ||
          /--?command[= ](reboot|shutdown)/.test(command)
        );
      return /\b(reboot|shutdown|poweroff)\b/.test(line) && call.program !== 'pvenode';
    },
    match: [
      'pvesh create /nodes/n100/status --command reboot',
      'pvesh create /nodes/n100/status -command shutdown',
    ],
    notMatch: ['pvesh get /nodes/n100/status', 'pvenode stopall'],
  },
];

/** `pct set 101 --mp0 /,mp=/host` gives a container the machine. */
function mountsHost(call: Pick<Call, 'args'>): boolean {
  return call.args.some((arg, i) => {
    const value = /^--?mp[0-9]+(?:=(.*))?$/s.exec(arg);
    const source = (value?.[1] ?? (value ? call.args[i + 1] : undefined))?.split(',', 1)[0];
    return source?.startsWith('/') === true && judgeGift(source) === 'everything';
  });
}

export const proxmoxChanges: readonly ChangeRule[] = [
  {
    name: 'change.guests',
    programs: [
      'qm',
      'pct',
      'pvesm',
      'pvesh',
      'pvenode',
      'qmrestore',
      'vzdump',
      'pvecm',
      'ha-manager',
      'pveum',
      'pvesr',
      'pveam',
      'proxmox-backup-client',
      'proxmox-backup-manager',
      'pvesubscription',
      'pveceph',
      'pveversion',
      'pve-firewall',
      'pvereport',
      'pveperf',
      'pvestatd',
      'pvedaemon',
      'pveproxy',
      'corosync-cfgtool',
      'corosync-quorumtool',
    ],
    reason: 'It changes guests, their power, their snapshots or Proxmox itself.',
    args: 'data',
    match: [
      'qm reboot 100',
      'pvenode stopall',
      'qm reset 100',
      'qm migrate 100 n101',
      'qm delsnapshot 100 pre',
      'qmrestore x.vma 100 --force 1',
      'qm start 100',
      'pct snapshot 101 pre',
      'vzdump 100',
    ],
    notMatch: ['qm list', 'pvesm status'],
  },
];
