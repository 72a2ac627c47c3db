import { type Call, flagValues, hasFlag, operands } from '../call.ts';
import { stringsIn } from '../code/inline-code.ts';
import {
  isDevicePath,
  isGuardPath,
  isKernelPath,
  isProtectedTree,
  isSecretPath,
  isSystemPath,
  normalPath,
  reachOf,
} from '../paths.ts';
import { opaque } from '../reading/scope.ts';
import type { FloorRule } from '../rule.ts';

/** Every spelling of a path that a call could mean, normalised. An unknown piece is tried as empty too. */
export function meanings(path: string, cwd: string | undefined): string[] {
  return [path, path.replaceAll(opaque, '')]
    .flatMap((spelling) => reachOf(spelling))
    .map((one) => normalPath(one, cwd));
}

/** Whether removing this path as a whole tree is out of the question. Unknown paths are. */
export function treeIsProtected(path: string, cwd: string | undefined): boolean {
  if (path === '' || path.startsWith(`${opaque}/*`) || path === opaque) return true;
  // `/x/*` and `~/x/*` empty the folder; a bare `*` in an unknown place empties whatever is there.
  return meanings(path, cwd).some((one) => isProtectedTree(one));
}

/** Whether this one file may never be removed, emptied or replaced. */
export function fileIsProtected(path: string, cwd: string | undefined): boolean {
  return meanings(path, cwd).some(
    (one) =>
      isSystemPath(one) ||
      isGuardPath(one) ||
      isDevicePath(one) ||
      isKernelPath(one) ||
      isSecretPath(one) ||
      (/^\/(etc|boot|usr|lib\w*|s?bin|var\/(lib|backups))\//.test(one) &&
        !/^\/usr\/local\/(share|src|lib)\//.test(one)) ||
      /\.(qcow2|vmdk|vma(\.[a-z]+)?|vdi|raw)$|(^|\/)vzdump-[^/]*$/.test(one),
  );
}

const remoteValues = ['--max-age', '--min-age'];

export const deletionFloor: readonly FloorRule[] = [
  {
    name: 'floor.mass-deletion',
    programs: ['awk', 'gawk', 'mawk', 'nawk'],
    reason: 'The program writes to a file or device that must stay as it is.',
    when: (call) =>
      call.args.some(
        (arg) =>
          /[>|]/.test(arg) && stringsIn(arg).some((text) => /^[~/]/.test(text) && mustStay(text, call)),
      ),
    match: ['awk \'BEGIN{print > "/dev/sda"}\'', 'awk \'BEGIN{print "b" > "/proc/sysrq-trigger"}\''],
    notMatch: ["awk '{print $1}' /etc/hosts", 'awk \'{print > "out.txt"}\' x'],
  },
  {
    name: 'floor.mass-deletion',
    programs: ['find', 'fd', 'fdfind', 'bfs'],
    reason: 'It deletes or changes whatever it finds in a place that must stay.',
    when: (call) =>
      call.args.some(
        (arg, i) =>
          /^-(exec|execdir|ok|okdir|x|X|-exec)$/.test(arg) &&
          call.args
            .slice(i + 1, i + 4)
            .some((word) => /^(.*\/)?(rm|unlink|shred|mv|truncate|srm|chmod|chown|tee)$/.test(word)),
      ) && findRoots(call).some((root) => root !== '.' && treeIsProtected(root, call.cwd)),
    match: ["find /home -name '*' -exec rm -f {} +", 'find / -name x -execdir rm {} +'],
    notMatch: ["find . -name '*.tmp' -exec rm {} +", 'find / -name x -exec ls {} +'],
  },
  {
    name: 'floor.mass-deletion',
    programs: ['find', 'bfs'],
    reason: 'It writes its list over a file that the system needs.',
    when: (call) =>
      ['-fprint', '-fprint0', '-fprintf', '-fls']
        .flatMap((flag) => flagValues(call, flag))
        .some((file) => mustStay(file, call)),
    match: ['find . -fprint /etc/passwd', 'find / -fls /dev/sda'],
    notMatch: ['find . -fprint list.txt', 'find / -name passwd'],
  },
  {
    name: 'floor.mass-deletion',
    programs: ['rm', 'rmdir', 'trash', 'trash-put', 'gio', 'rimraf', 'srm', 'del'],
    reason: 'It deletes a system folder, a home folder, a backup or a whole tree.',
    when: (call) => {
      const targets = operands(call);
      if (hasFlag(call, '--no-preserve-root')) return true;
      if (hasFlag(call, '-r', '-R', '--recursive') || call.program !== 'rm') {
        if (call.program === 'gio' && targets[0] !== 'trash' && targets[0] !== 'remove') return false;
        return targets.some((target) => treeIsProtected(target, call.cwd));
      }
      return targets.some((target) =>
        target === opaque
          ? false
          : fileIsProtected(target, call.cwd) || /^\*?(\.\*)?$|^(\/|~|~\/|\.\/|\.\.\/)\*?$/.test(target),
      );
    },
    match: [
      'rm -rf /',
      'rm -rf -- /',
      'rm -rf /*',
      'rm -r -f /etc',
      'rm -rf .git',
      'rm -Rf /var/lib/postgresql',
      'cd /; rm -rf ./*',
      'rm -rf "$UNSET/"',
      'rm -rf ${DIR}/*',
      'rm -f /etc/shadow',
      'rm -rf ~',
      'rm -rf /home/chris',
      'rm --recursive --force /usr',
      'rm -rf ../..',
    ],
    notMatch: ['rm -rf /tmp/chiffon-work', 'rm notes.txt', 'rm -r build/cache', "grep -n 'rm -rf' deploy.sh"],
  },
  {
    name: 'floor.mass-deletion',
    programs: [
      'unlink',
      'truncate',
      'sponge',
      'tee',
      'install',
      'ln',
      'mv',
      'cp',
      'rsync',
      'shred',
      'link',
      'rename',
      'ed',
      'patch',
      'dd',
      'cpio',
    ],
    reason: 'It removes, empties or replaces a file or folder that the system needs.',
    when: (call) =>
      changedFiles(call).some(
        (path) =>
          (call.program === 'mv' ? treeIsProtected(path, call.cwd) && !/^[^/~.*]/.test(path) : false) ||
          mustStay(path, call),
      ),
    match: [
      'unlink /etc/passwd',
      'truncate -s 0 /etc/fstab',
      'dd if=/dev/null of=/etc/passwd',
      'cp /dev/null /etc/passwd',
      'mv /etc /tmp/x',
      'mv /sbin/reboot /bin/true',
      'cp /dev/zero /dev/nvme0n1',
      'install /dev/zero /dev/sda',
      'ln -sf /dev/null /etc/shadow',
    ],
    notMatch: ['mv a.txt b.txt', 'cp /etc/fstab /tmp/fstab.bak', 'truncate -s 0 app.log', 'cp x.conf y.conf'],
  },
  {
    name: 'floor.mass-deletion',
    programs: [
      'rsync',
      'rclone',
      'mc',
      'aws',
      's3cmd',
      'gsutil',
      'b2',
      'gcloud',
      'az',
      'doctl',
      'hcloud',
      'restic',
      'borg',
      'borgmatic',
      'duplicity',
      'kopia',
      'proxmox-backup-client',
      'proxmox-backup-manager',
      'pbs',
      'bacula',
      'timeshift',
      'snapper',
      'duplicati-cli',
      'rdiff-backup',
      'tarsnap',
      'burp',
      'bup',
      'unison',
      'syncoid',
      'sanoid',
      'velero',
      'autorestic',
      'rsnapshot',
      'garage',
    ],
    reason: 'It deletes backups or mirrors a deletion.',
    when: (call) => {
      const words = operands(call, remoteValues);
      const verb = words[0] ?? '';
      const line = words.join(' ');
      if (call.program === 'rsync')
        return (
          call.args.some((arg) => /^--(del|delete.*|remove-source-files)$/.test(arg)) &&
          treeIsProtected(words.at(-1) ?? '', call.cwd)
        );
      if (call.program === 'rclone')
        return /^(delete|deletefile|purge|sync|bisync|cleanup|rmdir|rmdirs|move|moveto|config|obscure|serve|rcd|rc|mount|dedupe|backend|authorize)$/.test(
          verb,
        );
      if (call.program === 'velero') return words.some((word) => word === 'delete');
      if (call.program === 'proxmox-backup-manager') return /\b(remove|delete|wipe|update)\b/.test(line);
      return (
        /(^|\s)(delete|rm|rb|remove|prune|forget|del|purge|destroy|remove-older-than|remove-all-but-n-full|rewrite|unlock|nuke|mirror|expire|drop-index|compact|break-lock|key|cleanup|purge-data|snapshot (delete|expire)|maintenance|recreate|deletebucket|deleteObject.*|delete-.*|terminate-.*|stop-.*|put-.*|attach-.*|create-access-key|get-secret-value|get-parameters?)(\s|$)/.test(
          line,
        ) ||
        hasFlag(
          call,
          '--delete',
          '--prune',
          '--delete-removed',
          '--delete-all',
          '-exclusive',
          '--remove-older-than',
          '--password-command',
          '--rsh',
        )
      );
    },
    match: [
      'rclone purge remote:backups',
      'restic forget --prune --keep-last 1',
      'borg delete repo::x',
      'aws s3 rm s3://x --recursive',
      'rsync -a --delete /empty/ /etc/',
      'proxmox-backup-client forget host/x/2026',
    ],
    notMatch: ['restic snapshots', 'borg list repo', 'rclone ls remote:', 'rsync -a a/ b/'],
  },
  {
    name: 'floor.mass-deletion',
    programs: ['chmod', 'chown', 'chgrp', 'setfacl', 'chattr', 'restorecon', 'chcon', 'setfattr'],
    reason: 'It changes the rights of a system tree or of a file that guards the system.',
    when: (call) => {
      const recursive = hasFlag(call, '-R', '--recursive');
      // The mode of chmod may begin like a flag: `chmod -x f`.
      const targets = call.args.filter(
        (arg) => !arg.startsWith('-') || (call.program === 'chmod' && /^-[rwxXst]+$/.test(arg)),
      );
      const paths = call.program === 'chattr' ? targets : targets.slice(hasFlag(call, '--reference') ? 0 : 1);
      if (call.program === 'chattr')
        return (
          call.args.some((arg) => /^-[a-zA-Z]*[ia]/.test(arg) && arg !== '-a') ||
          paths.some((path) => mustStay(path, call))
        );
      if (call.program === 'setfacl')
        return (
          targets.some((path) => mustStay(path, call)) ||
          (recursive && targets.some((path) => treeIsProtected(path, call.cwd)))
        );
      if (
        recursive &&
        paths.some(
          (path) =>
            (treeIsProtected(path, call.cwd) &&
              !/^(\/(opt|srv|tmp|data|mnt\/[^/]+)|\.|~?\/?\*)$/.test(path)) ||
            (treeIsProtected(path, call.cwd) && call.program === 'chmod'),
        )
      )
        return true;
      return paths.some(
        (path) =>
          mustStay(path, call) ||
          meanings(path, call.cwd).some((one) => /^\/(usr\/)?s?bin\/./.test(one)) ||
          /^(~|\/root|\/home\/[^/]+)\/?$/.test(path) ||
          meanings(path, call.cwd).some((one) =>
            /^\/(etc|usr|var|boot|dev|home|bin|sbin|lib\w*|var\/(lib|log))?$/.test(one),
          ),
      );
    },
    match: [
      'chmod -R 777 /',
      'chown -R nobody /etc',
      'chmod 777 /etc/shadow',
      'chmod 000 /etc/passwd',
      'chmod -R 000 /usr',
      'chmod 000 /etc',
      'chattr -i /etc/sudoers',
      'chmod -x /bin/chmod',
      'chown bob /usr/bin/sudo',
    ],
    notMatch: ['chmod 644 f', 'chown www-data f', 'chown -R 1000:1000 services/app'],
  },
  {
    name: 'floor.guard',
    programs: ['chmod', 'install'],
    reason: 'It lets a program run with the rights of its owner, or anybody change anything.',
    when: (call) => {
      if (call.program === 'install')
        return flagValues(call, '-m', '--mode').some((mode) => gainsRights(mode));
      return call.args.some((arg) => gainsRights(arg));
    },
    match: [
      'chmod u+s /bin/bash',
      'chmod 4755 ./tool',
      'chmod g+s,o+x /usr/bin/x',
      'chmod ug+s x',
      'install -m 4755 a b',
    ],
    notMatch: ['chmod 644 f', 'chmod +x run.sh', 'chmod 0755 d'],
  },
  {
    name: 'floor.mass-deletion',
    programs: ['find', 'fd', 'fdfind', 'bfs'],
    reason: 'It deletes everything it finds in a place that must stay.',
    when: (call) => {
      if (!call.args.includes('-delete') && !removesFound(call)) return false;
      const names = ['-name', '-iname', '-path', '-wholename', '-regex'].flatMap((flag) =>
        flagValues(call, flag),
      );
      if (names.some((name) => /(qcow2|vma|vmdk|raw|\.img|\.key|\.pem|backup|dump|\.git|\.sql)/i.test(name)))
        return true;
      return findRoots(call).some(
        (root) =>
          (treeIsProtected(root, call.cwd) &&
            !(root === '.' && names.length > 0 && call.cwd === undefined)) ||
          /^\/var\/lib\//.test(root),
      );
    },
    match: [
      "find /var/lib/vz -name '*.qcow2' -delete",
      'find / -delete',
      'find /etc -type f -delete',
      'find ~ -delete',
      'find -delete',
      "find . -name '*.sql' -delete",
      'find . -exec rm {} +',
      'find / -name "*.conf" -exec sh -c \'rm "$1"\' _ {} \\;',
    ],
    notMatch: ["find /tmp/work -name '*.tmp' -delete", "find /var/log -name '*.log' -mtime -1"],
  },
];

/** Whether find hands what it finds to a program that removes it, by itself or through a shell. */
function removesFound(call: Call): boolean {
  return call.args.some((arg, i) => {
    if (!/^-(exec|execdir|ok|okdir)$/.test(arg)) return false;
    const [program = '', ...rest] = call.args.slice(i + 1, i + 12).filter((word) => word !== 'sudo');
    const name = program.split('/').at(-1) ?? '';
    return (
      /^(rm|unlink|shred|truncate|srm)$/.test(name) ||
      (/^(ba|da|z|k)?sh$/.test(name) && rest.some((word) => /(^|[\s;&|(])(rm|unlink|shred)\s/.test(word)))
    );
  });
}

function gainsRights(mode: string): boolean {
  return (
    /^[ugoa]*[+=][rwxXt]*s/.test(mode) ||
    /(^|,)[ugoa]*[+=][rwxXt]*s/.test(mode) ||
    (/^0?[2467][0-7]{3}$/.test(mode) && /^0?[2-7][0-7]{3}$/.test(mode) && mode.replace(/^0/, '').length === 4)
  );
}

/** Where find starts looking; the current folder when it does not say. */
export function findRoots(call: Pick<Call, 'args'>): string[] {
  const roots: string[] = [];
  for (const arg of call.args) {
    if (/^-[HLP]$|^-O\d|^-D$/.test(arg)) continue;
    if (arg.startsWith('-') || arg === '(' || arg === '!') break;
    roots.push(arg);
  }
  return roots.length > 0 ? roots : ['.'];
}

/** The files a call removes, empties or replaces. */
function changedFiles(call: Call): string[] {
  const words = operands(call, [
    '-s',
    '--size',
    '-o',
    '-g',
    '-m',
    '-t',
    '--target-directory',
    '--suffix',
    '-S',
    '-r',
    '-e',
    '--rsh',
    '--exclude',
    '-p',
    '-i',
    '-d',
  ]);
  const into = flagValues(call, '-t', '--target-directory');
  switch (call.program) {
    case 'dd':
      return call.args.filter((arg) => arg.startsWith('of=')).map((arg) => arg.slice(3));
    case 'unlink':
    case 'sponge':
    case 'tee':
    case 'ed':
      return words;
    case 'truncate':
      return words;
    case 'mv':
    case 'rename':
      return [...words, ...into];
    case 'patch':
      return words.slice(0, 1);
    case 'cpio':
      return [];
    default:
      return into.length > 0
        ? into.flatMap((folder) => words.map((word) => `${folder}/${word.split('/').at(-1)}`))
        : landing(words);
  }
}

/** A copy lands on the last operand, or inside it when that is a folder. */
function landing(words: readonly string[]): string[] {
  const last = words.at(-1);
  if (last === undefined || words.length < 2) return [];
  return [
    last,
    ...words
      .slice(0, -1)
      .map((word) => `${last.replace(/\/+$/, '')}/${word.replace(/\/+$/, '').split('/').at(-1)}`),
  ];
}

function mustStay(path: string, call: Call): boolean {
  return meanings(path, call.cwd).some((one) => {
    if (isDevicePath(one) || isKernelPath(one) || isSystemPath(one) || isGuardPath(one)) return true;
    return isSecretPath(one) && call.program !== 'chmod' && call.program !== 'chown';
  });
}
