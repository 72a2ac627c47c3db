import { type Call, flagValues, hasFlag, operands } from '../call.ts';
import { isGuardPath, isKernelPath, isSystemPath, normalPath, reachOf } from '../paths.ts';
import type { FloorRule } from '../rule.ts';
import { systemctlWords } from './power.ts';

const guardUnits =
  /^(auditd?|apparmor|rsyslog|syslog(-ng)?|systemd-journald?|systemd-journal-.*|fail2ban|ufw|firewalld|nftables|iptables|netfilter-persistent|crowdsec.*|wazuh.*|ossec.*|falcon.*|osqueryd?|aide.*|tripwire|samhain|rkhunter|clamav.*|chiffon.*|pve-firewall|proxmox-firewall|snort|suricata|selinux.*|polkit|watchdog.*|systemd-logind|dbus|molly-guard|sshguard|psad|usbguard|opensnitch.*)(\.(service|socket|target|timer))?$/;
const guardPackages =
  /^(molly-guard|auditd|audispd-plugins|apparmor.*|selinux.*|ufw|fail2ban|firewalld|nftables|iptables.*|rsyslog|crowdsec.*|wazuh.*|clamav.*|aide|rkhunter|usbguard|sudo|polkit.*|policykit.*|chiffon.*|needrestart|unattended-upgrades|libpam.*|openssh-server|systemd(-.*)?|libc6|libc-bin|bash|dash|coreutils|util-linux|dpkg|apt|linux-image.*|linux-base|proxmox-ve|proxmox-kernel.*|pve-.*|qemu-server|lxc-pve|corosync|zfsutils.*|zfs-.*|lvm2|grub.*|shim.*|init|base-files|login|passwd|sshguard|debsums|tripwire|kernel.*|glibc.*|linux(-(lts|zen|hardened|virt|firmware))?|musl|busybox|alpine-base|pacman|filesystem)$/;
const adminGroups =
  /^(sudo|wheel|admin|root|adm|docker|lxd|incus|libvirt|kvm|disk|shadow|sys|systemd-journal|podman|microk8s|www-data-admin)$/;

