import { asList, asText, type Fields, isNo, isYes } from '../../read-yaml.ts';
import { deny } from '../../shell/verdict.ts';
import type { Deeds, ModuleRule } from '../module-rule.ts';

/** Modules for services, packages, people, the kernel, the network and the clock of a host. */
export const serviceRules: readonly ModuleRule[] = [
  {
    name: 'module.power',
    modules: [
      'reboot',
      'win_reboot',
      'shutdown',
      'ipmi_power',
      'ipmi_boot',
      'redfish_command',
      'idrac_redfish_command',
      'ilo_redfish_command',
      'wakeonlan_off',
      'snmp_power',
      'vmware_host_powermgmt',
      'vmware_host_powerstate',
      'proxmox_node',
      'ibm_sa_host',
      'runit_shutdown',
      'xcc_redfish_command',
      'ocapi_command',
      'wdc_redfish_command',
    ],
    says: 'stops or restarts a machine',
    does: () => ({ findings: [deny('host-power', 'It restarts or powers off a machine.')] }),
    match: [
      'reboot:',
      'ansible.builtin.reboot: {reboot_timeout: 5}',
      'community.general.shutdown:',
      'community.general.ipmi_power: {name: x, user: a, password: b, state: "off"}',
    ],
    notMatch: [
      'community.general.wakeonlan: {mac: "00:00:5E:00:53:66"}',
      'service: {name: reboot-notifier, state: started}',
    ],
  },
  {
    name: 'module.services',
    modules: [
      'service',
      'systemd',
      'systemd_service',
      'sysvinit',
      'runit',
      'supervisorctl',
      'openrc',
      'win_service',
      'monit',
      'svc',
    ],
    says: 'starts, stops or sets a service',
    does: changeService,
    match: [
      'service: {name: auditd, state: stopped}',
      'systemd: {name: reboot.target, state: started}',
      'ansible.builtin.systemd_service: {name: fail2ban, enabled: false}',
      'service: name=auditd state=stopped',
      'systemd: {name: poweroff, state: started}',
      'systemd: {name: auditd, masked: true}',
    ],
    notMatch: [
      'service: {name: docker, state: restarted}',
      'systemd: {name: jellyfin, enabled: true, state: started, daemon_reload: true}',
    ],
  },
  {
    name: 'module.packages',
    modules: [
      'apt',
      'package',
      'dnf',
      'dnf5',
      'yum',
      'apk',
      'pacman',
      'zypper',
      'homebrew',
      'snap',
      'flatpak',
      'opkg',
      'portage',
      'xbps',
    ],
    says: 'installs or removes packages',
    does: changePackages,
    match: [
      'apt: {name: openssh-server, state: absent}',
      'apt: {name: [auditd, htop], state: absent, purge: true}',
      'package: {name: sudo, state: absent}',
      'apt: {deb: "http://x/y.deb", allow_unauthenticated: true}',
    ],
    notMatch: [
      'apt: {name: htop, state: present}',
      'apt: {name: htop, state: absent}',
      'apt: {update_cache: true, upgrade: safe}',
    ],
  },
  {
    name: 'module.sources',
    modules: [
      'apt_key',
      'apt_repository',
      'deb822_repository',
      'rpm_key',
      'yum_repository',
      'dpkg_selections',
      'dpkg_divert',
      'debconf',
    ],
    says: 'decides where packages come from',
    does: () => ({}),
    match: [],
    notMatch: ['apt_repository: {repo: "deb https://x y z"}'],
  },
  {
    name: 'module.people',
    modules: ['user', 'group', 'win_user', 'win_group_membership'],
    says: 'makes or changes people and groups',
    does: changePeople,
    match: [
      'user: {name: bob, state: absent, remove: true}',
      'user: {name: bob, groups: docker, append: true}',
      'user: {name: root, password: "$6$x"}',
      'user: {name: bob, groups: [sudo]}',
      'user: {name: x, uid: 0, non_unique: true}',
    ],
    notMatch: [
      'user: {name: media}',
      'group: {name: media}',
      'user: {name: bob, groups: [media, video], append: true}',
    ],
  },
  {
    name: 'module.guard',
    modules: [
      'authorized_key',
      'sudoers',
      'selinux',
      'selinux_permissive',
      'seboolean',
      'sefcontext',
      'pamd',
      'pam_limits',
      'known_hosts',
      'nftables',
      'apparmor',
      'ldap_passwd',
      'kernel_blacklist',
      'modprobe',
      'persistent_modprobe',
      'alternatives',
      'grub',
      'capabilities',
      'efibootmgr',
      'proxmox_user',
      'proxmox_group',
      'proxmox_acl',
      'proxmox_access_acl',
      'proxmox_pool',
      'keycloak_user',
      'facter',
      'ohai',
      'include_vars_exec',
      'win_regedit',
      'win_acl',
      'win_firewall',
      'ipa_sudorule',
      'auditd',
      'aide',
      'openssh_config',
      'ssh_config',
    ],
    says: 'changes who may do what',
    does: () => ({
      findings: [deny('guard', 'It changes who gets in, who may do what, or what the kernel lets pass.')],
    }),
    match: [
      'authorized_key: {user: root, key: "ssh-ed25519 AAAA"}',
      'community.general.sudoers: {name: x, commands: ALL}',
      'ansible.posix.selinux: {state: disabled}',
      'community.general.modprobe: {name: x}',
    ],
    notMatch: ['timezone: {name: Europe/Berlin}'],
  },
  {
    name: 'module.firewall',
    modules: ['ufw', 'iptables', 'iptables_state', 'firewalld', 'nft', 'win_firewall_rule'],
    says: 'changes the firewall',
    does: changeFirewall,
    match: [
      'ufw: {state: disabled}',
      'ufw: {state: reset}',
      'iptables: {flush: true}',
      'iptables: {chain: INPUT, policy: ACCEPT}',
      'ufw: {default: allow, direction: incoming}',
      'ufw: {policy: allow}',
      'firewalld: {state: disabled, service: ssh, permanent: true}',
    ],
    notMatch: ['ufw: {rule: allow, port: "8096"}', 'ufw: {state: enabled}'],
  },
  {
    name: 'module.kernel',
    modules: ['sysctl'],
    says: 'sets a value of the kernel',
    does: (args) => ({
      calls: [
        ['sysctl', '-w', `${asText(args['name'] ?? args['key'])}=${asText(args['value'] ?? args['val'])}`],
      ],
    }),
    match: [
      'sysctl: {name: kernel.sysrq, value: 1}',
      'ansible.posix.sysctl: {name: kernel.core_pattern, value: "|/tmp/x"}',
    ],
    notMatch: ['sysctl: {name: vm.swappiness, value: "10"}'],
  },
  {
    name: 'module.settings',
    modules: [
      'hostname',
      'timezone',
      'locale_gen',
      'pip',
      'npm',
      'gem',
      'cargo',
      'composer',
      'yarn',
      'bower',
      'make',
      'get_certificate',
      'letsencrypt',
      'acme_certificate',
      'openssl_csr',
      'django_manage',
      'gitlab_runner',
      'git_config',
      'nmcli',
      'netplan',
      'resolvconf',
    ],
    says: 'changes the settings of a host or installs something',
    does: changeSettings,
    match: [
      'git_config: {name: core.hooksPath, value: /tmp/x, scope: global}',
      'make: {target: reboot; chdir: x}',
      'pip: {name: x, extra_args: "--index-url http://x --trusted-host x; reboot"}',
    ],
    notMatch: [
      'timezone: {name: Europe/Berlin}',
      'hostname: {name: n100}',
      'pip: {name: docker}',
      'git_config: {name: user.name, value: Chiffon}',
    ],
  },
];

