import { type Call, flagValues, hasFlag, operands } from '../call.ts';
import { isDevicePath, isGuardPath, isKernelPath, isSecretPath, isSystemPath } from '../paths.ts';
import { opaque } from '../reading/scope.ts';
import type { FloorRule } from '../rule.ts';
import { meanings, treeIsProtected } from './deletion.ts';

/** What copying, packing, unpacking and linking may not do. */
export const copiesFloor: readonly FloorRule[] = [
  {
    name: 'floor.mass-deletion',
    programs: [
      'docker',
      'podman',
      'nerdctl',
      'kubectl',
      'k',
      'oc',
      'pct',
      'lxc',
      'incus',
      'machinectl',
      'multipass',
    ],
    reason: 'It copies something over a file of this machine that decides how it starts or who gets in.',
    when: (call) => {
      const target = copiedOut(call);
      return target !== undefined && mustStay(target, call);
    },
    match: [
      'docker cp web:/tmp/x /etc/cron.d/x',
      'kubectl cp media/x:/passwd /etc/passwd',
      'pct pull 101 /x /root/.ssh/authorized_keys',
      'lxc file pull web/etc/x /etc/sudoers.d/x',
    ],
    notMatch: [
      'docker cp web:/etc/nginx/nginx.conf .',
      'kubectl cp media/x:/data ./data',
      'pct push 101 a /etc/a',
    ],
  },
  {
    name: 'floor.mass-deletion',
    programs: [
      'tar',
      'bsdtar',
      'gtar',
      'unzip',
      '7z',
      'cpio',
      'restic',
      'borg',
      'dpkg-deb',
      'dpkg',
      'ar',
      'unsquashfs',
      'cp',
      'rsync',
    ],
    reason: 'It unpacks or copies a whole tree over the system.',
    when: (call) => unpackedInto(call).some((folder) => isSystemRoot(folder, call)),
    match: [
      'tar -xf backup.tgz -C /',
      'tar xzf etc.tgz --directory=/etc',
      'unzip x.zip -d /usr',
      'restic restore latest --target /',
      'rsync -a old/ /',
      'cp -a old/. /etc/',
      'cd / && tar xf backup.tgz',
    ],
    notMatch: [
      'tar -xf x.tgz -C /srv/app',
      'cp app.conf /etc/app/',
      'restic restore latest --target /srv/restore',
      'rsync -a a/ b/',
    ],
  },
  {
    name: 'floor.mass-deletion',
    programs: ['tar', 'gtar', 'zip', 'rsync', '7z', '7za', '7zr', '7zz', 'rar', 'cpio'],
    reason: 'It takes away what it copies, from a place that must stay.',
    when: (call) => {
      const words = operands(call, [
        '-f',
        '-C',
        '-T',
        '-X',
        '--file',
        '-x',
        '-i',
        '-e',
        '--exclude',
        '--include',
      ]);
      const takes = /^(7z|rar)/.test(call.program)
        ? call.args.some((arg) => /^(-sdel|-df|-dr|-dw|m|mf)$/.test(arg))
        : call.program === 'zip'
          ? call.args.some((arg) => /^-[a-zA-Z]*m|^--move$/.test(arg))
          : hasFlag(call, call.program === 'rsync' ? '--remove-source-files' : '--remove-files');
      const sources = call.program === 'rsync' ? words.slice(0, -1) : words;
      return takes && sources.some((source) => !source.includes(':') && treeIsProtected(source, call.cwd));
    },
    match: [
      'tar --remove-files -cf /tmp/a.tar /etc',
      'zip -m x.zip -r /home',
      'rsync -a --remove-source-files /home/ /tmp/x/',
      '7z a -sdel x.7z /etc',
      'rar m x.rar /home',
    ],
    notMatch: ['tar --remove-files -cf a.tar cache/old', 'rsync -a --remove-source-files inbox/a b/'],
  },
  {
    name: 'floor.exfiltration',
    programs: ['scp', 'rsync', 'sftp', 'tar', 'gtar', 'bsdtar', 'rclone', 'croc', 'wormhole', 'zip'],
    reason: 'It sends a folder with keys and passwords to another machine.',
    when: (call) => {
      const words = operands(call, ['-f', '--file', '-C', '-e', '-i', '-P', '-o', '-T', '-X']);
      if (/tar$/.test(call.program)) {
        const archive = tarArchive(call);
        return (
          tarDoes(call, 'c') &&
          (archive === '-' || /^[\w.@-]+:/.test(archive)) &&
          words.some((word) => holdsKeys(word, call))
        );
      }
      if (call.program === 'zip') return words[0] === '-' && words.some((word) => holdsKeys(word, call));
      const target = words.at(-1) ?? '';
      return /^[^/]+:/.test(target) && words.slice(0, -1).some((word) => holdsKeys(word, call));
    },
    match: [
      'scp -r /etc nas:/backup',
      'rsync -a /home/ nas::mod',
      'tar czf - /root | ssh nas cat',
      'tar cf nas:x.tar /etc/pve',
    ],
    notMatch: [
      'scp app.conf nas:/backup',
      'rsync -a /srv/app/ nas:/backup/app/',
      'tar czf /srv/backups/etc.tgz /etc',
      'tar cf - /srv/app',
    ],
  },
  {
    name: 'floor.guard',
    programs: ['mount', 'ln', 'link', 'bindfs'],
    reason: 'It makes a folder of the system reachable under a name that nothing protects.',
    when: (call) => {
      const words = operands(call, [
        '-t',
        '-o',
        '-S',
        '--suffix',
        '--types',
        '--options',
        '--source',
        '--target',
      ]);
      const binds =
        call.program !== 'mount' ||
        hasFlag(call, '--bind', '--rbind', '-B', '-R') ||
        flagValues(call, '-o', '--options').some((options) => /\br?bind\b/.test(options));
      const sources = [...words.slice(0, words.length > 1 ? -1 : 1), ...flagValues(call, '--source')];
      return binds && sources.some((source) => isSystemRoot(source, call) || holdsKeys(source, call));
    },
    match: [
      'mount --bind /etc /mnt',
      'mount -o bind / /srv/root',
      'ln -s / /srv/root',
      'ln -s /etc /tmp/x',
      'ln -s ~/.ssh keys',
    ],
    notMatch: [
      'mount --bind /srv/a /srv/b',
      'mount /dev/sdb1 /mnt',
      'ln -s a b',
      'ln -s /etc/nginx/sites-available/a /etc/nginx/sites-enabled/a',
    ],
  },
  {
    name: 'floor.mass-deletion',
    programs: [
      'docker',
      'podman',
      'kubectl',
      'helm',
      'git',
      'pg_dump',
      'pg_dumpall',
      'mysqldump',
      'mongodump',
      'virsh',
      'qm',
      'pvesh',

      'journalctl',
      'systemd-analyze',
      'terraform',
      'zfs',
      'tcpdump',
      'borg',
      'restic',
      'redis-cli',
      'openssl',
      'wget',
    ],
    reason: 'It writes its output over a file or device that must stay as it is.',
    when: (call) =>
      flagValues(
        call,

        '-o',
        '-O',
        '--output',
        '--output-file',
        '--output-document',
        '--out',
        '-out',
        '--file',
        '--result-file',
        '-r',
        '-w',
      ).some((file) => /^[/~.]/.test(file) && (mustStay(file, call) || isSecretPath(file))),
    match: [
      'docker save -o /dev/sda x',
      'pg_dump -f x -o /etc/passwd',
      'git archive -o /etc/cron.d/x HEAD',
      'tcpdump -w /dev/sda',
    ],
    notMatch: ['docker save -o /srv/x.tar x', 'kubectl get pods -o wide', 'tcpdump -w /srv/x.pcap -c 10'],
  },
  {
    name: 'floor.mass-deletion',
    programs: ['truncate', 'cp', 'dd', 'tee', 'cat', 'shred'],
    reason: 'It empties a file that a service or the system needs.',
    when: (call) => {
      const words = operands(call, ['-s', '--size', '-r', '--reference']);
      const target =
        call.program === 'dd' ? call.args.find((arg) => arg.startsWith('of='))?.slice(3) : words.at(-1);
      if (target === undefined) return false;
      const empties =
        call.program === 'truncate'
          ? flagValues(call, '-s', '--size').some((size) => !/^[+>]/.test(size))
          : call.args.some((arg) => /^(if=)?\/dev\/(null|zero)$/.test(arg));
      return (
        empties &&
        meanings(target, call.cwd).some(
          (path) =>
            /^\/(etc|var\/(lib|backups|spool|mail|www|vz))\//.test(path) ||
            /\.(qcow2|vmdk|vma(\.[a-z]+)?|vdi|raw|sqlite3?|db)$/.test(path),
        )
      );
    },
    match: [
      'truncate -s 0 /var/lib/postgresql/15/main/base/1',
      'cp /dev/null /etc/hosts',
      'truncate -s0 disk.qcow2',
    ],
    notMatch: ['truncate -s 0 app.log', 'truncate -s +1G disk.img', 'cp /dev/null app.log'],
  },
];

