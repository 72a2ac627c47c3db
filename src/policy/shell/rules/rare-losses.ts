import { flagValues, hasFlag, operands } from '../call.ts';
import { isDevicePath, isGuardPath, isKernelPath, isSecretPath, isSystemPath, normalPath } from '../paths.ts';
import type { FloorRule } from '../rule.ts';

/** Ways to halt a machine or to lose data that few people think of. */
export const rareLossFloor: readonly FloorRule[] = [
  {
    name: 'floor.exhaustion',
    programs: ['fuser', 'fsfreeze', 'xfs_freeze', 'dmsetup'],
    reason: 'It stops everything that uses a file system of the machine.',
    when: (call) => {
      const places = operands(call).filter((place) => place.startsWith('/'));
      const whole = places.some((place) =>
        /^\/(usr|var|etc|home|boot|run|opt|srv|dev(\/.*)?)?\/?$/.test(place),
      );
      if (call.program === 'fuser') return hasFlag(call, '-k', '--kill') && whole;
      if (call.program === 'dmsetup')
        return /^(suspend|remove|remove_all|wipe_table|clear|load|reload)$/.test(operands(call)[0] ?? '');
      return hasFlag(call, '-f', '--freeze');
    },
    match: ['fuser -k /', 'fuser -km /var', 'fsfreeze -f /', 'dmsetup suspend x', 'dmsetup remove_all'],
    notMatch: ['fuser -v /mnt/media', 'fuser -k 8080/tcp', 'fsfreeze -u /', 'dmsetup ls'],
  },
  {
    name: 'floor.mass-deletion',
    programs: ['chattr'],
    reason: 'It changes the attributes of a whole tree of the system.',
    when: (call) =>
      hasFlag(call, '-R') &&
      operands(call).some((place) => /^\/(etc|usr|bin|sbin|lib|boot|root|var|home)?(\/|$)/.test(place)),
    match: ['chattr -R +i /etc', 'chattr -R -a /var'],
    notMatch: ['lsattr -R /etc', 'chattr -R +C /opt/x'],
  },
  {
    name: 'floor.guard',
    programs: ['mount'],
    reason: 'It puts another file or folder in the place of one that guards the system.',
    when: (call) => {
      const over = normalPath(operands(call, ['-t', '-o']).at(-1) ?? '', call.cwd);
      return (
        (hasFlag(call, '--bind', '-B', '--rbind', '-R', '--move', '-M') ||
          flagValues(call, '-o', '--options').some((options) => /(^|,)r?bind|(^|,)move/.test(options))) &&
        (isGuardPath(over) || isSystemPath(over) || isSecretPath(over))
      );
    },
    match: ['mount --bind /tmp/x /etc/sudoers', 'mount -B x /usr/bin'],
    notMatch: ['mount --bind /srv/media /mnt/media', 'mount -a'],
  },
  {
    name: 'floor.exhaustion',
    programs: ['skill', 'snice'],
    reason: 'It ends or slows programs by whom or where they belong to.',
    match: ['skill -KILL -u root'],
    notMatch: ['pgrep -u root'],
  },
  {
    name: 'floor.disk-wipe',
    programs: ['zpool', 'vgexport', 'lvchange', 'vgchange', 'zfs', 'devmem', 'wdctl'],
    reason:
      'It takes a disk, a pool or a guest away from what runs on it, or reaches straight into the hardware.',
    when: (call) => {
      const [verb = ''] = operands(call);
      switch (call.program) {
        case 'zpool':
          return verb === 'trim' && hasFlag(call, '-d', '--secure');
        case 'zfs':
          return verb === 'allow' && call.args.some((arg) => /destroy|rollback|receive|send/.test(arg));
        case 'lvchange':
        case 'vgchange':
          return (
            call.args.some(
              (arg, i) =>
                /^(-an|--activate=n)$/.test(arg) ||
                (/^(-a|--activate)$/.test(arg) && call.args[i + 1] === 'n'),
            ) && call.args.some((arg) => /root|swap|pve|system/.test(arg))
          );
        case 'wdctl':
          return hasFlag(call, '-s', '--settimeout', '-p', '--setpretimeout');
        default:
          return call.program === 'vgexport' || call.args.length > 1;
      }
    },
    match: [
      'zpool trim --secure tank',
      'vgexport pve',
      'lvchange -an pve/root',
      'zfs allow everyone destroy tank',
      'devmem 0x0 32 0',
      'busybox devmem 0x0 32 0',
      'wdctl -s 1',
    ],
    notMatch: ['zpool trim tank', 'lvchange -ay pve/data', 'zfs allow tank', 'wdctl'],
  },
  {
    name: 'floor.mass-deletion',
    programs: ['time', 'gtime', 'strace', 'ltrace', 'perf', 'script', 'stdbuf'],
    reason: 'It writes its notes over a file that the system needs.',
    when: (call) =>
      flagValues(call, '-o', '--output').some((value) => {
        const path = normalPath(value, call.cwd);
        return isSystemPath(path) || isGuardPath(path) || isDevicePath(path) || isKernelPath(path);
      }),
    match: ['/usr/bin/time -o /etc/passwd ls', 'strace -o /etc/shadow ls'],
    notMatch: ['/usr/bin/time -o times.txt ls', 'time ls'],
  },
  {
    name: 'floor.disk-wipe',
    programs: [
      'storcli*',
      'perccli*',
      'megacli*',
      'MegaCli*',
      'hpssacli',
      'ssacli',
      'hpacucli',
      'arcconf',
      'tw_cli',
      'mvcli',
      'sas2ircu',
      'sas3ircu',
      'cli64',
      'areca-cli',
      'mtd',
      'mtd_debug',
      'ubiformat',
      'ubirmvol',
      'ubidetach',
      'flashcp',
      'nandwrite',
      'flash_eraseall',
      'sdparm',
      'sg_write_same',
      'sg_raw',
      'sg_dd',
    ],
    reason: 'It deletes or overwrites volumes below the file system.',
    when: (call) =>
      /^(ubi(format|rmvol)|flash|nandwrite|sg_(write_same|raw|dd))/.test(call.program) ||
      /(^|[\s/-])(del\w*|erase\w*|init|clear|write|format|remove|secureerase|sanitize|cfg\w*(clr|del)|\w*clear|rmvol|ldinit|create|import|flash|set\w*)(\s|=|$)/i.test(
        call.args.join(' '),
      ),
    match: [
      'storcli /c0 /vall del force',
      'megacli -CfgClr -aALL',
      'hpssacli ctrl slot=0 ld all delete forced',
      'tw_cli /c0/u0 del',
      'mtd erase firmware',
      'ubiformat /dev/mtd0',
    ],
    notMatch: ['storcli /c0 show', 'megacli -PDList -aALL', 'ssacli ctrl all show config', 'tw_cli show'],
  },
  {
    name: 'floor.database-loss',
    programs: ['nc', 'ncat', 'netcat', 'telnet', 'socat'],
    reason: 'It tells a data store over the network to drop what it holds.',
    when: (call) =>
      call.stdin.kind === 'text' &&
      /\b(flushall|flushdb|flush_all|config set|shutdown|slaveof|replicaof|module load|drop (table|database)|delete from)\b/i.test(
        call.stdin.text,
      ),
    match: ["printf 'FLUSHALL\\r\\n' | nc localhost 6379", 'echo flush_all | nc 127.0.0.1 11211'],
    notMatch: ['echo PING | nc localhost 6379', 'echo stats | nc 127.0.0.1 11211'],
  },
];