function changeService(args: Fields): Deeds {
  const names = asList(args['name'] ?? args['service']).map(asText);
  const calls = names.flatMap((name) => {
    const found: string[][] = [];
    const verb = {
      started: 'start',
      stopped: 'stop',
      restarted: 'restart',
      reloaded: 'reload',
      killed: 'kill',
      absent: 'stop',
      present: 'start',
    }[asText(args['state'])];
    if (verb) found.push(['systemctl', verb, name]);
    else if (asText(args['state']) !== '')
      found.push(['systemctl', 'stop', name], ['systemctl', 'start', name]);
    if (isNo(args['enabled'])) found.push(['systemctl', 'disable', name]);
    else if (args['enabled'] !== undefined) found.push(['systemctl', 'enable', name]);
    if (isYes(args['masked'])) found.push(['systemctl', 'mask', name]);
    return found;
  });
  return { calls };
}

function changePackages(args: Fields): Deeds {
  const names = [args['name'], args['pkg'], args['package'], args['deb']].flatMap((given) =>
    asList(given).map(asText),
  );
  const each = names.flatMap((name) => name.split(',')).filter((name) => name !== '');
  const removes = /^(absent|removed|purged)$/.test(asText(args['state']));
  const risky = ['allow_unauthenticated', 'force', 'disable_gpg_check', 'dangerous'].some((key) =>
    isYes(args[key]),
  );
  const options = risky ? ['--allow-unauthenticated'] : [];
  return { calls: [['apt-get', removes ? 'remove' : 'install', '-y', ...options, ...each]] };
}

function changePeople(args: Fields): Deeds {
  const name = asText(args['name'] ?? args['user']);
  if (asText(args['state']) === 'absent')
    return { calls: [['userdel', ...(isYes(args['remove']) ? ['-r'] : []), name]] };
  const groups = asList(args['groups']).map(asText).join(',');
  const calls = [['useradd', name]];
  if (groups !== '') calls.push(['usermod', '-aG', groups, name]);
  if (args['group'] !== undefined) calls.push(['usermod', '-g', asText(args['group']), name]);
  if (args['uid'] !== undefined) calls.push(['usermod', '-o', '-u', asText(args['uid']), name]);
  if (args['shell'] !== undefined) calls.push(['usermod', '-s', asText(args['shell']), name]);
  if (args['password'] !== undefined || isYes(args['password_lock'])) calls.push(['passwd', name]);
  return { calls };
}

function changeFirewall(args: Fields): Deeds {
  const weakens = [args['state'], args['policy'], args['default']].map(asText);
  const open =
    weakens.some((value) => /^(disabled|reset|absent|ACCEPT|allow|accept|\0.*)$/i.test(value)) ||
    isYes(args['flush']);
  return open ? { findings: [deny('guard', 'It opens the firewall or takes rules away.')] } : {};
}

function changeSettings(args: Fields): Deeds {
  const name = asText(args['name']);
  const value = asText(args['value']);
  const more = [
    args['extra_args'],
    args['target'],
    args['command'],
    args['executable'],
    args['arguments'],
  ].map(asText);
  return {
    calls: /^[a-z]+\.\S+$/i.test(name) && value !== '' ? [['git', 'config', name, value]] : [],
    texts: more.filter((text) => text !== '').map((text) => `make ${text}`),
  };
}
