/** How the containers of a machine are reached, from the strongest wall to none at all. */
export type DockerWay =
  /** A Docker of the user's own: root in a container is that user on the machine. */
  | 'rootless'
  /** Only listed command lines pass, through sudo. */
  | 'sudo'
  /** Membership in the group docker, which is the same as being root. */
  | 'group'
  | 'none';

/** What is known of a machine when its wall is drawn. */
export interface WallHost {
  /** The name the configuration gives it. */
  readonly name: string;
  /** Who Chiffon signs in as. Never root. */
  readonly user: string;
  readonly docker: DockerWay;
  readonly proxmox: boolean;
  /** The public key Chiffon signs in with, as `ssh-ed25519 AAAA…`; null when it isn't at hand. */
  readonly publicKey: string | null;
  /** `address:port` of machines that are reached through this one. */
  readonly jumpsTo: readonly string[];
  /** What Chiffon's commands of this machine are, as they would be run: the catalog's and those of its probes. */
  readonly commands: readonly string[];
}

/** A file as it should lie on the machine, owned by root. */
export interface WallFile {
  readonly path: string;
  /** As in `0440`. */
  readonly mode: string;
  readonly content: string;
  /** A command that says whether the file is right, with `{}` for its name; it is put in place only then. */
  readonly check?: string;
}

/** One stone of the wall. */
export interface WallPart {
  readonly name: string;
  /** One sentence: what it is good for. */
  readonly why: string;
  /** What somebody should know before doing it, a sentence or two each. */
  readonly notes: readonly string[];
  readonly files: readonly WallFile[];
  /** Shell commands for root, in order, after the files. */
  readonly commands: readonly string[];
  /** Shell commands for root that take it back. */
  readonly undo: readonly string[];
  /** Whether a machine may well do without, so that somebody has to ask for it. */
  readonly optional: boolean;
}

/** Groups whose members can become root, or read and write disks beside every permission. */
export const dangerousGroups: readonly string[] =
  'docker disk kvm lxd incus-admin libvirt podman sudo wheel admin shadow root'.split(' ');

/** Targets that take a machine's power away. */
export const powerTargets: readonly string[] =
  'poweroff.target reboot.target halt.target kexec.target soft-reboot.target'.split(' ');

/** Targets that put a machine to sleep. */
export const sleepTargets: readonly string[] =
  'sleep.target suspend.target hibernate.target hybrid-sleep.target suspend-then-hibernate.target'.split(' ');

/** Where Chiffon's own programs lie on a machine with a wall. Only root writes there. */
export const wallFolder = '/usr/local/lib/chiffon';

/** Where compose projects lie that only root writes, so that sudo may start them. */
export const projectsFolder = '/srv/chiffon';

/** What a machine says about its wall, from Chiffon's own sign-in. Null: it could not be looked at from there. */
export interface WallFacts {
  readonly user: string;
  readonly uid: number;
  readonly groups: readonly string[];
  /** Effective capabilities of the session as a hexadecimal mask. */
  readonly capabilities: string | null;
  readonly noNewPrivileges: boolean | null;
  /** What `sudo -n -l` printed; null without sudo. */
  readonly sudo: { readonly code: number; readonly text: string } | null;
  /** Exit codes of `pkcheck` by action; empty without polkit. */
  readonly polkit: ReadonlyMap<string, number>;
  readonly polkitInstalled: boolean;
  /** Of the targets that were looked for, those that are masked; null without systemd. */
  readonly masked: readonly string[] | null;
  /** Of the places only root should write, those this user can. */
  readonly writable: readonly string[];
  /** Of the files only root should read, those this user can. */
  readonly readable: readonly string[];
  /** Sockets of container engines and guest managers this user can speak to. */
  readonly sockets: readonly string[];
  /** Disks and kernel devices this user can read or write. */
  readonly devices: readonly string[];
  /** Whether a program was started that the server chose, whatever was asked for. */
  readonly forced: boolean;
  /** The options of every key that lets this user in; null when the file can't be read. */
  readonly keys: readonly string[] | null;
  /** Whether this user may change which keys let it in. */
  readonly keysWritable: boolean;
  /** What `pveum` said about privileges; null where there is no Proxmox or it doesn't tell this user. */
  readonly proxmox: { readonly installed: boolean; readonly text: string | null };
}
