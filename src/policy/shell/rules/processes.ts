import { type Call, flagValues, hasFlag, operands } from '../call.ts';
import { normalPath } from '../paths.ts';
import type { ChangeRule, FloorRule, ReadRule } from '../rule.ts';

export const processReads: readonly ReadRule[] = [
  {
    name: 'read.ps',
    programs: [
      'ps',
      'pgrep',
      'pidof',
      'pstree',
      'free',
      'vmstat',
      'iostat',
      'mpstat',
      'pidstat',
      'sar',
      'numastat',
      'lsipc',
      'last',
      'lastb',
      'lastlog',
      'slabtop',
      'ipcs',
      'nfsstat',
      'nfsiostat',
      'dmidecode',
      'getent',
      'cpupower',
      'prtstat',
      'systemd-cgls',
      'systemd-analyze',
      'lsmod',
      'modinfo',
      'sestatus',
      'getenforce',
      'aa-status',
      'apparmor_status',
      'ulimit',
      'umask',
    ],
    looks: 'shows processes, memory and who was logged in',
    never: ['--dump-bin', '--from-dump', '--outfile', '--output-file'],
    operands: 'data',
    when: (call) => {
      switch (call.program) {
        case 'getent':
          return !/^(g?shadow)$/.test(operands(call)[0] ?? '') && operands(call).length > 0;
        case 'sar':
          return !hasFlag(call, '-o');
        case 'slabtop':
          return hasFlag(call, '-o', '--once');
        case 'cpupower':
          return /^(frequency-info|idle-info|info)$/.test(operands(call)[0] ?? '');
        case 'systemd-analyze':
          return (
            !hasFlag(call, '-H', '-M', '--root', '--image') &&
            /^(|time|blame|critical-chain|calendar|timestamp|timespan|security|verify|unit-paths|dump|plot|syscall-filter)$/.test(
              operands(call)[0] ?? '',
            )
          );
        case 'ulimit':
          return call.args.every((arg) => arg.startsWith('-'));
        case 'umask':
          return call.args.every((arg) => arg === '-S');
        case 'lastlog':
          return !hasFlag(call, '-C', '-S', '--clear', '--set');
        case 'pidstat':
          return !hasFlag(call, '-e');
        default:
          return true;
      }
    },
    match: [
      'ps aux',
      'last reboot',
      'free -m',
      'vmstat 1 2',
      'pgrep -a nginx',
      'getent passwd bob',
      'dmidecode -t memory',
      'systemd-analyze blame',
      'lsmod',
    ],
    notMatch: ['ps auxe', 'getent shadow', 'dmidecode --dump-bin x'],
  },
  {
    name: 'read.top',
    programs: [
      'top',
      'iotop',
      'atop',
      'fuser',
      'hostname',
      'sysctl',
      'dmesg',
      'journalctl',
      'crontab',
      'atq',
      'command',
      'type',
      'kill',
      'taskset',
      'chrt',
      'ionice',
      'prlimit',
      'cgget',
      'chage',
      'passwd',
      'auditctl',
      'ausearch',
      'aureport',
      'visudo',
      'sudo',
      'jobs',
      'times',
      'modprobe',
      'kmod',
      'update-alternatives',
      'needrestart',
      'perf',
      'ulimit',
      'fail2ban-client',
      'cscli',
    ],
    looks: 'shows the state of the system',
    operands: 'data',
    when: (call) => showsState(call),
    match: [
      'top -b -n 1',
      'hostname',
      'hostname -I',
      'sysctl kernel.sysrq',
      'sysctl -a',
      'dmesg -T',
      'journalctl -u systemd-logind --since yesterday --no-pager',
      'crontab -l',
      'command -v shutdown',
      'type ls',
      'fail2ban-client status',
    ],
    notMatch: [
      'hostname evil',
      'sysctl -w vm.swappiness=1',
      'sysctl -p',
      'journalctl --vacuum-time=1s',
      'crontab x',
      'command reboot',
      'fuser -k 80/tcp',
      'top',
    ],
  },
];

