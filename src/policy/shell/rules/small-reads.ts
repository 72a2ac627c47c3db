import { type Call, flagValues, operands } from '../call.ts';
import type { ReadRule } from '../rule.ts';
import { isPlainPage } from './network-reads.ts';

/** Calls that only look, by the whole of what follows the program's name. */
const looksByLine: Readonly<Record<string, RegExp>> = {
  ipmitool:
    /^(sensor( list| (get|reading) [\w ./-]+)?|sdr( (list|elist|info|type|entity|get)( [\w./-]+)*)?|sel( (list|elist|info|time get)( [\w-]+)*)?|chassis (status|power status|poh|restart_cause)|power status|b?mc info|fru( print( \d+)?| list)?|dcmi (power reading|sensors))$/,
  mokutil: /^--(sb-state|list-enrolled|list-new|list-delete|pk|kek|db|dbx|version)$/,
  zramctl: /^(--(output-all|noheadings|raw|bytes)|-[bnr]| )*$/,
  numactl: /^(-H|--hardware|-s|--show)$/,
  pihole: /^(status|-v|version|-c -e)$/,
  vcgencmd:
    /^(measure_temp|measure_volts( \w+)?|measure_clock \w+|get_throttled|get_mem \w+|version|commands)$/,
  k9s: /^(version|info)$/,
  exim: /^-b(p|pc|V)$/,
  exim4: /^-b(p|pc|V)$/,
  postconf: /^(-[ndhm]|mail_version|-h \w+)$/,
  vault: /^(status|version)$/,
  bao: /^(status|version)$/,
  dstat: /^((-[acdfgilmnprstvy]+|\d+|--(cpu|disk|net|mem|load|top-cpu|top-mem|top-io))( |$))*$/,
  inxi: /^(-[FxzbCDGMmNnSspRABItjLE]+( |$))*$/,
  debsums: /^(-[acsel]+( |$))*$/,
  man: /^(-[kfw]|--(apropos|whatis|where)) [\w.-]+$/,
  ctr: /^((-n|--namespace)[ =][\w.-]+ )?(c|containers?|i|images?|t|tasks?|namespaces?|ns|snapshots?) (ls|list)( -q)?$/,
  lsb_release: /^-[a-z]+$/,
  sg_inq: /^(-[a-z]+ )*\/dev\/[\w/-]+$/,
  sdparm: /^((-[ail]+|--(get=\w+|all|inquiry|long)) )*\/dev\/[\w/-]+$/,
  sas2ircu: /^(\d+ (display|status)|list)$/,
  sas3ircu: /^(\d+ (display|status)|list)$/,
  storcli: /^(\/[\w/]+ )?show( all)?( J)?$/,
  storcli64: /^(\/[\w/]+ )?show( all)?( J)?$/,
  perccli: /^(\/[\w/]+ )?show( all)?( J)?$/,
  ssacli: /^ctrl (all|slot=\d+)( (all|ld|pd|array|[A-Z]|\d+|\w+=\w+))* show( (config|status|detail))*$/,
  pmap: /^(-[xdpq]+ )?\d+$/,
  sensors: /^-[fjuA]+$/,
  upsc: /^-[lL]( [\w.:-]+)?$/,
  tput: /^(cols|lines|colors|longname)$/,
  stty: /^(-a|size|speed)?$/,
  infocmp: /^$/,
  tmux: /^(ls|list-sessions|list-windows|list-panes)( -a)?$/,
  screen: /^-(ls|list)$/,
  finger: /^[\w.-]*$/,
  iwlist: /^\w+ (scan|scanning|channel|freq|rate|txpower)$/,
  'ssh-add': /^-[lL]$/,
  k3s: /^(check-config|--version)$/,
  haproxy: /^-vv$/,
  bootctl: /^((status|list)?( ?--no-pager)?)$/,
  help: /^[a-z]+$/,
  needrestart: /^(-[bkp]+ ?)+$/,
  mosquitto: /^-h$/,
  htop: /^(-V|--version)$/,
  zabbix_agentd: /^-V$/,
  resolvectl: /^(dns|domain|llmnr|mdns|dnssec|default-route)( [\w.-]+)?$/,
  hostnamectl: /^(hostname|icon-name|chassis|deployment|location)$/,
  swapon: /^$/,
  at: /^-l$/,
  supervisorctl: /^(status|avail|version|pid)( [\w:*-]+)?$/,
  monit: /^(status|summary|-V)$/,
  doveconf: /^-n$/,
  'unbound-control': /^(status|stats_noreset|list_(forwards|stubs|local_zones))$/,
  'nvidia-smi': /^(-q( -d [A-Z,]+)?|pmon -c \d+|dmon -c \d+|topo -m)$/,
  virsh: /^(list|net-list|pool-list)( --(all|title|name|uuid|inactive|autostart|details))*$/,
  openssl: /^verify( -(CAfile|untrusted) [\w./-]+\.(pem|crt))? [\w./-]+\.(pem|crt)$/,
  tar: /^(--list|-t)( -?-?(z|j|J|v|gzip|verbose))* (-f|--file) [\w./-]+$/,
  kubectl: /^get --raw \/(healthz|livez|readyz|version|metrics)(\?verbose)?$/,
  rspamd: /^--version$/,
  xfs_db: /^(--version|-V)$/,
  rsnapshot: /^configtest$/,
  cpupower: /^(frequency|idle|monitor)-info$/,
};

/** What a guest's agent is asked that changes nothing in the guest. */
const agentLooks =
  /^(ping|info|get-(osinfo|fsinfo|time|timezone|users|vcpus|host-name|memory-blocks|memory-block-info)|network-get-interfaces)$/;

