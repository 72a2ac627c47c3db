import { type Call, flagValues, hasFlag, operands } from '../call.ts';
import type { FloorRule, ReadRule } from '../rule.ts';

/** Programs that do nothing but stop, restart or suspend the machine they run on. */
export const powerPrograms: readonly string[] = [
  'reboot',
  'poweroff',
  'halt',
  'shutdown',
  'telinit',
  'kexec',
  'rtcwake',
  'pm-suspend',
  'pm-hibernate',
  'pm-suspend-hybrid',
  'pm-powersave',
  'systemd-sleep',
  'systemd-shutdown',
  's2ram',
  's2disk',
  's2both',
  'zzz',
  'hibernate',
  'fastboot',
  'fasthalt',
  'reboot.static',
  'soft-reboot',
  'killall5',
  'upsdrvctl',
  'upscmd',
  'upsrw',
  'racadm',
  'idracadm',
  'idracadm7',
  'raspi-gpio',
  'apctest',
  'molly-guard',
];

const powerVerbs =
  /^(reboot|poweroff|power-off|halt|kexec|soft-reboot|suspend|hibernate|hybrid-sleep|suspend-then-hibernate|sleep|exit|rescue|emergency|default|switch-root|isolate)$/;
const powerUnits =
  /^(reboot|poweroff|halt|kexec|soft-reboot|shutdown|suspend|hibernate|hybrid-sleep|suspend-then-hibernate|sleep|exit|rescue|emergency|ctrl-alt-del|final|umount|runlevel[06s1]|systemd-(reboot|poweroff|halt|kexec|suspend|hibernate|hybrid-sleep|suspend-then-hibernate|soft-reboot|exit))(\.(target|service))?$/i;
const busMember =
  /(^|\.)(Reboot|PowerOff|Halt|KExec|Suspend|Hibernate|HybridSleep|SuspendThenHibernate|Sleep|SoftReboot|Exit|ScheduleShutdown|SetRebootTo\w*|SetRebootParameter)(WithFlags)?$/;

const systemctlValues = [
  '-t',
  '--type',
  '-H',
  '--host',
  '-M',
  '--machine',
  '-p',
  '--property',
  '-P',
  '-n',
  '--lines',
  '-o',
  '--output',
  '-s',
  '--signal',
  '--state',
  '--job-mode',
  '--kill-whom',
  '--root',
  '--what',
  '--message',
  '--when',
  '--check-inhibitors',
  '--timestamp',
  '--image',
  '--drop-in',
  '--boot-loader-entry',
  '--boot-loader-menu',
  '--preset-mode',
  '--legend',
  '--reboot-argument',
];

/** The verb and units of a systemctl call. */
export function systemctlWords(call: Pick<Call, 'args'>): string[] {
  return operands(call, systemctlValues);
}

