import { type Call, flagValues, operands, takesNext } from '../call.ts';
import { awkCommands } from '../code/awk-program.ts';
import { stringsIn } from '../code/inline-code.ts';
import { sedEffects } from '../code/sed-script.ts';
import { opaque } from '../reading/scope.ts';
import type { Unwrapped } from '../rule.ts';
import { sedScript } from './text-programs.ts';

/** What is left of the arguments once a wrapper's own flags, assignments and operands are taken off. */
export function afterFlags(
  args: readonly string[],
  values: readonly string[],
  skip: number,
  assignments: boolean,
): string[] {
  let i = 0;
  let left = skip;
  for (; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === '--') {
      i++;
      if (left === 0) break;
      continue;
    }
    // A dash alone is a flag of `env` and `su`, and never a program.
    if (arg.startsWith('-')) {
      if (takesNext(arg, values)) i++;
    } else if (assignments && /^[A-Za-z_][A-Za-z0-9_]*=/.test(arg)) continue;
    else if (left > 0) left--;
    else break;
  }
  return args.slice(i);
}

const afterDashes = (args: readonly string[]): string[] =>
  args.includes('--') ? args.slice(args.indexOf('--') + 1) : [];

const sshValues = [
  '-b',
  '-c',
  '-D',
  '-E',
  '-e',
  '-F',
  '-I',
  '-i',
  '-J',
  '-L',
  '-l',
  '-m',
  '-O',
  '-o',
  '-p',
  '-Q',
  '-R',
  '-S',
  '-W',
  '-w',
  '-B',
  '-P',
];

/** Options of the ssh family that name a program. */
function sshOptions(call: Call): Unwrapped {
  const named = flagValues(call, '-o').filter((option) =>
    /^\s*(ProxyCommand|LocalCommand|KnownHostsCommand|RemoteCommand|PKCS11Provider|SecurityKeyProvider)/i.test(
      option,
    ),
  );
  return { texts: named.map((option) => option.replace(/^\s*\w+[\s=]+/, '')) };
}

function viaSsh(call: Call): Unwrapped {
  const rest = afterFlags(call.args, sshValues, 1, false);
  const remote = rest[0] === '--' ? rest.slice(1) : rest;
  const piped = remote.length === 0 && call.stdin.kind === 'text' ? [call.stdin.text] : [];
  return { texts: [remote.join(' '), ...piped, ...(sshOptions(call).texts ?? [])] };
}

/** The command a container engine or cluster tool is asked to run inside. */
function inContainer(call: Call): Unwrapped {
  const args = [...call.args];
  const dashes = afterDashes(args);
  if (dashes.length > 0) return { words: [dashes] };
  const at = args.findIndex((arg) => /^(exec|run|create|attach|enter|shell|ssh)$/.test(arg));
  if (at < 0) return {};
  const values = [
    '-e',
    '--env',
    '-u',
    '--user',
    '-w',
    '--workdir',
    '-v',
    '--volume',
    '-p',
    '--publish',
    '--name',
    '--network',
    '--net',
    '--entrypoint',
    '-h',
    '--hostname',
    '--mount',
    '-l',
    '--label',
    '--restart',
    '-m',
    '--memory',
    '--cpus',
    '--device',
    '--cap-add',
    '--cap-drop',
    '--security-opt',
    '--pid',
    '--ipc',
    '--uts',
    '--userns',
    '--ulimit',
    '--tmpfs',
    '--env-file',
    '--add-host',
    '--dns',
    '--log-driver',
    '--log-opt',
    '--gpus',
    '--platform',
    '--pull',
    '--shm-size',
    '--runtime',
    '--stop-signal',
    '--health-cmd',
    '--expose',
    '--ip',
    '--link',
    '--volumes-from',
    '--group-add',
    '-a',
    '-c',
    '--container',
    '-n',
    '--namespace',
    '--image',
    '--index',
    '--detach-keys',
    '--cgroup-parent',
    '--annotation',
    '--arch',
    '--sysctl',
  ];
  const rest = afterFlags(args.slice(at + 1), values, 1, false);
  return { words: [rest], texts: flagValues(call, '--entrypoint', '--health-cmd', '--command') };
}

