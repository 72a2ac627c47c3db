import { keysFolder, signInSettings } from '#policy/wall/parts/sign-in.ts';
import { powerTargets, sleepTargets } from '#policy/wall/wall.ts';

/** Places that decide who may what on a machine, or what runs there. Only root writes them. */
const guardedPlaces =
  '/etc /etc/passwd /etc/shadow /etc/group /etc/sudoers /etc/sudoers.d /etc/ssh /etc/ssh/sshd_config /etc/ssh/authorized_keys /etc/pam.d /etc/polkit-1/rules.d /etc/systemd/system /etc/cron.d /etc/crontab /var/spool/cron/crontabs /etc/ld.so.preload /etc/profile /etc/environment /usr/bin /usr/sbin /bin /sbin /usr/local/bin /usr/local/sbin /usr/lib/systemd/system /usr/local/lib/chiffon /srv/chiffon /srv/chiffon/services /boot /root /etc/pve /proc/sysrq-trigger /sys/power/state';

/** Files that only root, or the system, reads. */
const secretPlaces =
  '/etc/shadow /etc/gshadow /etc/sudoers /root /root/.ssh /etc/ssh/ssh_host_ed25519_key /etc/ssh/ssh_host_rsa_key /etc/pve/priv';

/** Whoever speaks to one of these can become root. */
const managerSockets =
  '/var/run/docker.sock /run/docker.sock /run/podman/podman.sock /run/containerd/containerd.sock /run/crio/crio.sock /var/lib/lxd/unix.socket /var/snap/lxd/common/lxd/unix.socket /var/lib/incus/unix.socket /run/incus/unix.socket /var/run/libvirt/libvirt-sock';

/** Disks and devices beside every permission. Patterns the shell of the machine opens. */
const devices =
  '/dev/sd* /dev/hd* /dev/vd* /dev/xvd* /dev/nvme* /dev/mmcblk* /dev/dm-* /dev/md[0-9]* /dev/loop[0-9]* /dev/zd[0-9]* /dev/sg[0-9]* /dev/mem /dev/kmem /dev/port /dev/kvm';

export const polkitActions = [
  'org.freedesktop.login1.power-off',
  'org.freedesktop.login1.reboot',
  'org.freedesktop.login1.suspend',
  'org.freedesktop.systemd1.manage-units',
] as const;

/**
 * One script that looks at the wall and changes nothing. Each answer stands between two lines with the token. It holds
 * no word from outside.
 */
export function wallQuestions(token: string): string {
  const section = (name: string, body: string): string =>
    `printf '\\n%s begin ${name}\\n' ${token}\n{ ${body}\n} </dev/null 2>&1\nprintf '\\n%s end ${name} %s\\n' ${token} "$?"`;
  const each = (list: string, test: string): string =>
    `for one in ${list}; do if ${test}; then printf '%s\\n' "$one"; fi; done`;
  return `
PATH=$PATH:/usr/local/bin:/usr/local/sbin:/usr/sbin:/sbin
export PATH
LC_ALL=C
export LC_ALL
${section('user', 'id -un')}
${section('uid', 'id -u')}
${section('groups', 'id -Gn')}
${section('status', 'grep -E "^(CapEff|NoNewPrivs):" /proc/self/status')}
${section('sudo', 'if command -v sudo >/dev/null; then sudo -n -l; else echo chiffon-no-sudo; fi')}
${polkitActions
  .map((action) =>
    section(
      `polkit-${action}`,
      `if command -v pkcheck >/dev/null; then pkcheck --action-id ${action} --process $$ >/dev/null 2>&1; else echo chiffon-no-polkit; fi`,
    ),
  )
  .join('\n')}
${section('targets', `if [ -d /run/systemd/system ] || [ -d /etc/systemd/system ]; then echo chiffon-systemd; ${each([...powerTargets, ...sleepTargets].join(' '), '[ "$(readlink /etc/systemd/system/$one)" = /dev/null ]')}; fi`)}
${section('writable', each(guardedPlaces, '[ -w "$one" ]'))}
${section('readable', each(secretPlaces, '[ -r "$one" ]'))}
${section('sockets', each(managerSockets, '[ -S "$one" ] && [ -w "$one" ]'))}
${section('devices', each(devices, '{ [ -b "$one" ] || [ -c "$one" ]; } && { [ -w "$one" ] || [ -r "$one" ]; }'))}
${section('forced', 'if [ -n "$SSH_ORIGINAL_COMMAND" ]; then echo yes; fi')}
# The server may look for keys where only root writes; then those of the home folder count for nothing.
keys="$HOME/.ssh/authorized_keys"
if grep -qs "AuthorizedKeysFile ${keysFolder}/%u" ${signInSettings}; then keys="${keysFolder}/$(id -un)"; fi
${section('keys', 'sed -E "s/(ssh-|ecdsa-|sk-)[a-z0-9@.-]+ [A-Za-z0-9+/=]+.*$/KEY/" "$keys"')}
${section('keys-writable', each('"$keys" "${keys%/*}" "${keys%/*/*}"', '[ -e "$one" ] && [ -w "$one" ]'))}
${section('pve', 'if command -v pveum >/dev/null; then pveum user permissions "$(id -un)@pam"; else echo chiffon-no-pve; fi')}
exit 0
`;
}
