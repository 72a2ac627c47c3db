import type { WallHost, WallPart } from '../wall.ts';

/** What Proxmox lets the token do: look, and keep states of guests. */
export const proxmoxPrivileges: readonly string[] = [
  'VM.Audit',
  'VM.Snapshot',
  'Sys.Audit',
  'Datastore.Audit',
];

/** Privileges with which a token could stop the node, destroy guests or their disks, or give itself more. */
export const dangerousPrivileges: readonly string[] =
  'Sys.PowerMgmt Sys.Modify Sys.Console Sys.AccessNetwork VM.Allocate VM.Config.Disk VM.Console VM.Monitor VM.Clone Datastore.Allocate Datastore.AllocateSpace Datastore.AllocateTemplate Permissions.Modify User.Modify Realm.Allocate Group.Allocate Pool.Allocate SDN.Allocate Mapping.Modify'.split(
    ' ',
  );

/** A role and a token of Chiffon's own on Proxmox VE. */
export function apiToken({ user }: WallHost): WallPart {
  const account = `${user}@pve`;
  return {
    name: 'proxmox token',
    why: 'A token that may look and take snapshots can’t stop the node, destroy a guest or touch a disk, whatever is asked of it.',
    notes: [
      `The role has ${proxmoxPrivileges.join(', ')}; it leaves out Sys.PowerMgmt, VM.Allocate, Datastore.Allocate and Permissions.Modify above all. Add VM.PowerMgmt if guests are to be started and stopped.`,
      'Today’s commands of the catalog use qm and pct over SSH (see sudoers); the token is for programs that speak with the API. It is shown once: keep it in a file with mode 0600.',
    ],
    files: [],
    commands: [
      `pveum role add Chiffon --privs '${proxmoxPrivileges.join(',')}'`,
      `pveum user add ${account} --comment 'Chiffon'`,
      `pveum acl modify / --users ${account} --roles Chiffon`,
      `pveum user token add ${account} chiffon --privsep 1`,
      `pveum acl modify / --tokens '${account}!chiffon' --roles Chiffon`,
    ],
    undo: [
      `pveum user token remove ${account} chiffon`,
      `pveum user delete ${account}`,
      'pveum role delete Chiffon',
    ],
    optional: false,
  };
}