/** Where on this machine a copy out of a container or guest lands; undefined when it does not. */
function copiedOut(call: Call): string | undefined {
  const words = operands(call, ['-n', '--namespace', '-c', '--container', '--user', '--group', '--perms']);
  const last = words.at(-1) ?? '';
  switch (call.program) {
    case 'pct':
      return words[0] === 'pull' ? words[3] : undefined;
    case 'lxc':
    case 'incus':
      return words[0] === 'file' && words[1] === 'pull' ? last : undefined;
    case 'machinectl':
      return words[0] === 'copy-from' ? words[3] : undefined;
    case 'multipass':
      return words[0] === 'transfer' && !last.includes(':') ? last : undefined;
    default:
      return (words[0] === 'cp' || (words[0] === 'container' && words[1] === 'cp')) && !last.includes(':')
        ? last
        : undefined;
  }
}

/** The folders a call unpacks or copies a tree into. */
function unpackedInto(call: Call): string[] {
  const here = call.cwd === undefined ? [] : [call.cwd];
  const orHere = (given: readonly string[]) => (given.length > 0 ? [...given] : here);
  switch (call.program) {
    case 'tar':
    case 'bsdtar':
    case 'gtar':
      return tarDoes(call, 'x') ? orHere(flagValues(call, '-C', '--directory', '--one-top-level')) : [];
    case 'unzip':
      return hasFlag(call, '-l', '-t', '-Z') ? [] : orHere(flagValues(call, '-d'));
    case '7z':
      return /^[ex]$/.test(call.args[0] ?? '')
        ? orHere(call.args.filter((arg) => arg.startsWith('-o')).map((arg) => arg.slice(2)))
        : [];
    case 'cpio':
      return hasFlag(call, '-i', '--extract') ? orHere(flagValues(call, '-D', '--directory')) : [];
    case 'restic':
      return call.args.includes('restore') ? flagValues(call, '-t', '--target') : [];
    case 'borg':
      return call.args.includes('extract') ? here : [];
    case 'dpkg-deb':
    case 'dpkg':
      return hasFlag(call, '-x', '--extract', '-X', '--vextract') ? operands(call).slice(-1) : [];
    case 'unsquashfs':
      return flagValues(call, '-d', '-dest');
    case 'cp':
      return hasFlag(call, '-r', '-R', '-a', '--recursive', '--archive') ? operands(call).slice(-1) : [];
    case 'rsync':
      return operands(call, ['-e', '--exclude', '--rsh', '--include', '-f']).slice(-1);
    default:
      return [];
  }
}