export const powerFloor: readonly FloorRule[] = [
  {
    name: 'floor.host-power',
    programs: powerPrograms,
    reason: 'It powers off, restarts or suspends the machine that everything runs on.',
    match: [
      'reboot',
      '/sbin/reboot',
      'shutdown -r +1',
      'poweroff -f',
      'halt',
      'kexec -e',
      'rtcwake -m mem -s 60',
      'shutdown -h now',
    ],
    notMatch: ['last reboot', 'echo reboot', 'cat reboot.sh', 'command -v shutdown'],
  },
  {
    name: 'floor.host-power',
    programs: ['init', 'runit-init', 'openrc-shutdown', 'initctl'],
    reason: 'It changes the runlevel of the whole machine.',
    when: (call) => call.args.length > 0,
    match: ['init 6', 'init 0', '/sbin/init s'],
    notMatch: ['git init', 'ls /sbin/init'],
  },
  {
    name: 'floor.host-power',
    programs: ['systemctl', 'loginctl'],
    reason: 'It asks systemd to stop, restart or suspend the machine.',
    when: (call) => {
      const [verb = '', ...units] = systemctlWords(call);
      if (verb.includes('\0')) return true;
      if (powerVerbs.test(verb)) return true;
      if (
        /^(start|restart|reload-or-restart|try-restart|isolate|enable|unmask|reenable|set-default|link|add-wants|add-requires)$/.test(
          verb,
        )
      )
        return units.some((unit) => powerUnits.test(unit) || unit.includes('\0'));
      return (
        verb === 'kill' &&
        units.some((unit) => /^(init\.scope|systemd-logind(\.service)?|-\.slice)$/.test(unit))
      );
    },
    match: [
      'systemctl reboot',
      'systemctl -ff poweroff',
      "systemctl --message='maintenance' reboot",
      'systemctl -H root@n100 reboot',
      'systemctl isolate rescue.target',
      'systemctl start systemd-reboot.service',
      'systemctl kill -s SIGRTMIN+15 init.scope',
      'loginctl poweroff',
      'systemctl set-default poweroff.target',
    ],
    notMatch: [
      'systemctl status reboot.target',
      'systemctl restart nginx',
      'systemctl list-units',
      'loginctl list-sessions',
    ],
  },
  {
    name: 'floor.host-power',
    programs: ['service', 'rc-service', 'invoke-rc.d', 'rc', 'openrc'],
    reason: 'It runs the init script that stops or restarts the machine.',
    when: (call) =>
      operands(call).some((word) =>
        /^(reboot|halt|poweroff|shutdown|single|sendsigs|umountfs|umountroot|killprocs)$/.test(word),
      ),
    match: ['service reboot start', '/etc/init.d/halt stop', 'rc-service reboot start', 'openrc reboot'],
    notMatch: ['service nginx restart', 'service --status-all'],
  },
  {
    name: 'floor.host-power',
    programs: ['kill', 'pkill', 'killall'],
    reason: 'It signals the first process or every process, which stops the machine.',
    when: (call) => {
      const targets =
        call.program === 'kill'
          ? killTargets(call.args)
          : operands({ args: call.args.filter((arg) => !/^-[A-Z][A-Z0-9+-]+$/.test(arg)) }, [
              '-s',
              '--signal',
              '-u',
              '-U',
              '-g',
              '-P',
              '-t',
            ]);
      if (call.program === 'kill') return targets.some((pid) => /^(1|-1|-0+|0)$/.test(pid));
      // The children of the first process are everything that runs.
      if (flagValues(call, '-P', '--parent', '-s', '--session').some((of) => /^[01]$/.test(of))) return true;
      if (
        hasFlag(call, '-u', '-U', '--euid', '--uid') &&
        flagValues(call, '-u', '-U').some((user) => /^(root|0)$/.test(user))
      )
        return true;
      return targets.some((name) =>
        /^\^?((\/\S*\/)?(systemd|init)|systemd-logind|dbus-daemon|sshd?|\.[*+]?|\^?\.?|\.\+|pve-cluster|pmxcfs|kvm|qemu.*)\$?$/.test(
          name,
        ),
      );
    },
    match: [
      'kill -9 -1',
      'kill -s SIGRTMIN+4 1',
      'kill 1',
      'kill -9 -- -1',
      'pkill -9 -u root',
      'killall -9 systemd',
      'kill -9 $(pidof systemd)',
      'kill -9 $(ps -e -o pid=)',
      'pkill -9 -P 1',
    ],
    notMatch: ['kill -9 4242', 'pkill -HUP nginx', 'kill -l'],
  },
  {
    name: 'floor.host-power',
    programs: ['busctl', 'dbus-send', 'gdbus', 'qdbus', 'qdbus6'],
    reason: 'It asks the login or system manager over D-Bus to power the machine.',
    when: (call) =>
      call.args.some((arg) =>
        /ConsoleKit\.Manager\.(Restart|Stop)$|^org\.freedesktop\.ConsoleKit\S*(Restart|Stop)$/.test(arg),
      ) ||
      call.args.some((arg) => busMember.test(arg) || powerUnits.test(arg.replace(/^string:/, ''))) ||
      call.args.some(
        (arg) =>
          /^org\.freedesktop\.(login1|systemd1|UPower|ConsoleKit)/.test(arg) &&
          call.args.some((other) => other.includes('\0')),
      ),
    match: [
      'busctl call org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager Reboot b false',
      'dbus-send --system --print-reply --dest=org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager.PowerOff boolean:false',
      'busctl call org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager StartUnit ss reboot.target replace',
    ],
    notMatch: ['busctl list', 'busctl tree org.freedesktop.login1'],
  },
  {
    name: 'floor.host-power',
    programs: [
      'ipmitool',
      'ipmi-chassis',
      'ipmipower',
      'ipmi-power',
      'bmc-device',
      'redfishtool',
      'fence_ipmilan',
      'fence_pve',
      'fence_node',
      'stonith_admin',
      'perccli',
      'amttool',
      'wsman',
      'wmic',
    ],
    reason: 'It switches the machine through its management controller.',
    when: (call) =>
      call.program !== 'ipmitool' ||
      (/\b(power|chassis) /.test(`${call.args.join(' ')} `) &&
        /\b(off|cycle|reset|soft|diag|on|up|down|bootdev|bootparam|policy)\b/.test(call.args.join(' '))) ||
      /\b(mc reset|raw|exec|shell|set|user|delete|clear)\b/.test(call.args.join(' ')),
    match: ['ipmitool chassis power cycle', 'ipmitool -H 10.0.0.9 power off', 'ipmitool raw 0x00 0x02 0x03'],
    notMatch: ['ipmitool chassis power status', 'ipmitool sdr list'],
  },
  {
    name: 'floor.host-power',
    programs: ['upsmon', 'nut', 'apcupsd', 'usbhid-ups'],
    reason: 'It forces the UPS to cut the power.',
    when: (call) => call.args.some((arg) => /^(fsd|load\.off|shutdown\..*|-k|--killpower|-K)$/.test(arg)),
    match: ['upsmon -c fsd'],
    notMatch: ['upsc ups@localhost'],
  },
  {
    name: 'floor.host-power',
    programs: ['salt', 'salt-call', 'puppet', 'fab', 'bolt', 'rundeck'],
    reason: 'It powers machines through configuration management.',
    when: (call) =>
      call.args.some((arg) => /^(system|power)\.(reboot|shutdown|poweroff|halt|init)/.test(arg)),
    match: ["salt '*' system.reboot"],
    notMatch: ["salt '*' test.ping"],
  },
];

