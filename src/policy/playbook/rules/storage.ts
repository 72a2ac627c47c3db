import { asList, asText, type Fields, isYes } from '../../read-yaml.ts';
import { deny } from '../../shell/verdict.ts';
import type { Deeds, ModuleRule } from '../module-rule.ts';

const wipes = (): Deeds => ({
  findings: [deny('disk-wipe', 'It may erase a disk, a volume or a file system.')],
});
const isGone = (args: Fields): boolean =>
  /^(absent|removed|deleted|destroyed|\0.*)$/.test(asText(args['state']));

/** Modules for disks, pools, guests and databases. */
export const storageRules: readonly ModuleRule[] = [
  {
    name: 'module.disks',
    modules: [
      'filesystem',
      'parted',
      'luks_device',
      'lvg',
      'lvol',
      'mdadm',
      'zpool',
      'btrfs_subvolume',
      'win_format',
      'win_partition',
      'win_initialize_disk',
      'blivet',
      'storage',
      'stratis',
      'sg_persist',
      'vdo',
      'xfs_quota',
      'proxmox_storage',
      'aix_lvg',
      'gluster_volume',
      'ceph_volume',
      'swapfile',
      'format',
      'lvg_rename',
    ],
    says: 'lays out disks',
    does: wipes,
    match: [
      'filesystem: {fstype: ext4, dev: /dev/sdb1, force: true}',
      'community.general.parted: {device: /dev/sdb, number: 1, state: present}',
      'community.general.lvol: {vg: pve, lv: data, state: absent, force: true}',
    ],
    notMatch: ['mount: {path: /mnt/nas, src: "nas:/x", fstype: nfs, state: mounted}'],
  },
  {
    name: 'module.mounts',
    modules: ['mount', 'zfs', 'zfs_delegate_admin', 'proxmox_snap'],
    says: 'mounts or changes a file system',
    does: (args) => ({
      calls: [['mount', asText(args['src'] ?? args['name']), asText(args['path'] ?? args['name'])]],
      ...(isGone(args) && args['path'] === undefined ? wipes() : {}),
    }),
    match: ['zfs: {name: tank/x, state: absent}', 'community.general.zfs: {name: tank, state: absent}'],
    notMatch: [
      'mount: {path: /mnt/nas, src: "nas:/x", fstype: nfs, state: mounted}',
      'zfs: {name: tank/x, state: present}',
    ],
  },
  {
    name: 'module.guests',
    modules: [
      'proxmox',
      'proxmox_kvm',
      'proxmox_lxc',
      'proxmox_template',
      'proxmox_disk',
      'proxmox_nic',
      'proxmox_backup',
      'virt',
      'virt_pool',
      'virt_net',
      'lxc_container',
      'lxd_container',
      'incus_container',
      'vmware_guest',
      'vmware_guest_powerstate',
      'xenserver_guest',
      'hcloud_server',
      'ovirt_vm',
      'ec2_instance',
      'digital_ocean_droplet',
      'nomad_job',
      'multipass_vm',
      'talos_machine',
    ],
    says: 'changes a guest',
    reachesOut: true,
    does: (args) =>
      isGone(args) ||
      /^(undefine|destroy|delete)/.test(asText(args['command'])) ||
      asText(args['state']) === 'detached' ||
      isYes(args['purge'])
        ? { findings: [deny('guest-wipe', 'It removes a guest or one of its disks.')] }
        : {},
    match: [
      'community.general.proxmox_kvm: {vmid: 100, state: absent}',
      'proxmox: {vmid: 101, state: absent, force: true}',
      'community.general.proxmox_disk: {vmid: 100, disk: scsi0, state: absent}',
      'virt: {name: x, command: undefine}',
    ],
    notMatch: [
      'community.general.proxmox_kvm: {vmid: 100, state: started}',
      'proxmox_kvm: {vmid: 100, state: restarted}',
    ],
  },
  {
    name: 'module.databases',
    modules: [
      'mysql_db',
      'mysql_query',
      'mysql_user',
      'postgresql_db',
      'postgresql_query',
      'postgresql_script',
      'postgresql_schema',
      'postgresql_table',
      'postgresql_user',
      'postgresql_ext',
      'postgresql_privs',
      'mongodb_user',
      'mongodb_shell',
      'redis',
      'influxdb_database',
      'influxdb_query',
      'elasticsearch_index',
      'mssql_script',
      'mssql_db',
      'postgresql_tablespace',
    ],
    says: 'changes a database',
    reachesOut: true,
    does: changeDatabase,
    match: [
      'mysql_db: {name: nextcloud, state: absent}',
      'community.postgresql.postgresql_query: {db: x, query: "DROP TABLE users"}',
      'redis: {command: flush, flush_mode: all}',
      'postgresql_db: {name: x, state: absent}',
      'mysql_query: {query: ["DROP DATABASE x"]}',
    ],
    notMatch: ['postgresql_db: {name: x, state: present}', 'mysql_query: {query: "CREATE TABLE a (b INT)"}'],
  },
];

function changeDatabase(args: Fields): Deeds {
  const queries = [args['query'], args['queries'], args['eval'], args['script']].flatMap((given) =>
    asList(given).map(asText),
  );
  const gone =
    isGone(args) ||
    /^flush/.test(asText(args['command'])) ||
    isYes(args['truncate']) ||
    args['flush_mode'] !== undefined;
  return {
    calls: queries.filter((query) => query !== '').map((query) => ['psql', '-c', query]),
    findings: gone ? [deny('database-loss', 'It removes a database or what is in it.')] : [],
  };
}
