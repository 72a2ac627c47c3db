import { type Call, flagValues, hasFlag, operands } from '../call.ts';
import { normalPath } from '../paths.ts';
import type { ReadRule } from '../rule.ts';

export const fileReads: readonly ReadRule[] = [
  {
    name: 'read.cd',
    programs: ['cd'],
    looks: 'goes to a folder for the commands after it',
    operands: 'data',
    most: 1,
    least: 1,
    // From a relative place nobody could tell which files the commands after it mean.
    when: (call) =>
      call.written === 'cd' &&
      call.cwd === undefined &&
      /^(~|\/(?!proc|sys|dev))[^*?]*$/.test(call.args[0] ?? '') &&
      !call.args[0]?.includes('..') &&
      call.patterns.length === 0,
    match: ['cd /srv'],
    notMatch: ['cd ..', 'cd services', 'cd -'],
  },
  {
    name: 'read.ls',
    programs: [
      'ls',
      'dir',
      'vdir',
      'stat',
      'file',
      'readlink',
      'realpath',
      'basename',
      'dirname',
      'namei',
      'pathchk',
      'getfacl',
      'lsattr',
      'getcap',
      'getfattr',
      'exa',
      'eza',
      'lsd',
    ],
    looks: 'lists files and what is known about them',
    never: ['--compile', '-C-file'],
    when: (call) =>
      call.program !== 'file' ||
      !hasFlag(call, '-C', '--compile', '-m', '--magic-file', '-f', '--files-from', '-z', '--uncompress'),
    operands: 'names',
    match: [
      'ls',
      'ls -la',
      'ls -- -rf',
      'ls -la /root/.ssh',
      'stat /etc/shadow',
      'file /usr/sbin/mkfs.ext4',
      'dirname /sbin/poweroff',
      'basename /sbin/reboot',
    ],
    notMatch: ['file -C -m x', 'lsblk'],
  },
  {
    name: 'read.cat',
    programs: [
      'cat',
      'tac',
      'nl',
      'head',
      'tail',
      'wc',
      'cut',
      'paste',
      'join',
      'comm',
      'fold',
      'fmt',
      'expand',
      'unexpand',
      'column',
      'od',
      'hexdump',
      'hd',
      'strings',
      'cmp',
      'diff',
      'colordiff',
      'md5sum',
      'sha1sum',
      'sha224sum',
      'sha256sum',
      'sha384sum',
      'sha512sum',
      'b2sum',
      'cksum',
      'sum',
      'zcat',
      'xzcat',
      'bzcat',
      'zstdcat',
      'lz4cat',
      'zcmp',
      'zdiff',
      'pr',
      'tsort',
      'look',
      'xmllint',
      'yamllint',
      'shellcheck',
      'hadolint',
      'ansible-lint',
      'rev',
    ],
    looks: 'shows or compares text',
    never: ['--output', '--output-file', '--fix', '--write', '--shell', '-w0'],
    when: (call) =>
      (call.program !== 'xmllint' ||
        call.args.every((arg) => !arg.startsWith('-') || /^--(noout|format|xpath|nonet|valid)$/.test(arg))) &&
      // Without `--offline` it installs what the project's requirements name.
      (call.program !== 'ansible-lint' ||
        (hasFlag(call, '--offline', '--list-rules', '--version') &&
          call.args.every(
            (arg) =>
              !arg.startsWith('-') ||
              /^-(q|p|v|qq)$|^--(offline|nocolor|parseable|list-rules|version)$/.test(arg),
          ))) &&
      // These are packers in disguise: another flag makes them write or delete.
      (!/^(zcat|xzcat|bzcat|zstdcat|lz4cat)$/.test(call.program) ||
        call.args.every((arg) => !arg.startsWith('-') || /^-[fqv]$/.test(arg))),
    operands: 'content',
    valueFlags: [
      '-n',
      '-c',
      '-d',
      '-f',
      '-b',
      '-s',
      '-w',
      '-t',
      '-N',
      '-j',
      '-A',
      '--xpath',
      '-i',
      '-o',
      '-R',
      '-r',
      '-C',
      '-H',
      '-x',
      '-1',
      '-2',
      '-a',
      '-v',
      '-e',
      '-S',
    ],
    match: [
      'cat /etc/os-release',
      'cat reboot.sh',
      'head -n 20 app.log',
      'tail -f app.log',
      'wc -l shutdown.log',
      'cut -d: -f1 /etc/passwd',
      'diff a b',
      'yamllint playbooks/site.yml',
      'sha256sum x.iso',
    ],
    notMatch: ['cat /etc/shadow', 'xmllint --output x y', 'cat ~/.ssh/id_rsa'],
  },
  {
    name: 'read.grep',
    programs: ['grep', 'egrep', 'fgrep', 'zgrep', 'xzgrep', 'bzgrep'],
    looks: 'searches text',
    never: ['--pre'],
    valueFlags: [
      '-e',
      '-f',
      '-m',
      '-A',
      '-B',
      '-C',
      '-d',
      '-D',
      '--include',
      '--exclude',
      '--exclude-dir',
      '--regexp',
      '--file',
      '--max-count',
      '--context',
      '--after-context',
      '--before-context',
      '--directories',
      '--devices',
      '--exclude-from',
      '--label',
      '--binary-files',
    ],
    operands: 'pattern',
    when: (call) => !searchesBroadly(call),
    match: [
      "grep -c 'zpool destroy' notes.md",
      "grep -rn '@reboot' /etc/cron.d",
      'grep -R "dd if=" /root/scripts',
      "grep -E 'reboot|poweroff;halt' notes.md",
    ],
    notMatch: ['grep -r password /etc', 'grep root /etc/shadow', 'grep -r . /'],
  },
  {
    name: 'read.search',
    programs: ['rg', 'ag', 'ack', 'pcregrep'],
    looks: 'searches text',
    only: [
      '-n',
      '-i',
      '-l',
      '-w',
      '-c',
      '-v',
      '-A',
      '-B',
      '-C',
      '-g',
      '-t',
      '-S',
      '-F',
      '-e',
      '-o',
      '-q',
      '--hidden',
      '--no-ignore',
      '--files',
      '--type',
      '--glob',
      '--color',
      '--line-number',
      '--ignore-case',
      '--count',
      '--stats',
      '--max-count',
      '-m',
    ],
    operands: 'content',
    when: (call) => !searchesBroadly(call),
    match: ['rg TODO src', 'ag -i reboot docs'],
    notMatch: ['rg --pre reboot x', 'rg password /', 'rg -z x', 'ack --pager=reboot x'],
  },
  {
    name: 'read.find',
    programs: ['find'],
    looks: 'lists files',
    operands: 'names',
    when: (call) =>
      call.args.every((arg) => !arg.startsWith('-') || findTests.has(arg) || /^-O[0-3]$|^-[0-9]+$/.test(arg)),
    match: [
      "find /var/log -name '*.log' -mtime -1",
      'find / -xdev -type f -size +1G',
      'find . -maxdepth 2 -type d',
    ],
    notMatch: ['find . -delete', 'find . -exec cat {} +', 'find . -fprint x', "find . -name x -ok rm {} ';'"],
  },
  {
    name: 'read.locate',
    programs: [
      'locate',
      'plocate',
      'mlocate',
      'which',
      'whereis',
      'whatis',
      'apropos',
      'tree',
      'fd',
      'fdfind',
    ],
    looks: 'finds files by name',
    never: ['-o', '--output', '-x', '-X', '--exec', '--exec-batch', '-R', '--database'],
    // `tree -d` shows folders; `locate -d` takes another database.
    when: (call) => call.program === 'tree' || !hasFlag(call, '-d'),
    operands: 'names',
    match: ['which shutdown', 'whereis reboot', 'tree -d -L 2', 'locate reboot'],
    notMatch: ['tree -o out.txt', 'tree -R', 'locate -d /tmp/x y', 'fd -x reboot', 'fd . --exec rm'],
  },
  {
    name: 'read.du',
    programs: ['du', 'df', 'dust', 'duf', 'quota', 'repquota'],
    looks: 'shows how much room is used',
    never: ['--files0-from'],
    operands: 'names',
    match: ['df -h', 'df -h /dev/sda1', 'du -sh /var/log', 'du -h --max-depth=1 /srv'],
    notMatch: ['du --files0-from=x'],
  },
  {
    name: 'read.sort',
    programs: ['sort'],
    looks: 'sorts text',
    never: [
      '-o',
      '--output',
      '-T',
      '--temporary-directory',
      '--compress-program',
      '--files0-from',
      '-S',
      '--buffer-size',
      '--random-source',
    ],
    valueFlags: ['-k', '-t', '--key', '--field-separator', '--parallel', '--sort', '--batch-size'],
    operands: 'content',
    match: ['sort names.txt', 'sort -k2,2n -t: names.txt', 'sort -rn'],
    notMatch: [
      'sort -o x y',
      'sort --compress-program=reboot x',
      'sort --compress-p reboot x',
      'sort -ro x y',
    ],
  },
  {
    name: 'read.uniq',
    programs: ['uniq'],
    looks: 'drops repeated lines',
    valueFlags: ['-f', '-s', '-w', '--skip-fields', '--skip-chars', '--check-chars'],
    most: 1,
    operands: 'content',
    match: ['uniq -c names.txt', 'uniq'],
    notMatch: ['uniq in out'],
  },
  {
    name: 'read.tr',
    programs: [
      'tr',
      'echo',
      'seq',
      'expr',
      'true',
      'false',
      ':',
      'pwd',
      'numfmt',
      'factor',
      'cal',
      'ncal',
      'nproc',
      'arch',
      'uname',
      'whoami',
      'groups',
      'id',
      'users',
      'tty',
      'uptime',
      'getconf',
      'locale',
      'logname',
      'hostid',
      'who',
      'w',
      'lsb_release',
      'runlevel',
      'systemd-detect-virt',
      'systemd-escape',
      'uuidgen',
    ],
    looks: 'prints something',
    never: ['--lookup-file'],
    operands: 'data',
    when: (call) => call.program !== 'seq' || call.args.every((arg) => arg.length < 7),
    match: [
      'tr a-z A-Z <<< reboot',
      "echo 'ls; reboot'",
      'echo "do not reboot"',
      'uname -a',
      'pwd',
      'id',
      'whoami',
      'seq 1 3',
      'uptime',
    ],
    notMatch: ['seq 1 99999999', 'yes'],
  },
  {
    name: 'read.printf',
    programs: ['printf'],
    looks: 'prints something',
    operands: 'data',
    // A width such as `%99999999d` fills the memory, and `*` takes it from an argument.
    when: (call) =>
      call.args.length > 0 &&
      !call.args[0]?.startsWith('-') &&
      !/%[-+ 0#']*(\*|[0-9]{5})|%[0-9.]*n/.test(call.args[0] ?? ''),
    match: ["printf '%s\\n' 'zpool destroy tank'"],
    notMatch: [
      "printf '%*s' 99999999999 x",
      "printf '%999999999d' 1",
      "printf -v 'a[$(reboot)]' x",
      'printf -v x y',
    ],
  },
  {
    name: 'read.test',
    programs: ['test', '['],
    looks: 'tests a file or compares text',
    operands: 'names',
    when: (call) =>
      isPlainTest(call.program === '[' ? call.args.slice(0, -1) : call.args) &&
      (call.program !== '[' || call.args.at(-1) === ']'),
    match: [
      'test -f /var/run/reboot-required',
      '[ -d /srv ]',
      '[ a = b ]',
      '[ 1 -lt 2 ]',
      '[[ -f /var/run/reboot-required ]]',
    ],
    notMatch: ["test -v 'a[$(reboot)]'", '[ -v x ]', '[ a -a b ]'],
  },
  {
    name: 'read.date',
    programs: ['date', 'hwclock', 'sleep', 'chronyc', 'ntpq', 'ntpstat'],
    looks: 'shows the time or waits',
    operands: 'data',
    when: (call) => {
      if (call.program === 'date')
        return (
          !hasFlag(call, '-s', '--set', '-f', '--file') &&
          operands(call, ['-d', '--date', '-r', '--reference', '-I']).every((word) => word.startsWith('+'))
        );
      if (call.program === 'hwclock')
        return call.args.every((arg) => /^(-r|--show|--get|--verbose|-v|-u|-l)$/.test(arg));
      if (call.program === 'sleep')
        return call.args.length === 1 && /^[0-9]{1,3}(\.[0-9]+)?s?$/.test(call.args[0] ?? '');
      if (call.program === 'chronyc')
        return (
          operands(call).every((word) =>
            /^(tracking|sources|sourcestats|activity|ntpdata|serverstats|clients|rtcdata|selectdata)$/.test(
              word,
            ),
          ) &&
          operands(call).length > 0 &&
          !hasFlag(call, '-f', '-h', '-p')
        );
      return (
        call.program === 'ntpstat' ||
        (call.args.every((arg) => /^-(p|n|pn|c|np|4|6)$|^(rv|peers|as|associations)$/.test(arg)) &&
          call.args.length > 0)
      );
    },
    match: ['date', 'date -u +%F', "date -d '1 day ago' +%F", 'sleep 5', 'chronyc tracking'],
    notMatch: [
      'date -s 12:00',
      'date 010100002026',
      'sleep infinity',
      'hwclock --systohc',
      'chronyc makestep',
    ],
  },
  {
    name: 'read.base64',
    programs: ['base64', 'base32', 'basenc', 'iconv'],
    looks: 'prints text in another form',
    never: ['-r', '-o', '--output', '-revert'],
    valueFlags: ['-l', '-s', '-c', '-g', '-w', '-f', '-t'],
    most: 1,
    operands: 'content',
    match: ['base64 logo.png', 'base64 -d x.b64'],
    notMatch: ['base64 /root/.ssh/id_ed25519'],
  },
  {
    name: 'read.xxd',
    programs: ['xxd'],
    looks: 'prints text in another form',
    operands: 'content',
    when: (call) => /^((-[bpuieEa]|-ps|-plain) |-[clsgo] ?[0-9]+ )*([^- ]\S*)?$/.test(call.args.join(' ')),
    match: ['xxd logo.png', 'xxd -l 16 logo.png', 'xxd -p x'],
    notMatch: ['xxd -r -p /tmp/x /tmp/y', 'xxd a b', 'xxd -ps a b'],
  },
  {
    name: 'read.archive',
    programs: [
      'tar',
      'unzip',
      'zipinfo',
      'ar',
      'cpio',
      '7z',
      'unrar',
      'gzip',
      'xz',
      'zstd',
      'bzip2',
      'dpkg-deb',
      'isoinfo',
      'unsquashfs',
      'lsar',
    ],
    looks: 'lists what an archive holds',
    operands: 'names',
    when: (call) => {
      const flags = call.args.filter((arg) => arg.startsWith('-'));
      const first = call.args[0] ?? '';
      switch (call.program) {
        case 'tar':
          return (
            /^-?t[vzjJf]*$|^-?[vzjJ]*t[vzjJ]*f?$/.test(first) &&
            call.args
              .slice(1)
              .every(
                (arg) =>
                  !arg.startsWith('-') ||
                  /^-[tvzjJf]+$|^--(list|verbose|gzip|file=.*|wildcards|full-time)$/.test(arg),
              ) &&
            !call.args.some((arg) => /:/.test(arg))
          );
        case 'unzip':
          return flags.length > 0 && flags.every((flag) => /^-(l|v|Z|Zl|Z1|t|lv|z)$/.test(flag));
        case 'zipinfo':
        case 'lsar':
          return true;
        case 'ar':
          return /^-?tv?$/.test(first);
        case '7z':
          return first === 'l' && flags.length === 0;
        case 'unrar':
          return ['l', 'lb', 'lt', 'v'].includes(first) && flags.length === 0;
        case 'gzip':
        case 'xz':
        case 'zstd':
        case 'bzip2':
          return (
            flags.length > 0 &&
            flags.every((flag) => /^-(l|t|lv|tv|v)$|^--(list|test|verbose)$/.test(flag)) &&
            hasFlag(call, '-l', '-t', '--list', '--test')
          );
        case 'dpkg-deb':
          return (
            /^(-I|-c|-f|-W|--info|--contents|--field|--show)$/.test(first) &&
            flags.every((flag) => flag === first)
          );
        default:
          return call.program === 'isoinfo' && hasFlag(call, '-l') && !hasFlag(call, '-x');
      }
    },
    match: ['tar -tf x.tar', 'tar tzvf x.tar.gz', 'unzip -l x.zip', 'dpkg-deb -I x.deb', 'gzip -l x.gz'],
    notMatch: [
      'tar -xf x.tar',
      'tar --to-command=reboot -tf x.tar',
      'tar -tf x.tar --checkpoint-action=exec=reboot',
      'unzip x.zip',
      'tar -I reboot -tf x.tar',
    ],
  },
  {
    name: 'read.dd',
    programs: ['dd'],
    looks: 'reads and throws away',
    operands: 'names',
    when: (call) =>
      call.args.includes('of=/dev/null') &&
      call.args.every((arg) =>
        /^(if=[^\0]+|of=\/dev\/null|count=[0-9]{1,6}|bs=[0-9]+[kKM]?|status=\w+|iflag=\w+)$/.test(arg),
      ) &&
      (call.args.some((arg) => arg.startsWith('count=')) ||
        !call.args.some((arg) => arg.startsWith('if=/dev/'))) &&
      call.args.some((arg) => arg.startsWith('if=')),
    match: [
      'dd if=/dev/zero of=/dev/null count=1',
      'dd if=big.iso of=/dev/null bs=1M',
      'dd if=/dev/sda of=/dev/null bs=1M count=100',
    ],
    notMatch: ['dd if=/dev/zero of=/dev/sda', 'dd if=/dev/zero of=/dev/null', 'dd if=a of=b'],
  },
];

const findTests = new Set(
  '-name -iname -path -ipath -wholename -iwholename -regex -iregex -type -xtype -mtime -mmin -atime -amin -ctime -cmin -newer -anewer -cnewer -newermt -newerct -newerat -size -empty -user -group -uid -gid -nouser -nogroup -perm -readable -writable -executable -links -inum -samefile -lname -ilname -maxdepth -mindepth -mount -xdev -depth -daystart -follow -noleaf -regextype -not -a -o -and -or -true -false -print -print0 -printf -ls -prune -quit -used -fstype -H -L -P -nowarn -warn -ignore_readdir_race'.split(
    ' ',
  ),
);

/** A search through everything would show keys and passwords among the rest. */
function searchesBroadly(call: Call): boolean {
  const recursive =
    ['rg', 'ag', 'ack', 'ugrep'].includes(call.program) ||
    hasFlag(call, '-r', '-R', '--recursive', '--dereference-recursive') ||
    flagValues(call, '-d', '--directories').includes('recurse');
  if (!recursive) return false;
  if (
    call.args.some(
      (arg) =>
        !arg.startsWith('-') &&
        /pass(wd|word|phrase)?|secret|token|api.?key|credential|private.?key|^\.?[*+]?$|^\^?$/i.test(arg) &&
        arg !== '.',
    )
  )
    return true;
  if (operands(call)[0] === '.' && operands(call).length > 1) return true;
  const words = operands(call, [
    '-e',
    '-f',
    '-m',
    '-A',
    '-B',
    '-C',
    '-d',
    '-D',
    '--include',
    '--exclude',
    '--exclude-dir',
    '-g',
    '-t',
  ]);
  const places = hasFlag(call, '-e', '-f') ? words : words.slice(1);
  return places.some(
    (place) =>
      /^(\/|~|\/etc|\/home(\/[^/]+)?|\/proc.*|\/sys.*|\/dev.*|\/run.*|\/var|\/var\/lib(\/.*)?|\/mnt|\/media|\.\.)$/.test(
        normalPath(place, call.cwd),
      ) && !/^\/(var\/log)/.test(place),
  );
}

const fileTests = /^-[abcdefghkLnprsStuwxzGNO]$/;

function isPlainTest(args: readonly string[]): boolean {
  const words = args[0] === '!' ? args.slice(1) : args;
  if (words.length === 1) return !words[0]?.startsWith('-');
  if (words.length === 2) return fileTests.test(words[0] ?? '') && words[0] !== '-a';
  if (words.length !== 3) return false;
  const [left = '', operator = '', right = ''] = words;
  if (/^(=|==|!=|-nt|-ot|-ef)$/.test(operator)) return true;
  return /^-(eq|ne|lt|le|gt|ge)$/.test(operator) && /^-?[0-9]+$/.test(left) && /^-?[0-9]+$/.test(right);
}