export const guardFloor: readonly FloorRule[] = [
  {
    name: 'floor.guard',
    programs: [
      'systemctl',
      'service',
      'rc-service',
      'invoke-rc.d',
      'update-rc.d',
      'chkconfig',
      'rc-update',
      'sv',
    ],
    reason: 'It switches off something that records, guards or isolates, or changes what runs by itself.',
    when: (call) => {
      const words = call.program === 'systemctl' ? systemctlWords(call) : operands(call);
      const stops = words.some((word) =>
        /^(stop|disable|mask|kill|revert|edit|freeze|remove|off|del|down|exit|force-stop|teardown)$/.test(
          word,
        ),
      );
      // A unit from elsewhere, or one that is rewritten, runs by itself from then on.
      if (
        call.program === 'systemctl' &&
        /^(edit|link|set-environment|import-environment)$/.test(words[0] ?? '')
      )
        return true;
      if (call.program === 'systemctl' && /^(enable|reenable|start|restart)$/.test(words[0] ?? ''))
        if (words.some((word) => word.includes('/') && !/^\/(etc|usr\/lib|lib)\/systemd\//.test(word)))
          return true;
      return stops && words.some((word) => guardUnits.test(word) || /^[*?]/.test(word));
    },
    match: [
      'systemctl stop auditd',
      'systemctl disable --now apparmor.service',
      'systemctl mask rsyslog',
      'service auditd stop',
      'systemctl stop fail2ban',
      'systemctl stop firewalld',
      'systemctl edit --full sshd',
      'systemctl enable /tmp/evil.service',
    ],
    notMatch: ['systemctl stop ssh', 'systemctl restart nginx', 'systemctl status auditd'],
  },
  {
    name: 'floor.guard',
    programs: [
      'aa-teardown',
      'aa-disable',
      'aa-complain',
      'aa-unconfined-off',
      'aa-remove-unknown',
      'apparmor_parser',
      'setenforce',
      'semodule',
      'setsebool',
      'semanage',
      'setcap',
      'visudo',
      'sudoedit',
      'chpasswd',
      'newusers',
      'vipw',
      'vigr',
      'pwunconv',
      'grpunconv',
      'authselect',
      'pam-auth-update',
      'pkexec-policy',
      'ssh-copy-id',
      'update-ca-trust',
      'pwconv',
      'mkpasswd-root',
      'faillock',
      'dpkg-statoverride',
      'dpkg-divert',
      'capsh-drop',
      'disable-audit',
      'setpcaps',
      'bpftool',
      'insmod',
      'rmmod',
      'kmod',
      'modprobe',
      'kpatch',
    ],
    reason: 'It changes who may do what, what the kernel loads, or what is enforced.',
    when: (call) =>
      !(
        hasFlag(call, '--version', '--help', '-n', '--dry-run', '-l', '--list') ||
        (call.program === 'apparmor_parser' && hasFlag(call, '-p', '-N')) ||
        (call.program === 'visudo' && hasFlag(call, '-c')) ||
        (call.program === 'kmod' && call.args[0] === 'list') ||
        call.args[0] === 'list' ||
        call.args[0] === 'show' ||
        (call.args[0] === 'prog' && call.args[1] === 'show')
      ),
    match: [
      'aa-teardown',
      'setenforce 0',
      'setcap cap_sys_boot+ep /usr/bin/python3',
      'visudo',
      'chpasswd',
      'apparmor_parser -R /etc/apparmor.d/x',
      'rmmod watchdog',
      'ssh-copy-id n100',
    ],
    notMatch: ['getenforce', 'aa-status', 'visudo -c', 'lsmod'],
  },
  {
    name: 'floor.guard',
    programs: ['auditctl', 'augenrules', 'aureport', 'ausearch', 'auditd'],
    reason: 'It changes what the audit system records.',
    when: (call) =>
      call.program === 'auditctl'
        ? !/^-[ls]$/.test(call.args.join(' '))
        : call.program === 'auditd' || (call.program === 'augenrules' && !hasFlag(call, '--check')),
    match: ['auditctl -D', 'auditctl -e 0', 'auditctl -d always,exit -S all'],
    notMatch: ['auditctl -l', 'auditctl -s', 'ausearch -m avc'],
  },
  {
    name: 'floor.guard',
    programs: [
      'iptables',
      'ip6tables',
      'iptables-nft',
      'iptables-legacy',
      'ebtables',
      'arptables',
      'ufw',
      'firewall-cmd',
      'iptables-restore',
      'ip6tables-restore',
      'nft',
      'ipset',
      'pve-firewall',
      'cscli',
      'fail2ban-client',
    ],
    reason: 'It opens the firewall.',
    when: (call) => {
      const line = [...call.args, ...(call.stdin.kind === 'text' ? [call.stdin.text] : [])].join(' ');
      switch (call.program) {
        case 'ufw':
          return (
            /\b(disable|reset|default allow|allow from any$)/.test(line) ||
            /^(--force )?(disable|reset)/.test(line)
          );
        case 'firewall-cmd':
          return (
            /--(panic-off|set-default-zone=trusted|set-default-zone trusted|complete-reload|set-target=ACCEPT|remove-.*)/.test(
              line,
            ) ||
            (/--(add|change)-(interface|source)/.test(line) && /trusted/.test(line))
          );
        case 'iptables-restore':
        case 'ip6tables-restore':
          return !hasFlag(call, '-t', '--test');
        case 'nft':
          return /policy accept|delete chain inet filter input/.test(line);
        case 'ipset':
          return /^(destroy|flush)\b/.test(line);
        case 'pve-firewall':
          return /^stop\b/.test(line);
        case 'fail2ban-client':
          return /^(stop|unban --all|set \S+ (unbanip|addignoreip|action\b.*))/.test(line);
        case 'cscli':
          return /\b(delete|remove)\b/.test(line);
        default:
          return (
            hasFlag(call, '-F', '--flush', '-X', '--delete-chain', '-Z') ||
            /(-P|--policy) \S+ ACCEPT/.test(line) ||
            /^(-t \w+ )?(-D|--delete)\b/.test(line) ||
            /^(-t \w+ )?(-I|-A|--insert|--append) (INPUT|FORWARD|OUTPUT)( \d+)?( -j ACCEPT)$/.test(line)
          );
      }
    },
    match: [
      'iptables -F; iptables -P INPUT ACCEPT',
      'iptables -P INPUT ACCEPT',
      'ufw disable',
      'ufw --force reset',
      'iptables -t nat -F',
      'firewall-cmd --panic-off',
    ],
    notMatch: ['iptables -L -n', 'nft list ruleset', 'nft flush ruleset', 'ufw status'],
  },
  {
    name: 'floor.guard',
    programs: [
      'passwd',
      'usermod',
      'useradd',
      'adduser',
      'gpasswd',
      'groupadd',
      'groupmod',
      'groupdel',
      'deluser',
      'delgroup',
      'userdel',
      'chage',
      'chsh',
      'chfn',
      'newgidmap',
      'addgroup',
      'samba-tool',
      'smbpasswd',
      'htpasswd',
      'pdbedit',
      'ldapmodify',
      'ldapdelete',
      'kadmin',
      'kadmin.local',
      'ipa',
    ],
    reason:
      'It gives somebody rights of an administrator, changes a password, or removes a person with their files.',
    when: (call) => {
      const words = call.args;
      switch (call.program) {
        case 'passwd':
          return !hasFlag(call, '-S', '--status');
        case 'userdel':
        case 'deluser':
          return (
            hasFlag(call, '-r', '--remove', '--remove-home', '--remove-all-files', '-f', '-Z') ||
            words.some((word) => adminGroups.test(word)) ||
            words.includes('root')
          );
        case 'usermod':
        case 'useradd':
        case 'adduser':
        case 'gpasswd':
        case 'addgroup':
          return (
            words.some((word) => word.split(/[,=]/).some((part) => adminGroups.test(part))) ||
            words.some((word) => word.includes('\0')) ||
            hasFlag(call, '-o', '--non-unique', '-p', '--password') ||
            flagValues(call, '-u', '--uid', '-g', '--gid').some((id) => id === '0') ||
            (call.program === 'usermod' &&
              (hasFlag(call, '-u', '-U', '--unlock', '-L', '--lock', '-s', '-d', '-m') ||
                words.includes('root')))
          );
        case 'chage':
          return !hasFlag(call, '-l', '--list');
        case 'groupmod':
        case 'groupdel':
        case 'delgroup':
        case 'chsh':
          return words.some((word) => adminGroups.test(word)) || call.program === 'chsh';
        case 'htpasswd':
          return hasFlag(call, '-D');
        case 'ldapmodify':
        case 'ldapdelete':
        case 'smbpasswd':
        case 'samba-tool':
        case 'kadmin':
        case 'kadmin.local':
          return (
            /delete|passw|setpassword|addmembers|^-[axed]|modify/.test(words.join(' ')) ||
            call.program.startsWith('ldap') ||
            call.program === 'smbpasswd'
          );
        default:
          return false;
      }
    },
    match: [
      'passwd -d root',
      'passwd root',
      'usermod -aG sudo bob',
      'adduser bob docker',
      'gpasswd -a bob wheel',
      'useradd -o -u 0 toor',
      'userdel -r chris',
      'usermod -p x root',
    ],
    notMatch: ['useradd bob', 'passwd -S bob', 'chage -l bob', 'groupadd media'],
  },
  {
    name: 'floor.guard',
    programs: [
      'journalctl',
      'dmesg',
      'logrotate',
      'savelog',
      'wtmpclean',
      'utmpdump',
      'lastlog',
      'rotatelogs',
    ],
    reason: 'It throws away what was recorded.',
    when: (call) => {
      if (call.program === 'journalctl')
        return call.args.some((arg) => /^--(vac|rot|fl|rel|sm|sy|update-c|setup-k)/.test(arg));
      if (call.program === 'dmesg')
        return hasFlag(
          call,
          '-C',
          '-c',
          '--clear',
          '--read-clear',
          '-D',
          '--console-off',
          '-n',
          '--console-level',
          '-E',
        );
      if (call.program === 'logrotate') return hasFlag(call, '-f', '--force');
      if (call.program === 'utmpdump') return hasFlag(call, '-r', '-o');
      if (call.program === 'lastlog') return hasFlag(call, '-C', '-S');
      return true;
    },
    match: [
      'journalctl --vacuum-time=1s',
      'journalctl --rotate --vacuum-size=1K',
      'dmesg -C',
      'journalctl --vac=1',
    ],
    notMatch: ['journalctl -u nginx', 'dmesg -T', 'journalctl -n 50 --no-pager'],
  },
  {
    name: 'floor.guard',
    programs: ['history', 'fc', 'unset', 'export', 'declare', 'typeset', 'readonly', 'local', 'shopt', 'set'],
    reason: 'It stops the shell from recording what is typed.',
    when: (call) => {
      const line = call.args.join(' ');
      if (call.program === 'history') return /^-[cdwar]|^-.*[cdw]/.test(line);
      if (call.program === 'set') return /\+o history|^-\+H/.test(line);
      if (call.program === 'shopt') return /-u .*(cmdhist|histappend)/.test(line);
      return /\b(HISTFILE|HISTSIZE|HISTFILESIZE|HISTCONTROL|HISTIGNORE|PROMPT_COMMAND|AUDIT\w*)\b/.test(line);
    },
    match: [
      'history -c',
      'unset HISTFILE',
      'set +o history',
      'export HISTSIZE=0',
      'history -c; unset HISTFILE',
    ],
    notMatch: ['unset x', 'export EDITOR=vi'],
  },
  {
    name: 'floor.guard',
    programs: [
      'apt',
      'apt-get',
      'aptitude',
      'dpkg',
      'dnf',
      'yum',
      'rpm',
      'zypper',
      'pacman',
      'apk',
      'apt-mark',
      'emerge',
      'xbps-remove',
      'nix-env',
      'snap',
      'flatpak',
      'brew',
      'nala',
    ],
    reason: 'It removes a package that guards the machine or keeps it running.',
    when: (call) => {
      const words = operands(call, ['-t', '-o', '-c', '--root']);
      const removes =
        words.some((word) =>
          /^(remove|purge|autopurge|erase|del|rm|uninstall|full-remove|unhold)$/.test(word),
        ) ||
        hasFlag(call, '--purge', '--remove', '--erase') ||
        (call.args.some((arg) => /^-(r|P|R\w*|e)$/.test(arg)) &&
          ['dpkg', 'pacman', 'rpm'].includes(call.program));
      const minus = words.some((word) => /-$/.test(word) && guardPackages.test(word.slice(0, -1)));
      return (
        minus ||
        (removes &&
          words.some((word) => guardPackages.test(word.replace(/[:=].*$/, '')) || /[*?\0]/.test(word)))
      );
    },
    match: [
      'apt-get purge -y molly-guard',
      'apt remove auditd',
      'dpkg -P apparmor',
      'apt-get install molly-guard-',
      'dnf remove firewalld',
      'apt-get autoremove --purge proxmox-ve',
    ],
    notMatch: ['apt-get remove nginx', 'apt list --installed', 'dpkg -l'],
  },
  {
    name: 'floor.guard',
    programs: [
      'apt',
      'apt-get',
      'dpkg',
      'dnf',
      'yum',
      'rpm',
      'zypper',
      'apk',
      'apt-key',
      'add-apt-repository',
      'pacman-key',
      'rpmkeys',
      'nala',
      'aptitude',
    ],
    reason: 'It installs without checking who signed the packages, or trusts a new source.',
    when: (call) =>
      call.program === 'apt-key' ||
      call.program === 'add-apt-repository' ||
      (call.program === 'pacman-key' && !hasFlag(call, '-l')) ||
      call.program === 'rpmkeys' ||
      call.args.some((arg) =>
        /^--(allow-unauth|force-yes|allow-untrusted|nogpg|no-gpg|nosignature|nodigest|no-check-sig|allow-insecure|allow-downgrades-unauth|force-(all|depends|remove-essential|remove-reinstreq|bad|not-root|overwrite)|no-gpg-checks|allow-remove-essential)/.test(
          arg,
        ),
      ) ||
      (call.program === 'rpm' && hasFlag(call, '--import')),
    match: [
      'apt-get install --allow-unauthenticated x',
      'apt-key add key.asc',
      'dpkg --force-all -i x.deb',
      'dnf install --nogpgcheck x',
    ],
    notMatch: ['apt-get install nginx', 'apt-get -s dist-upgrade'],
  },
  {
    name: 'floor.guard',
    programs: ['sysctl'],
    reason: 'It changes how the kernel protects itself or answers the magic keys.',
    when: (call) =>
      (call.args.some(
        (arg) =>
          /^(kernel|fs|vm|dev|user|debug|net\.core\.bpf\S*)\.\S+\s*=/.test(arg) ||
          (/^(kernel|vm|fs)[./]\S+$/.test(arg) &&
            hasFlag(call, '-w', '--write') &&
            !arg.includes('swappiness')),
      ) &&
        !call.args.some((arg) =>
          /^(vm\.(swappiness|dirty\S*|max_map_count|vfs_cache_pressure)|fs\.(inotify\S*|file-max|aio-max-nr))=/.test(
            arg,
          ),
        )) ||
      call.args.some((arg) =>
        /^net\.ipv[46]\.(conf\.\S+\.rp_filter|tcp_syncookies|icmp\S*)\s*=\s*0/.test(arg),
      ),
    match: ['sysctl -w kernel.sysrq=1', 'sysctl kernel.randomize_va_space=0', 'sysctl -w vm.panic_on_oom=1'],
    notMatch: [
      'sysctl kernel.sysrq',
      'sysctl -a',
      'sysctl -w vm.swappiness=10',
      'sysctl -w net.ipv4.ip_forward=1',
    ],
  },
  {
    name: 'floor.guard',
    programs: [
      'pveum',
      'pct',
      'qm',
      'pvesh',
      'proxmox-backup-manager',
      'pvesubscription',
      'pvecm',
      'pmxcfs',
      'pveproxy',
    ],
    reason: 'It changes who may do what on Proxmox.',
    when: (call) => {
      const line = operands(call).join(' ');
      if (call.program === 'pveum')
        return !/^(user|group|role|acl|realm|pool|user token|user tfa) (list|permissions)\b|^(user|group|role|realm) \w+$|^user (permissions|list)|^user token (list|permissions)/.test(
          line,
        );
      if (call.program === 'pvecm') return /^(delnode|add|create|updatecerts|qdevice)\b/.test(line);
      if (call.program === 'pvesh')
        return (
          /^(create|set|delete) \/?access\b/.test(line) ||
          /^(create|set|delete) \/?(cluster|nodes\/[^/]+)\/firewall/.test(line)
        );
      if (call.program === 'proxmox-backup-manager')
        return /^(user|acl|cert) (create|remove|update|generate)/.test(line);
      return call.program === 'pmxcfs';
    },
    match: [
      'pveum acl modify / -user bob@pam -role Administrator',
      'pveum user token add bob@pam x',
      'pveum passwd root@pam',
      'pvesh create /access/users --userid bob@pam',
      'pvecm delnode n101',
    ],
    notMatch: ['pveum user list', 'pvecm status', 'pvesh get /access/users'],
  },
  {
    name: 'floor.guard',
    programs: ['mount', 'umount', 'pivot_root', 'switch_root'],
    reason: 'It takes a file system away from the system, or puts another in front of it.',
    when: (call) => {
      if (call.program.endsWith('_root')) return true;
      const words = operands(call, [
        '-t',
        '-o',
        '-O',
        '-L',
        '-U',
        '--source',
        '--target',
        '--types',
        '--options',
      ]);
      if (call.program === 'umount')
        return (
          hasFlag(call, '-a', '--all') ||
          words.some(
            (word) =>
              /^\/(boot|usr|var|etc|proc|sys|dev|home|var\/lib|var\/log)?\/?$/.test(word) && word !== '',
          )
        );
      const target = words.at(-1) ?? '';
      return (
        (words.length > 0 &&
          /^\/(|boot|usr|etc|var|home|proc|sys|dev|bin|sbin|lib|root|var\/log|var\/lib)\/?$/.test(target)) ||
        /\b(suid|exec|dev)\b.*remount|remount.*\b(suid)\b/.test(flagValues(call, '-o', '--options').join(','))
      );
    },
    match: [
      'umount -a',
      'umount /boot',
      'mount --bind /tmp/evil /etc',
      'mount -o remount,suid /tmp',
      'pivot_root . old',
    ],
    notMatch: ['mount /dev/sdb1 /mnt', 'umount /mnt', 'mount'],
  },
  {
    name: 'floor.guard',
    programs: ['pkill', 'killall', 'kill', 'skill', 'snice'],
    reason: 'It stops what records or guards.',
    when: (call) =>
      call.args.some(
        (arg) =>
          guardUnits.test(arg) ||
          /^(rsyslogd|auditd|chiffon.*|journald|systemd-journald|fail2ban-server|crowdsec|dbus-daemon|polkitd)$/.test(
            arg,
          ),
      ),
    match: ['pkill auditd', 'killall -9 rsyslogd', 'pkill -f chiffon'],
    notMatch: ['pkill nginx', 'kill 4242'],
  },
  {
    name: 'floor.guard',
    programs: [
      'sed',
      'perl',
      'vi',
      'vim',
      'nano',
      'emacs',
      'ed',
      'ex',
      'gawk',
      'awk',
      'sponge',
      'crudini',
      'augtool',
      'yq',
      'patch',
      'setfacl',
      'touch',
      'visudo',
      'sudoedit',
      'nvim',
      'view',
      'rvim',
      'micro',
      'joe',
      'vimdiff',
      'dos2unix',
      'iconv',
      'envsubst',
    ],
    reason: 'It edits a file that decides what is allowed, what runs by itself, or what is recorded.',
    when: (call) => editsGuard(call),
    match: [
      "sed -i 's/deny/allow/' /etc/chiffon/policy.yml",
      'nano /etc/sudoers',
      'sed -i d /etc/fstab',
      'vim /etc/ssh/sshd_config',
      "perl -pi -e 's/a/b/' /etc/pam.d/sshd",
    ],
    notMatch: [
      "sed -n '/reboot/p' /var/log/syslog",
      "sed -i 's/a/b/' app.conf",
      "awk '{print $1}' /etc/hosts",
      'nano notes.txt',
    ],
  },
];

function editsGuard(call: Call): boolean {
  const reads =
    call.program === 'sed'
      ? !hasFlag(call, '-i', '--in-place')
      : ['awk', 'gawk', 'yq', 'perl'].includes(call.program)
        ? !call.args.some((arg) => /^-i|^-[a-z]*i[a-z.]*$|^--in-?place|^-pi/.test(arg))
        : ['view', 'iconv', 'envsubst'].includes(call.program) && !hasFlag(call, '-o');
  if (reads) return false;
  return operands(call, ['-e', '-E', '-f']).some((word) => protectedFromEditing(word, call.cwd));
}

/** Whether a file may not be edited by a command. */
export function protectedFromEditing(path: string, cwd: string | undefined): boolean {
  return reachOf(path)
    .map((one) => normalPath(one, cwd))
    .some((one) => isGuardPath(one) || isSystemPath(one) || isKernelPath(one));
}