/** kill's arguments without the signal. */
function killTargets(args: readonly string[]): string[] {
  const rest = [...args];
  const first = rest[0] ?? '';
  if (/^(-s|-n|--signal)$/.test(first)) rest.splice(0, 2);
  else if (/^-[A-Za-z0-9+]+$/.test(first) && !(first === '-1' && rest.length === 1)) rest.shift();
  else if (first.startsWith('--signal=')) rest.shift();
  return rest.filter((word) => word !== '--');
}

export const powerReads: readonly ReadRule[] = [
  {
    name: 'read.systemctl',
    programs: ['systemctl'],
    looks: 'shows units',
    verbs: [
      '',
      'status',
      'show',
      'cat',
      'list-units',
      'list-unit-files',
      'list-timers',
      'list-sockets',
      'list-jobs',
      'list-dependencies',
      'list-machines',
      'list-automounts',
      'list-paths',
      'is-active',
      'is-enabled',
      'is-failed',
      'is-system-running',
      'get-default',
      'help',
    ],
    valueFlags: systemctlValues,
    before: [
      '--no-pager',
      '--failed',
      '--user',
      '--system',
      '-a',
      '--all',
      '-l',
      '--full',
      '-q',
      '--quiet',
      '--no-legend',
      '--plain',
    ],
    never: ['--image', '-H', '--host', '--root', '-f', '--force', '--now', '-s', '--signal'],
    operands: 'data',
    when: (call) => !call.args.some((arg) => /environ/i.test(arg)),
    match: [
      'systemctl status reboot.target',
      'systemctl list-timers --no-pager',
      'systemctl is-system-running',
      'systemctl --failed',
    ],
    notMatch: [
      'systemctl restart nginx',
      'systemctl -H root@n100 status',
      'systemctl show-environment',
      'systemctl --unknown status reboot',
    ],
  },
  {
    name: 'read.loginctl',
    programs: [
      'loginctl',
      'machinectl',
      'networkctl',
      'resolvectl',
      'timedatectl',
      'hostnamectl',
      'localectl',

      'coredumpctl',
      'busctl',
      'portablectl',
      'oomctl',
      'userdbctl',
      'homectl',
      'udevadm',
    ],
    looks: 'shows what systemd knows',
    verbs: [
      '',
      'status',
      'show',
      'list',
      'list-sessions',
      'list-users',
      'list-seats',
      'session-status',
      'user-status',
      'seat-status',
      'show-session',
      'show-user',
      'list-images',
      'image-status',
      'lldp',
      'query',
      'statistics',
      'list-timezones',
      'show-timesync',
      'timesync-status',
      'list-locales',
      'list-keymaps',
      'tree',
      'introspect',
      'info',
    ],
    operands: 'data',
    before: ['--no-pager', '-a', '--all', '-l', '--full', '--no-legend', '--system', '--user'],
    never: [
      '--address',
      '--cleanup-db',
      '-c',
      '-H',
      '--host',
      '--now',
      '--output-file',
      '-D',
      '--directory',
      '-o',
    ],
    when: (call) =>
      !(
        ['bootctl', 'coredumpctl', 'udevadm', 'homectl'].includes(call.program) &&
        operands(call).length === 0 &&
        call.args.length > 0 &&
        call.program !== 'coredumpctl'
      ),
    match: [
      'hostnamectl',
      'timedatectl',
      'loginctl list-sessions',
      'resolvectl status',
      'networkctl list',
      'busctl list',
    ],
    notMatch: [
      'hostnamectl set-hostname x',
      'timedatectl set-time 12:00',
      'machinectl shell',
      'coredumpctl dump',
    ],
  },
];