function showsState(call: Call): boolean {
  const line = call.args.join(' ');
  switch (call.program) {
    case 'top':
      return /(^| )-\w*b/.test(line) && /(^| )-\w*n/.test(line);
    case 'iotop':
      return hasFlag(call, '-b', '--batch') && hasFlag(call, '-n', '--iter');
    case 'fuser':
      return !hasFlag(call, '-k', '--kill', '-K', '-i');
    case 'hostname':
      return call.args.every((arg) =>
        /^-(f|I|i|s|d|A|a|y)$|^--(fqdn|long|short|ip-address|all-ip-addresses|domain|all-fqdns|alias)$/.test(
          arg,
        ),
      );
    case 'sysctl':
      return (
        call.args.length > 0 &&
        !hasFlag(call, '-w', '--write', '-p', '--load', '-f', '--system') &&
        !line.includes('=')
      );
    case 'dmesg':
      return !hasFlag(
        call,
        '-C',
        '-c',
        '--clear',
        '--read-clear',
        '-D',
        '-E',
        '-n',
        '--console-level',
        '--console-off',
        '--console-on',
        '-F',
        '--file',
        '-K',
      );
    case 'journalctl':
      return !hasFlag(
        call,
        '--vacuum-size',
        '--vacuum-time',
        '--vacuum-files',
        '--rotate',
        '--flush',
        '--relinquish-var',
        '--smart-relinquish-var',
        '--sync',
        '--setup-keys',
        '--update-catalog',
        '--cursor-file',
        '--interval',
        '--force',
        '--verify-key',
        '--root',
        '--image',
        '--file',
        '-D',
        '--directory',
      );
    case 'crontab':
      return /^(-u [\w.-]+ )?-l$|^-l( -u [\w.-]+)?$/.test(line);
    case 'atq':
    case 'jobs':
    case 'times':
      return true;
    case 'command':
      return /^-[vV]( [^-]\S*)+$/.test(line);
    case 'type':
      return true;
    case 'kill':
      return line === '-l' || line === '-L';
    case 'taskset':
    case 'chrt':
    case 'ionice':
      return /^-[a]?[pc]{1,2}p? [0-9]+$|^-p [0-9]+$|^-m$/.test(line);
    case 'prlimit':
      return /^(-p [0-9]+|--pid[= ][0-9]+)?$/.test(line);
    case 'chage':
      return /^(-l|--list) [\w.-]+$/.test(line);
    case 'passwd':
      return /^(-S|--status)( [\w.-]+)?$/.test(line);
    case 'auditctl':
      return line === '-l' || line === '-s';
    case 'ausearch':
    case 'aureport':
      return !hasFlag(call, '--checkpoint');
    case 'visudo':
      return line === '-c';
    case 'sudo':
      return line === '-l' || line === '-n -l' || line === '-v';
    case 'modprobe':
      return /^(-n|--dry-run|--show-depends|-c|--showconfig) ?[\w-]*$/.test(line);
    case 'kmod':
      return line === 'list';
    case 'update-alternatives':
      return /^--(list|display|query|get-selections) ?[\w.+-]*$/.test(line);
    case 'needrestart':
      return /^(-b|-r l|-[klw]| )+$/.test(line) && hasFlag(call, '-b', '-r');
    case 'fail2ban-client':
      return /^(status( [\w.-]+)?|ping|version|banned|get \S+ \S+)$/.test(line);
    case 'cscli':
      return /^\S+ (list|inspect)\b/.test(line) || /^(metrics|version)/.test(line);
    case 'ulimit':
      return call.args.every((arg) => arg.startsWith('-'));
    default:
      return false;
  }
}