/** Programs that read a little language of their own in which `!` or a word starts a program. */
function escapes(call: Call): Unwrapped {
  const given = [...call.args, ...(call.stdin.kind === 'text' ? call.stdin.text.split('\n') : [])];
  const texts: string[] = [];
  for (const line of given) {
    const match =
      /^[\s+:%]*(?:silent\s+|exec(?:ute)?\s+['"]?|sil\w*!?\s+|normal\s+)?(?:r(?:ead)?\s*)?(?:~?!|\\!|\.(?:sh\w*|sy\w*)\s+|(?:shell|system)\s+|py(?:thon)?3?\s+|lua\s+|perl\s+|cmd\/)(.+)$/s.exec(
        line.trim(),
      );
    if (match?.[1]) texts.push(match[1]);
    for (const inner of line.matchAll(/system\(\s*['"]([^'"]*)['"]/g)) texts.push(inner[1] as string);
    for (const inner of line.matchAll(/(?:^|[|;:])\s*!([^|]+)/g)) texts.push(inner[1] as string);
    for (const inner of line.matchAll(/\bPROGRAM\s+'([^']*)'/gi)) texts.push(inner[1] as string);
  }
  return { texts };
}

/** Programs whose command stands in a place of its own. */
export const special: Readonly<Record<string, (call: Call) => Unwrapped>> = {
  command: (call) =>
    /^-[pvV]*[vV]/.test(call.args[0] ?? '') ? {} : { words: [afterFlags(call.args, [], 0, false)] },
  env: (call) => {
    const split = flagValues(call, '-S', '--split-string');
    const rest = afterFlags(
      call.args,
      ['-u', '-C', '--unset', '--chdir', '-S', '--split-string', '--block-signal'],
      0,
      true,
    );
    return { words: [rest], texts: split.map((text) => [text, ...rest].join(' ')) };
  },
  perf: (call) => ({
    words: [afterFlags(call.args.slice(1), ['-e', '-F', '-o', '-p', '-r', '-I', '-C'], 0, false)],
  }),
  bwrap: (call) => ({ words: suffixes(call.args) }),
  su: (call) => ({ words: [afterDashes(call.args)] }),
  sg: (call) => ({ texts: [operands(call).slice(1).join(' ')] }),
  runuser: (call) => ({
    words: [
      afterDashes(call.args),
      call.args.includes('-u') ? afterFlags(call.args, ['-u', '-g', '-G'], 0, false) : [],
    ],
  }),
  capsh: (call) => ({ words: [afterDashes(call.args)] }),
  eval: (call) => ({ texts: [call.args.join(' ')] }),
  trap: (call) => (/^-[lp]/.test(call.args[0] ?? '') ? {} : { texts: [operands(call)[0] ?? ''] }),
  alias: (call) => ({
    texts: call.args.filter((arg) => arg.includes('=')).map((arg) => arg.slice(arg.indexOf('=') + 1)),
  }),
  bind: (call) => ({
    texts: call.args.map((arg) => arg.replace(/^[^:]*:/, '').replace(/^\s*["']|["']\s*$/g, '')),
  }),
  hash: (call) => ({ words: suffixes(call.args) }),
  find: findCommands,
  bfs: findCommands,
  fd: (call) => ({ words: afterAny(call.args, ['-x', '-X', '--exec', '--exec-batch']) }),
  fdfind: (call) => ({ words: afterAny(call.args, ['-x', '-X', '--exec', '--exec-batch']) }),
  awk: awkTexts,
  gawk: awkTexts,
  mawk: awkTexts,
  nawk: awkTexts,
  sed: sedTexts,
  gsed: sedTexts,
  tar: (call) => ({
    texts: flagValues(call, '--checkpoint-action').map((action) => action.replace(/^exec=/, '')),
  }),
  gtar: (call) => ({
    texts: flagValues(call, '--checkpoint-action').map((action) => action.replace(/^exec=/, '')),
  }),
  zip: (call) => ({
    texts: call.args.flatMap((arg, i) =>
      arg === '-TT' || arg === '--unzip-command' ? [call.args[i + 1] ?? ''] : [],
    ),
  }),
  git: (call) => {
    const at = call.args.findIndex((arg) =>
      /^(bisect|submodule|rebase|filter-branch|difftool|mergetool|config|clone|fetch|push|pull)$/.test(arg),
    );
    const rest = call.args.slice(at + 1);
    const words = call.args[at] === 'bisect' && rest[0] === 'run' ? [rest.slice(1)] : [];
    const texts =
      call.args[at] === 'submodule' && rest[0] === 'foreach'
        ? [
            rest
              .slice(1)
              .filter((word) => word !== '--recursive')
              .join(' '),
          ]
        : [];
    const execs =
      at < 0
        ? []
        : flagValues(
            { args: rest },
            '--exec',
            '-x',
            '--upload-pack',
            '--receive-pack',
            '--tree-filter',
            '--index-filter',
            '--msg-filter',
            '--env-filter',
            '--extcmd',
            '-u',
          );
    const settings = flagValues({ args: at < 0 ? call.args : call.args.slice(0, at) }, '-c').map((setting) =>
      setting.slice(setting.indexOf('=') + 1).replace(/^!/, ''),
    );
    return {
      words,
      texts: [
        ...texts,
        ...(call.args[at] === 'push' || call.args[at] === 'pull'
          ? execs.filter((text) => text.includes('/') || /\s/.test(text))
          : execs),
        ...settings,
        ...call.args
          .filter((arg) => arg.startsWith('!') || arg.startsWith('ext::'))
          .map((arg) => arg.replace(/^(!|ext::)/, '')),
      ],
    };
  },
  ssh: viaSsh,
  scp: sshOptions,
  rsync: sshOptions,
  autossh: viaSsh,
  mosh: (call) => ({ words: [afterDashes(call.args), afterFlags(call.args, ['-p', '--ssh'], 1, false)] }),
  sshpass: (call) => ({ words: [afterFlags(call.args, ['-p', '-f', '-d', '-P'], 0, false)] }),
  tsh: (call) => ({ texts: [call.args.slice(2).join(' ')] }),
  rsh: viaSsh,
  rexec: viaSsh,
  pssh: (call) => ({
    texts: [afterFlags(call.args, ['-h', '-H', '-l', '-p', '-t', '-o', '-e', '-O'], 0, false).join(' ')],
  }),
  'parallel-ssh': (call) => ({
    texts: [afterFlags(call.args, ['-h', '-H', '-l', '-p', '-t', '-o', '-e', '-O'], 0, false).join(' ')],
  }),
  pdsh: (call) => ({
    texts: [afterFlags(call.args, ['-w', '-l', '-f', '-x', '-R', '-g', '-t', '-u'], 0, false).join(' ')],
  }),
  clush: (call) => ({
    texts: [afterFlags(call.args, ['-w', '-g', '-x', '-f', '-t', '-u', '-l', '-o'], 0, false).join(' ')],
  }),
  dsh: (call) => ({ texts: [afterFlags(call.args, ['-m', '-g', '-f', '-r'], 0, false).join(' ')] }),
  salt: (call) => ({
    texts: call.args.flatMap((arg, i) =>
      arg === 'cmd.run' || arg === 'cmd.shell' || arg === 'cmd.run_all' ? [call.args[i + 1] ?? ''] : [],
    ),
  }),
  'salt-call': (call) => ({
    texts: call.args.flatMap((arg, i) => (/^cmd\./.test(arg) ? [call.args[i + 1] ?? ''] : [])),
  }),
  vagrant: (call) => ({ texts: flagValues(call, '-c', '--command') }),
  multipass: inContainer,
  docker: inContainer,
  podman: inContainer,
  nerdctl: inContainer,
  'docker-compose': inContainer,
  'podman-compose': inContainer,
  kubectl: inContainer,
  k: inContainer,
  oc: inContainer,
  k3s: inContainer,
  microk8s: inContainer,
  lxc: inContainer,
  incus: inContainer,
  crictl: inContainer,
  ctr: inContainer,
  machinectl: inContainer,
  pct: (call) =>
    call.args[0] === 'exec'
      ? { words: [afterDashes(call.args).length > 0 ? afterDashes(call.args) : call.args.slice(2)] }
      : {},
  qm: (call) =>
    call.args[0] === 'guest' && call.args[1] === 'exec'
      ? {
          words: [
            afterDashes(call.args).length > 0
              ? afterDashes(call.args)
              : afterFlags(call.args.slice(3), ['--timeout', '--synchronous', '--pass-stdin'], 0, false),
          ],
        }
      : {},
  ip: (call) => {
    const at = call.args.indexOf('exec');
    return at < 0 ? {} : { words: [call.args.slice(at + 2), call.args.slice(at + 1)] };
  },
  xargs: (call) => {
    const rest = afterFlags(
      call.args,
      [
        '-I',
        '-n',
        '-P',
        '-L',
        '-d',
        '-a',
        '-E',
        '-s',
        '--max-args',
        '--max-procs',
        '--max-lines',
        '--delimiter',
        '--arg-file',
        '-J',
        '-R',
      ],
      0,
      false,
    );
    const fed =
      call.stdin.kind === 'text'
        ? call.stdin.text.split(/\s+/).filter((word) => word !== '')
        : call.stdin.kind === 'none' && !call.args.some((arg) => /^-a|^--arg-file/.test(arg))
          ? []
          : [opaque];
    const replace = flagValues(call, '-I', '-i', '--replace')[0];
    if (replace !== undefined && replace !== '')
      return { words: [rest.map((word) => word.replaceAll(replace, () => fed.join(' ') || opaque))] };
    return {
      words:
        rest.length > 0
          ? [[...rest, ...fed.map((word) => (word === opaque ? `${opaque}*` : word))]]
          : fed.length > 0
            ? [fed.includes(opaque) ? ['echo', ...fed] : fed]
            : [],
    };
  },
  parallel: (call) => {
    const end = call.args.findIndex((arg) => /^:::/.test(arg));
    const head = afterFlags(
      end < 0 ? call.args : call.args.slice(0, end),
      [
        '-j',
        '-a',
        '--jobs',
        '-S',
        '--colsep',
        '-n',
        '-I',
        '--delay',
        '--timeout',
        '--retries',
        '--joblog',
        '-N',
        '-L',
      ],
      0,
      false,
    );
    const inputs = end < 0 ? [opaque] : call.args.slice(end + 1);
    const hole = flagValues(call, '-I')[0] ?? '';
    return {
      texts: inputs
        .slice(0, 20)
        .map((input) =>
          hole !== '' && head.some((word) => word.includes(hole))
            ? head.map((word) => word.replaceAll(hole, () => input)).join(' ')
            : head.some((word) => word.includes('{'))
              ? head.map((word) => word.replaceAll(/\{[^}]*\}/g, () => input)).join(' ')
              : [...head, input].join(' '),
        ),
    };
  },
  sem: (call) => ({ texts: [afterFlags(call.args, ['-j', '--id'], 0, false).join(' ')] }),
  pee: (call) => ({ texts: [...call.args] }),
  tmux: (call) => ({
    texts: call.args.filter(
      (arg, i) =>
        i > 0 &&
        !arg.startsWith('-') &&
        !/^(Enter|C-m|new|new-session|new-window|send-keys|send|split-window|respawn-pane|run-shell|run|if-shell|pipe-pane|kill-session)$/.test(
          arg,
        ),
    ),
    words: [],
  }),
  screen: (call) => ({
    words: [afterFlags(call.args, ['-S', '-c', '-h', '-p', '-s', '-t', '-T', '-e', '-x', '-r'], 0, false)],
    texts: call.args
      .slice(call.args.indexOf('stuff') + 1 || call.args.length)
      .map((text) => text.replace(/\\n|\^M/g, '')),
  }),
  make: (call) => ({
    texts: call.args
      .filter((arg) => /^(SHELL|MAKE|CC|CXX|LD|\.SHELLFLAGS)=/.test(arg))
      .map((arg) => arg.slice(arg.indexOf('=') + 1))
      .concat(
        flagValues(call, '--eval').map((text) =>
          text.replace(/^[^:]*:\s*;?/, '').replace(/\$\(shell ([^)]*)\)/, '$1'),
        ),
      ),
  }),
  expect: (call) => ({
    texts: flagValues(call, '-c').flatMap((text) =>
      text.split(/[;\n]/).map((line) => line.trim().replace(/^(spawn|exec|system)\s+/, '')),
    ),
  }),
  at: scheduled,
  compgen: wordList,
  complete: wordList,
  batch: scheduled,
  crontab: (call) => ({
    texts:
      call.stdin.kind === 'text'
        ? call.stdin.text.split('\n').map((line) => line.replace(/^\s*(@\w+|(\S+\s+){5})/, ''))
        : [],
  }),
  entr: (call) => ({ words: [afterFlags(call.args, [], 0, false)] }),
  vim: escapes,
  vi: escapes,
  nvim: escapes,
  vimdiff: escapes,
  nvimdiff: escapes,
  gvim: escapes,
  rview: escapes,
  rvim: escapes,
  view: escapes,
  ex: escapes,
  ed: escapes,
  less: escapes,
  more: escapes,
  most: escapes,
  man: escapes,
  gdb: (call) => {
    const at = call.args.indexOf('--args');
    return { ...escapes(call), words: at < 0 ? [] : [call.args.slice(at + 1)] };
  },
  lldb: escapes,
  bc: escapes,
  dc: escapes,
  ftp: escapes,
  sftp: (call) => ({ texts: [...(escapes(call).texts ?? []), ...(sshOptions(call).texts ?? [])] }),
  lftp: escapes,
  mail: escapes,
  mailx: escapes,
  mutt: escapes,
  nmap: escapes,
  smbclient: escapes,
  gcc: wrapperOption,
  cc: wrapperOption,
  'g++': wrapperOption,
  yarn: (call) => (call.args[0] === 'exec' ? { words: [call.args.slice(1)] } : {}),
  'yt-dlp': downloader,
  'youtube-dl': downloader,
  telnet: escapes,
  puppet: (call) => ({ texts: flagValues(call, '-e', '--execute').flatMap((code) => stringsIn(code)) }),
  psql: escapes,
  mysql: escapes,
  mariadb: escapes,
  sqlite3: escapes,
  openssl: escapes,
  wget: (call) => ({
    texts: flagValues(call, '-e', '--execute')
      .filter((text) => /askpass|use_/.test(text))
      .map((text) => text.replace(/^[^=]*=\s*/, '')),
  }),
  socat: (call) => ({
    texts: call.args.flatMap((arg) =>
      /^(exec|system):/i.exec(arg) ? [arg.replace(/^[^:]*:/, '').replace(/,.*$/, '')] : [],
    ),
  }),
  npm: (call) =>
    /^(exec|x)$/.test(call.args[0] ?? '')
      ? {
          words: [
            afterDashes(call.args).length > 0
              ? afterDashes(call.args)
              : afterFlags(call.args.slice(1), ['-p', '--package', '-c'], 0, false),
          ],
          texts: flagValues(call, '-c', '--call'),
        }
      : {},
  bundle: (call) => (call.args[0] === 'exec' ? { words: [call.args.slice(1)] } : {}),
  poetry: (call) => (call.args[0] === 'run' ? { words: [call.args.slice(1)] } : {}),
  pipenv: (call) => (call.args[0] === 'run' ? { words: [call.args.slice(1)] } : {}),
  uv: (call) =>
    call.args[0] === 'run'
      ? { words: [afterFlags(call.args.slice(1), ['--with', '-p', '--python'], 0, false)] }
      : {},
  conda: (call) =>
    call.args[0] === 'run' ? { words: [afterFlags(call.args.slice(1), ['-n', '-p'], 0, false)] } : {},
  mise: (call) => ({ words: [afterDashes(call.args)] }),
  asdf: (call) => (call.args[0] === 'exec' ? { words: [call.args.slice(1)] } : {}),
  aws: (call) => ({
    texts: flagValues(call, '--parameters').flatMap((text) =>
      [...text.matchAll(/"([^"]+)"|commands=\[?"?([^"\]]+)/g)].map((match) => match[1] ?? match[2] ?? ''),
    ),
  }),
  op: (call) => ({ words: [afterDashes(call.args)] }),
  doppler: (call) => ({ words: [afterDashes(call.args)], texts: flagValues(call, '--command') }),
  'aws-vault': (call) => ({ words: [afterDashes(call.args)] }),
  chamber: (call) => ({ words: [afterDashes(call.args)] }),
  sops: (call) => (/^exec-/.test(call.args[0] ?? '') ? { texts: [call.args.at(-1) ?? ''] } : {}),
  envconsul: (call) => ({ words: [afterFlags(call.args, ['-prefix', '-secret', '-config'], 0, false)] }),
};

/** `find … -exec cmd ;`: a found name is what find looks for, inside where it looks. */
function findCommands(call: Call): Unwrapped {
  const words: string[][] = [];
  const name = flagValues(call, '-name', '-iname')[0];
  const roots: string[] = [];
  for (const arg of call.args) {
    if (arg.startsWith('-') || arg === '(' || arg === '!') break;
    roots.push(arg);
  }
  const root = roots[0] ?? '.';
  const found = name === undefined ? root : `${root.replace(/\/$/, '')}/${name}`;
  call.args.forEach((arg, i) => {
    if (!/^-(exec|execdir|ok|okdir)$/.test(arg)) return;
    const rest = call.args.slice(i + 1);
    const end = rest.findIndex((word, at) => word === ';' || (word === '+' && rest[at - 1] === '{}'));
    words.push((end < 0 ? rest : rest.slice(0, end)).map((word) => word.replaceAll('{}', () => found)));
  });
  return { words };
}

function afterAny(args: readonly string[], flags: readonly string[]): string[][] {
  return args.flatMap((arg, i) => (flags.includes(arg) ? [args.slice(i + 1)] : []));
}

function awkTexts(call: Call): Unwrapped {
  const program = operands(call, ['-F', '-v', '-f'])[0] ?? '';
  if (program === opaque) return { texts: [opaque] };
  const commands = awkCommands(program);
  if (commands === undefined) return { texts: [opaque] };
  return { texts: commands };
}

function sedTexts(call: Call): Unwrapped {
  const effects = sedEffects(sedScript(call));
  return {
    texts: [
      ...effects.commands,
      // Whatever text comes along is run.
      ...(effects.runsText ? [opaque] : []),
    ],
  };
}

/** The words `-W` offers are expanded once more, with the commands in them. */
function wordList(call: Call): Unwrapped {
  const lists = flagValues(call, '-W').join('\n');
  return {
    texts: [...lists.matchAll(/\$\(([^)]*)\)|`([^`]*)`/g)].map(([, one, other]) => one ?? other ?? ''),
  };
}

/** `-wrapper cmd,args` of the compilers. */
function wrapperOption(call: Call): Unwrapped {
  const at = call.args.indexOf('-wrapper');
  return at < 0 ? {} : { words: [(call.args[at + 1] ?? '').split(',')] };
}

/** `--exec [when:]cmd` of the downloaders. */
function downloader(call: Call): Unwrapped {
  return { texts: flagValues(call, '--exec').map((text) => text.replace(/^[a-z_]+:/, '')) };
}

function scheduled(call: Call): Unwrapped {
  return { texts: call.stdin.kind === 'text' ? [call.stdin.text] : [] };
}

function suffixes(args: readonly string[]): string[][] {
  return args.map((_, i) => args.slice(i)).slice(0, 24);
}