/** Tools whose `help` and trailing `--help` print a page and do nothing else, whatever stands before. */
const helpful = new Set([
  'docker',
  'kubectl',
  'helm',
  'flux',
  'argocd',
  'talosctl',
  'qm',
  'pct',
  'pvesm',
  'pvecm',
  'pveum',
  'pvenode',
  'pvesh',
  'ha-manager',
  'zfs',
  'zpool',
  'virsh',
  'restic',
  'borg',
  'rclone',
  'terraform',
  'tofu',
  'tailscale',
  'systemctl',
  'journalctl',
  'ansible',
  'ansible-playbook',
  'ansible-vault',
  'rsync',
  'nvme',
  'lvs',
  'lvcreate',
  'apt-get',
  'apt',
  'vzdump',
  'qmrestore',
  'pvereport',
  'pveperf',
]);

/** Small looks at one tool of the house each, mostly told by their whole line. */
export const smallReads: readonly ReadRule[] = [
  {
    name: 'read.small-look',
    programs: Object.keys(looksByLine),
    looks: 'shows what a tool of the house knows',
    operands: 'data',
    when: (call) => looksByLine[call.program]?.test(call.args.join(' ')) === true && isOneLine(call),
    match: [
      'ipmitool sel list',
      'ipmitool sdr type temperature',
      'mokutil --sb-state',
      'zramctl',
      'pihole status',
      'vcgencmd measure_temp',
      'vault status',
      'ctr -n k8s.io containers ls',
      'man -k shutdown',
    ],
    notMatch: [
      'ipmitool sel clear',
      'ipmitool sensor thresh x lower 1 2 3',
      'mokutil --import x',
      'zramctl --find',
      'pihole disable',
      'vcgencmd set_backlight 0',
      'vault kv get x',
      'ctr containers rm x',
      'man ls',
    ],
  },
  {
    name: 'read.guest-agent',
    programs: ['qm'],
    looks: "asks a guest's agent how the guest is",
    operands: 'data',
    when: (call) => {
      const words =
        call.args[0] === 'guest' && call.args[1] === 'cmd' ? call.args.slice(2) : call.args.slice(1);
      const asks = call.args[0] === 'agent' || (call.args[0] === 'guest' && call.args[1] === 'cmd');
      return asks && words.length === 2 && /^\d+$/.test(words[0] ?? '') && agentLooks.test(words[1] ?? '');
    },
    match: ['qm agent 100 ping', 'qm guest cmd 100 network-get-interfaces'],
    notMatch: ['qm agent 100 shutdown', 'qm guest cmd 100 fstrim', 'qm guest exec 100 ls'],
  },
  {
    name: 'read.wget-page',
    programs: ['wget'],
    looks: 'shows a page',
    only: [
      '-q',
      '-O',
      '-S',
      '-T',
      '-t',
      '--quiet',
      '--timeout',
      '--tries',
      '--no-check-certificate',
      '--no-hsts',
    ],
    valueFlags: ['-O', '-T', '-t', '--timeout', '--tries'],
    operands: 'data',
    when: (call) => {
      const outputs = flagValues(call, '-O');
      const pages = operands(call, ['-O', '-T', '-t', '--timeout', '--tries']).filter((word) => word !== '-');
      return (
        call.stdin.kind === 'none' &&
        outputs.length === 1 &&
        outputs[0] === '-' &&
        pages.length > 0 &&
        pages.every((url) => isPlainPage(url))
      );
    },
    match: ['wget -qO- http://localhost:3000/api/health', 'wget -q -O - http://10.0.0.5/'],
    notMatch: [
      'wget -qO x http://10.0.0.5/',
      'wget http://10.0.0.5/x',
      'wget -qO- http://10.0.0.5/api/reboot',
    ],
  },
  {
    name: 'read.sum',
    programs: ['bc'],
    looks: 'works out a sum',
    only: ['-l', '-q'],
    most: 0,
    operands: 'data',
    when: (call) => call.stdin.kind === 'text' && /^[0-9 +*/%().\n-]{1,200}$/.test(call.stdin.text),
    match: ["bc <<< '2+2'", "bc -l <<< '10/3'"],
    notMatch: ['bc', 'bc x.bc', "bc <<< '!reboot'", "bc <<< '9^9^9'"],
  },
  {
    name: 'read.help',
    programs: [...helpful],
    looks: 'prints a page of help',
    operands: 'data',
    when: (call) => {
      const asked = call.args[0] === 'help' ? call.args.slice(1) : call.args.slice(0, -1);
      return (
        (call.args[0] === 'help' || call.args.at(-1) === '--help') &&
        asked.length <= (nested.has(call.program) ? 3 : 1) &&
        asked.every((word) => /^[a-z][a-z-]*$/.test(word) && !startsOthers.test(word))
      );
    },
    match: ['kubectl delete --help', 'docker rm --help', 'zfs help', 'systemctl --help'],
    notMatch: [
      'docker run alpine --help',
      'docker exec x rm --help',
      'kubectl exec x -- rm --help',
      'qm destroy 100',
    ],
  },
];

/** Those that read flags behind their operands too, however many there are. */
const nested = new Set(['docker', 'kubectl', 'helm', 'flux', 'argocd', 'talosctl', 'restic', 'rclone']);

/** Verbs behind which `--help` belongs to what they start. */
const startsOthers =
  /^(run|exec|create|compose|debug|attach|start|shell|ssh|plugin|enter|unshare|proxy|cmd)$/;

/** Whether no argument holds a blank, so that the line reads as the arguments do. */
function isOneLine(call: Call): boolean {
  return call.args.every((arg) => !/\s/.test(arg) && arg !== '');
}