export const exhaustionFloor: readonly FloorRule[] = [
  {
    name: 'floor.exhaustion',
    programs: [
      'stress',
      'stress-ng',
      'cpuburn',
      'memtester',
      'forkbomb',
      'stressapptest',
      'sysbench',
      'bonnie++',
      'hping3',
      'siege',
      'slowloris',
      'burnP6',
      'prime95',
      'mprime',
      'lookbusy',
      'wrk',
      'ab',
      'hey',
      'vegeta',
      'mdk3',
      'mdk4',
      't50',
      'xmrig',
      'ethminer',
      'cpuminer',
      'minerd',
      'cgminer',
      'nbminer',
      'lolMiner',
    ],
    reason: 'It takes all the processor, memory or network there is.',
    match: ['stress-ng --vm 8 --vm-bytes 100%', 'stress -c 64', 'hping3 --flood n100'],
    notMatch: ['vmstat 1 2'],
  },
  {
    name: 'floor.exhaustion',
    programs: [
      'fallocate',
      'truncate',
      'mkfile',
      'xfs_mkfile',
      'head',
      'dd',
      'openssl',
      'fio',
      'shuf',
      'seq',
      'qemu-img',
      'split',
      'yes',
      'tail',
      'sort',
      'cat',
      'tac',
      'base64',
      'od',
      'xxd',
      'gzip',
      'cp',
      'pv',
      'md5sum',
      'sha256sum',
      'wc',
      'strings',
      'hexdump',
      'rev',
      'grep',
      'zip',
      'tar',
      'tr',
    ],
    reason: 'It fills the disk or the memory, or never ends.',
    when: (call) => {
      const huge = call.args.some((arg) => isHuge(arg.replace(/^(-\w|--[a-z-]+=|count=|bs=|size=)/, '')));
      const endless = call.args.some((arg) =>
        /^(if=)?\/dev\/(zero|u?random|full)$/.test(
          arg.startsWith('if=') ? `if=${normalPath(arg.slice(3), call.cwd)}` : normalPath(arg, call.cwd),
        ),
      );
      switch (call.program) {
        case 'yes':
          return !/^--(version|help)$/.test(call.args.join(' '));
        case 'dd':
          return (
            huge ||
            (endless && (!call.args.some((arg) => /^count=/.test(arg)) || ddBytes(call.args) > mostEndless))
          );
        case 'fallocate':
        case 'truncate':
        case 'mkfile':
        case 'openssl':
        case 'qemu-img':
          return huge;
        case 'head':
          return (
            endless &&
            (huge ||
              !call.args.some((arg) => /^-(c|n|[0-9])|^--(bytes|lines)/.test(arg)) ||
              flagValues(call, '-c', '--bytes').some((size) => bytesIn(size) > mostEndless))
          );
        case 'seq':
          return huge || call.args.some((arg) => /^[0-9]{10,}$|^inf/.test(arg));
        case 'fio':
          return huge || call.args.some((arg) => /filename=\/dev\//.test(arg));
        case 'shuf':
          return hasFlag(call, '-r', '--repeat') && !hasFlag(call, '-n');
        case 'tr':
          return false;
        default:
          return (
            (endless && call.program !== 'cp') ||
            (call.program === 'cp' &&
              call.args[0] !== undefined &&
              endless &&
              call.args.some((arg) => arg.startsWith('/dev/')) &&
              /^\/dev\/(zero|u?random|full)$/.test(call.args.find((arg) => arg.startsWith('/dev/')) ?? ''))
          );
      }
    },
    match: [
      'fallocate -l 9999G /fill',
      'truncate -s 100T /fill',
      'dd if=/dev/zero of=/fill',
      'yes > /fill',
      'cat /dev/zero',
      'tail /dev/zero',
      'dd if=/dev/urandom of=/fill bs=1M count=99999999',
    ],
    notMatch: [
      'fallocate -l 1G swapfile',
      'dd if=/dev/zero of=/dev/null count=1',
      'head -c 16 /dev/urandom',
      'dd if=/dev/zero of=/tmp/x bs=1M count=10',
    ],
  },
  {
    name: 'floor.exhaustion',
    programs: [
      'ping',
      'ping6',
      'ulimit',
      'sleep',
      'cpulimit',
      'prlimit',
      'iperf',
      'iperf3',
      'swapoff',
      'nping',
      'arping',
    ],
    reason: 'It floods the network or lifts the limits that protect the machine.',
    when: (call) => {
      if (call.program.startsWith('ping'))
        return (
          hasFlag(call, '-f', '-A') ||
          call.args.some((arg) => /^-i0?\.0/.test(arg) || /^0?\.0\d*$/.test(arg)) ||
          flagValues(call, '-i').some((pause) => /^0+(\.0*)?$/.test(pause))
        );
      return call.program === 'nping' && hasFlag(call, '--flood', '--rate');
    },
    match: ['ping -f 10.0.0.1', 'ping -i 0.001 n100'],
    notMatch: ['ping -c 3 n100', 'sleep 5'],
  },
];

/** How much may be taken from a source that never ends: 64 GiB. */
const mostEndless = 2 ** 36;

function isHuge(size: string): boolean {
  return /%$/.test(size) ? Number.parseFloat(size) > 95 : bytesIn(size) >= 2 ** 40;
}

/** The bytes a size such as `10G` stands for; 0 when it is none. */
function bytesIn(size: string): number {
  const match = /^\+?([0-9]+(?:\.[0-9]+)?)\s*([kKMGTPEZY]?)i?[Bb]?$/.exec(size);
  const power = ' KMGTPEZY'.indexOf((match?.[2] ?? '').toUpperCase() || ' ');
  return match ? Number(match[1]) * 1024 ** power : 0;
}

function ddBytes(args: readonly string[]): number {
  const value = (name: string, fallback: number) => {
    const given = args.find((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1);
    const match = given === undefined ? undefined : /^([0-9]+)([kKMGT]?)B?$/.exec(given);
    if (given !== undefined && !match) return Number.POSITIVE_INFINITY;
    return match
      ? Number(match[1]) * 1024 ** ' KMGT'.indexOf((match[2] ?? '').toUpperCase() || ' ')
      : fallback;
  };
  return value('bs', 512) * value('count', Number.POSITIVE_INFINITY);
}

export const processChanges: readonly ChangeRule[] = [
  {
    name: 'change.services',
    programs: [
      'systemctl',
      'service',
      'rc-service',
      'update-rc.d',
      'chkconfig',
      'loginctl',
      'machinectl',
      'hostnamectl',
      'timedatectl',
      'localectl',
      'resolvectl',
      'networkctl',
      'hostname',
      'sysctl',
      'modprobe',
      'kill',
      'pkill',
      'killall',
      'renice',
      'useradd',
      'userdel',
      'usermod',
      'adduser',
      'deluser',
      'groupadd',
      'groupdel',
      'groupmod',
      'gpasswd',
      'addgroup',
      'delgroup',
      'logrotate',
      'supervisorctl',
      'pm2',
      'sv',
      'rc-update',
      'locale-gen',
      'dpkg-reconfigure',
      'update-alternatives',
      'ldconfig',
      'newgrp',
      'coredumpctl',
      'udevadm',
      'wall',
      'write',
      'logger',
      'dmesg',
      'journalctl',
      'busctl',
      'dbus-send',
      'gdbus',
      'htop',
      'top',
      'btop',
      'iotop',
      'atop',
      'fuser',
      'tcpdump',
      'crontab',
      'atrm',
      'umask',
      'ulimit',
    ],
    reason: 'It changes a service, a process, an account or a system setting.',
    args: 'data',
    match: [
      'systemctl stop ssh',
      'systemctl daemon-reload',
      'useradd bob',
      'systemctl restart nginx',
      'kill 4242',
      'tcpdump -i vmbr0 -c 10',
    ],
    notMatch: ['systemctl status nginx', 'ps aux'],
  },
];