/** Whether a tar call creates (`c`) or extracts (`x`). */
function tarDoes(call: Call, what: 'c' | 'x'): boolean {
  const long = what === 'c' ? '--create' : '--extract';
  return (
    call.args.some((arg, i) => (i === 0 && /^[a-zA-Z]+$/.test(arg) ? arg.includes(what) : false)) ||
    call.args.some((arg) => new RegExp(`^-[a-zA-Z]*${what}`).test(arg) || arg === long || arg === '--get')
  );
}

/** The archive of a tar call; standard output when none is named. */
function tarArchive(call: Call): string {
  const [first = '', second = ''] = call.args;
  if (/^[a-zA-Z]+$/.test(first) && first.includes('f')) return second;
  return flagValues(call, '-f', '--file')[0] ?? '-';
}

/** Whether a path is one of the folders the system consists of. */
function isSystemRoot(path: string, call: Call): boolean {
  return meanings(path, call.cwd).some((one) =>
    /^\/(etc|usr|bin|sbin|lib\w*|boot|efi|var|var\/lib|var\/log|root|home|dev|proc|sys)?$/.test(
      one.replace(/\/\.$/, ''),
    ),
  );
}

/** Whether a folder as a whole holds keys, passwords or tokens of the system or of people. */
function holdsKeys(path: string, call: Call): boolean {
  return meanings(path, call.cwd).some(
    (one) => /^(\/|~|\/home|\/etc(\/(pve|ssl|ssh))?|\/var\/lib)$/.test(one) || isSecretPath(one),
  );
}

function mustStay(path: string, call: Call): boolean {
  return (
    path.includes(`${opaque}/`) === false &&
    meanings(path, call.cwd).some(
      (one) => isDevicePath(one) || isKernelPath(one) || isSystemPath(one) || isGuardPath(one),
    )
  );
}
