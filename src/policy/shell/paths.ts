import { globCouldBe } from './reading/glob.ts';
import { opaque } from './reading/scope.ts';

/**
 * A path with `.`, `..` and doubled slashes resolved, `/proc/N/root` removed, and every home folder written `~`.
 * A relative path is completed from `cwd` where that is known.
 */
export function normalPath(path: string, cwd?: string): string {
  const full = /^[/~]/.test(path) || cwd === undefined ? path : `${cwd}/${path}`;
  const absolute = full.startsWith('/');
  const parts: string[] = [];
  for (const part of full.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && (absolute || (parts.length > 0 && parts.at(-1) !== '..'))) parts.pop();
    else parts.push(part);
  }
  const resolved = `${absolute ? '/' : ''}${parts.join('/')}` || '.';
  return resolved
    .replace(/^(\/proc\/[^/]+\/(root|cwd))+(?=\/|$)/, '')
    .replace(/^$/, '/')
    .replace(/^(\/root|\/home\/[^/]+|~[a-z0-9_-]*)(?=\/|$)/, '~');
}

/** PATH_MAX of Linux (limits.h), its end included: no kernel opens what is longer. */
const longestPath = 4_096;

/** Everything in an argument that could be meant as a path: itself and what follows `=`, `@`, `:`, `,` or a flag. */
export function pathsIn(argument: string): string[] {
  const found = new Set([argument]);
  for (const match of argument.matchAll(/[=@:,<>(]+/g))
    found.add(argument.slice(match.index + match[0].length));
  for (const piece of argument.split(/[=@:,\s'"()<>;|]+/)) if (piece) found.add(piece);
  const attached = /^-[A-Za-z](.+)$/.exec(argument)?.[1];
  if (attached) found.add(attached);
  return [...found].filter((path) => path !== '' && path.length < longestPath);
}

const secretPaths: readonly RegExp[] = [
  /(^|\/)g?shadow(-|~|[-.](bak|old|orig|save|dpkg-\w+|gz|[0-9]+))?$/,
  /(^|\/)etc\/(master\.passwd|krb5\.keytab|security\/opasswd|machine-key)$/,
  /(^|\/)\.ssh(\/(?!known_hosts|config$|authorized_keys|[^/]*\.pub$)[^/]*)?$/,
  /(^|\/)id_(rsa|dsa|ecdsa|ed25519)(?![^/]*\.pub$)[^/]*$/,
  /(^|\/)ssh_host_[^/]*_key(?!\.pub)[^/]*$/,
  /(^|\/)(etc\/pve\/priv|etc\/ssl\/private|etc\/wireguard|etc\/pki\/tls\/private|etc\/letsencrypt\/(live|archive|keys))(\/(?!(cert|chain|fullchain)[0-9]*\.pem$|[^/]+\/(cert|chain|fullchain)[0-9]*\.pem$).*)?$/,
  /(^|\/)etc\/pve\/nodes\/[^/]+\/pve-ssl\.key$/,
  /\.(key|p12|pfx|jks|keystore|kdbx|keytab|ovpn|age|ppk|agekey|token|psk)$/,
  /(^|\/)[^/]*[-_.](password|passphrase|passwd|token|secret|api[-_]?key)$/,
  /(^|\/)etc\/(?!pam\.d\/)([^/]+\/)+(smb|[a-z]+_)?passwd[^/]*$/,
  /(^|\/)(smbpasswd|passdb\.tdb|secrets\.tdb|upsd\.users|dovecot\/users|freeradius\/.*clients\.conf|\.?msmtprc|ddclient\.conf|logins\.json|key[34]\.db|\.m2\/settings\.xml|vaultwarden\/config\.json|\.storage\/(auth|core\.config_entries)[^/]*|\.config\/(borg\/.+|hub)|group_vars\/(.+\/)?vault)$/,
  /(^|\/)[^/]*(privkey|private[-_.]?key|-key|_key|secret[-_.]?key|master[-_.]?key)[^/]*\.(pem|txt|json|der)$/,
  /(^|\/)(privkey|key|private)[0-9]*\.pem$/,
  /(^|\/)[^/]*\.env(rc)?(~|[._-](?!example|sample|template|dist|md)[^/]*)?$/,
  /(^|\/)[^/]*(?<!no[-_])(secrets?|credentials?|passwords?|passwd|tokens?)([-_.][^/]*)?\.(ya?ml|json|env|toml|txt|ini|conf|cfg|enc|sops|properties|csv|db|sh|list)$/,
  /(^|\/)(\.?secrets?|\.vault|vault)\/.+$|\/\.?secrets?$/,
  /(^|\/)\.?vault[-_.]?pass[^/]*$/,
  /(^|\/)vault\.(ya?ml|json)$/,
  /\/(credentials|token|tokens|authkey|passwords?|passphrase|api[-_]?key|master[-_.]?key|htpasswd)$|(^|\/)(\.credentials|node-token|\.htpasswd)$/,
  /(^|\/)(\.netrc|_netrc|\.pgpass|\.my\.cnf|\.mylogin\.cnf|\.git-credentials|\.npmrc|\.pypirc|\.boto|\.s3cfg|\.smbcredentials|\.dockercfg)$/,
  /(^|\/)(\.docker|docker)\/config\.json$/,
  /(^|\/)(\.kube\/config[^/]*|kubeconfig[^/]*|[^/]*\.kubeconfig|k3s\.yaml|talosconfig[^/]*|\.talos\/config)$/,
  /(^|\/)etc\/kubernetes\/([^/]*\.conf|pki(\/.*)?)$/,
  /(^|\/)(\.gnupg|\.password-store|\.aws|\.azure|\.config\/(gcloud|sops|rclone|gh|op|age|git\/credentials)|\.local\/share\/keyrings)(\/.*)?$/,
  /(^|\/)rclone\.conf$/,
  /(^|\/)wg[0-9]*\.conf$/,
  /(^|\/)proc\/[^/]+(\/task\/[^/]+)?\/(environ|mem|auxv)$/,
  /(^|\/)(proc\/kcore|dev\/(mem|kmem|port|input\/(event\d+|by-.*)))$/,
  /\.keyring$|(^|\/)[^/]*(secret|private|access|signing|encryption|api|auth|session|cookie)[-_.]?keys?(\.(?!pub$)\w+)?$/i,
  /(^|\/)(\.cloudflared|\.oci|\.config\/(rbw|containers\/auth\.json)|\.vault-token|var\/lib\/iwd)(\/.*)?$/,
  /(^|\/)(Login Data|Cookies|Web Data)( For Account)?$|\/cookies\.sqlite$/,
  /(^|\/)(run\/secrets|var\/run\/secrets)(\/.*)?$/,
  /(^|\/)var\/lib\/rancher\/k3s\/server\/(token|agent-token|node-token|cred|tls)(\/.*)?$/,
  /(^|\/)(var\/lib\/kubelet\/pki|var\/lib\/etcd|var\/lib\/chiffon)(\/.*)?$/,
  /(^|\/)[^/]*\.tfstate(\.backup)?$/,
  /(^|\/)[^/]*\.tfvars(\.json)?$/,
  /(^|\/)\.[a-z]*_history$/,
  /(^|\/)etc\/(ppp\/[^/]*-secrets|NetworkManager\/system-connections(\/.*)?|wpa_supplicant(\/.*)?|mysql\/debian\.cnf|postfix\/sasl_passwd[^/]*|corosync\/authkey|cloudflared(\/.*)?|chiffon\/secrets?[^/]*|ipsec\.secrets|openvpn(\/.*)?)$/,
  /(^|\/)(wpa_supplicant|rclone|sasl_passwd|tailscaled\.state|acme\.json|wp-config\.php|keys\.txt)[^/]*$/,
];

/** Files that give a key, a password or a token to whoever reads them. */
export function isSecretPath(path: string): boolean {
  return secretPaths.some((pattern) => pattern.test(path)) && !/\.pub$/.test(path);
}

const harmlessDevices =
  /^\/dev\/(null|zero|full|random|urandom|stdin|stdout|stderr|tty\S*|pts(\/.*)?|fd(\/.*)?|console|ptmx|shm\/.+|net\/tun|dri(\/.*)?)$/;

/** A path under /dev that reaches a disk, a volume or other hardware. */
export function isDevicePath(path: string): boolean {
  return /^\/dev\/.+/.test(path) && !harmlessDevices.test(path);
}

/** Files through which the kernel itself is told to do something. */
export function isKernelPath(path: string): boolean {
  // Also where /proc is mounted elsewhere, as in a container.
  if (/(^|\/)sysrq-trigger$/.test(path)) return true;
  return (
    /^\/(proc|sys)\/.+/.test(path) &&
    !/^\/proc\/(self|thread-self|[0-9]+)\/(fd\/[0-9]+|oom_score_adj|comm|coredump_filter|loginuid)$/.test(
      path,
    )
  );
}

/** A place where anybody on the machine may put files. */
export function isAnybodysFolder(path: string | undefined): boolean {
  return path !== undefined && /^\/(tmp|var\/tmp|dev\/shm|run\/user)(\/|$)/.test(path);
}

const guardPaths: readonly RegExp[] = [
  /^\/etc\/(sudoers|sudo\.conf|doas\.conf|pam\.d|pam\.conf|security|polkit-1|dbus-1|NetworkManager\/dispatcher\.d|networkd-dispatcher|dhcp|ppp\/ip-(up|down)[^/]*|bash_completion\.d|apparmor|apparmor\.d|selinux|audit|auditd|rsyslog|chiffon|crowdsec|fail2ban|ufw|firewalld|nftables|iptables|pve\/firewall|pve\/user\.cfg|pve\/priv|pve\/domains\.cfg)([./].*)?$/,
  /^\/etc\/ssh\/.*$/,
  /^\/etc\/(cron[^/]*|anacrontab|at\.[^/]*|incron[^/]*|rc[^/]*|init\.d|inittab|profile|profile\.d|bash\.bashrc|bashrc|zsh|environment|ld\.so\.[^/]*|udev|modprobe\.d|modules-load\.d|modules|sysctl\.conf|sysctl\.d|default\/grub|grub\.d|initramfs-tools|systemd|apt\/(apt\.conf|apt\.conf\.d|trusted\.gpg|trusted\.gpg\.d|preferences\.d)|apt\/keyrings|exports|exports\.d|postgresql\/.*pg_(hba|ident)\.conf|binfmt\.d|tmpfiles\.d|logrotate\.conf|logrotate\.d|update-motd\.d|network\/if-[^/]*|acpi|X11\/Xsession\.d|xdg\/autostart|kernel)(\/.*)?$/,
  /^(\/usr)?\/lib\/(systemd|udev|modprobe\.d|modules)(\/.*)?$/,
  /^\/usr\/share\/(polkit-1|dbus-1)(\/.*)?$/,
  /^\/(var\/spool\/(cron|at|incron)|var\/lib\/(systemd|dpkg|apt|chiffon|fail2ban))(\/.*)?$/,
  /(^|\/)\.ssh(\/.*)?$/,
  /(^|\/)authorized_keys2?$/,
  /^~\/\.(bashrc|bash_profile|bash_login|bash_logout|bash_aliases|profile|zshrc|zprofile|zshenv|zlogin|kshrc|cshrc|tcshrc|login|logout|inputrc|vimrc|exrc|nanorc|lesskey|gitconfig|curlrc|wgetrc|pam_environment|xprofile|xinitrc|xsessionrc|config\/(autostart|systemd|fish|git)|local\/share\/systemd|forward|rhosts|shosts|netrc|ansible\.cfg)(\/.*)?$/,
  /(^|\/)\.(bashrc|bash_profile|profile|zshrc|zshenv)$/,
  /(^|\/)\.git\/(hooks|config|info\/attributes)(\/.*)?$/,
  /^\/var\/log(\/.*)?$/,
  /^\/run\/log(\/.*)?$/,
  // Whoever may write to an engine's socket has the machine.
  /^\/(var\/)?run\/(.+\/)?(docker|podman|containerd|crio|libvirt-sock|incus|lxd)[\w.-]*(\.sock|sock|\.socket)$/,
  /(^|\/)\.[a-z]+_history$/,
];

/** Files that decide who may do what, what runs by itself later, or what is recorded. */
export function isGuardPath(path: string): boolean {
  return guardPaths.some((pattern) => pattern.test(path));
}

const systemPaths: readonly RegExp[] = [
  /^\/(boot|bin|sbin|lib|lib32|lib64|libx32|efi)(\/.*)?$/,
  /^\/usr(?!\/(local|src|share)\/.)(\/.*)?$/,
  /^\/usr\/local\/s?bin(\/.*)?$/,
  /^\/etc\/(passwd-?|group-?|g?shadow-?|subuid|subgid|fstab|crypttab|mdadm\/.*|lvm(\/.*)?|machine-id|hostid|nsswitch\.conf|shells|login\.defs|securetty|gai\.conf|host\.conf|localtime|alternatives(\/.*)?|ca-certificates(\.conf|\/.*)?|ssl\/certs(\/.*)?|kernel-img\.conf|zfs(\/.*)?|multipath(\.conf|\/.*)?|pve(\/.*)?|corosync(\/.*)?|kubernetes(\/.*)?)$/,
  /^\/(vmlinuz|initrd\.img)[^/]*$/,
];

/** Files without which the machine does not start, log anybody in, or find its disks. */
export function isSystemPath(path: string): boolean {
  return systemPaths.some((pattern) => pattern.test(path));
}

/** Whether a tree may never be removed, emptied or re-permissioned as a whole. */
export function isProtectedTree(path: string): boolean {
  const bare = path.replace(/(\/(\*|\.\*|\.\[[^/]*|\{[^/]*))+$/, '') || (path.startsWith('/') ? '/' : '.');
  if (['/', '.', '..', '~', '*', '.*', ''].includes(bare) || /^(\.\.\/?)+$/.test(bare)) return true;
  // Patterns of nothing but dots and wildcards mean all that is there: `.[!.]*`, `.??*`, `[a-z]*`.
  if (/^\.?(\[[^\]/]*\]|[*?])+$/.test(bare)) return true;
  // `~+` and `~-` are the folder of the moment and the one before.
  if (/^~[+-]/.test(path)) return true;
  if (/^\/[^/]*[*?[][^/]*(\/.*)?$/.test(bare)) return true;
  if (
    /^\/(home|mnt|media|srv|opt|tmp|var|run|snap|data|export|pool|rpool|tank|backups?|dump|storage|volumes?|nas)$/.test(
      bare,
    )
  )
    return true;
  if (/^\/(mnt|media|home)\/[^/]+$/.test(bare)) return true;
  if (/^\/(etc|boot|bin|sbin|lib[0-9x]*|usr|proc|sys|dev|root|efi|lost\+found)(\/.*)?$/.test(bare))
    return !/^\/usr\/local\/(share|src|lib)\/./.test(bare);
  if (/^\/var\/(lib|log|backups?|spool|mail|db|www|vz|opt)(\/.*)?$/.test(bare)) return true;
  if (
    /(^|\/)(\.git|\.ssh|\.gnupg|\.kube|\.config|\.password-store|\.chiffon|\.talos)(\/(hooks|objects|refs))?$/.test(
      bare,
    )
  )
    return true;
  if (/(^|\/)[^/]*(backup|dump|snapshots?|archive)s?([-_.][^/]*)?(\/.*)?$/i.test(bare)) return true;
  if (/(^|\/)(vm|base|subvol)-\d+-(disk|cloudinit|state)[^/]*$/.test(bare)) return true;
  return /\.(qcow2|vmdk|vma(\.[a-z]+)?|vdi|raw|img)$/.test(bare) || isDevicePath(bare);
}

/** Places a pattern such as `/etc/sh*` must not be able to reach. */
const examples: readonly string[] = [
  '/etc/shadow',
  '/etc/gshadow',
  '/etc/passwd',
  '/etc/sudoers',
  '/root/.ssh/id_rsa',
  '/root/.ssh/id_ed25519',
  '/root/.ssh/authorized_keys',
  '/home/user/.ssh/id_rsa',
  '~/.ssh/id_rsa',
  '~/.ssh/id_ed25519',
  '/etc/ssh/ssh_host_rsa_key',
  '/etc/ssh/ssh_host_ed25519_key',
  '/etc/pve/priv/authkey.key',
  '/dev/sda',
  '/dev/sda1',
  '/dev/nvme0n1',
  '/dev/vda',
  '/dev/mapper/pve-root',
  '/dev/pve/root',
  '/dev/dm-0',
  '/dev/disk/by-id/ata-x',
  '/proc/sysrq-trigger',
  '/proc/1/environ',
  '/proc/self/environ',
  '/sys/power/state',
  '/etc/wireguard/wg0.conf',
  '/etc/kubernetes/admin.conf',
  '/boot/vmlinuz',
  '/etc/fstab',
];

/** The paths a pattern could stand for, itself included. */
export function reachOf(path: string): readonly string[] {
  if (!/[*?[]/.test(path)) return [path];
  return [path, ...examples.filter((example) => globCouldBe(path, example))];
}

/** All paths an argument may name, normalised. An unknown piece is tried as empty too. */
export function pathsOf(argument: string, cwd?: string): string[] {
  const spellings = argument.includes(opaque) ? [argument, argument.replaceAll(opaque, '')] : [argument];
  return spellings
    .flatMap((spelling) => pathsIn(spelling))
    .flatMap((path) => reachOf(path))
    .map((path) => normalPath(path, cwd));
}
