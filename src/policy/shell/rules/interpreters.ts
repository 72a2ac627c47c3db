import { type Call, flagValues, hasFlag, operands } from '../call.ts';
import { codeActs, stringsIn } from '../code/inline-code.ts';
import { normalPath } from '../paths.ts';
import { opaque } from '../reading/scope.ts';
import type { Nested } from '../rule.ts';
import { ask, deny, type Finding } from '../verdict.ts';

const shells = new Set([
  'sh',
  'bash',
  'dash',
  'ash',
  'zsh',
  'ksh',
  'ksh93',
  'mksh',
  'pdksh',
  'yash',
  'posh',
  'rbash',
  'fish',
  'csh',
  'tcsh',
  'elvish',
  'nu',
  'xonsh',
  'pwsh',
  'rc',
  'es',
  'oksh',
  'lksh',
  'hush',
  'osh',
]);

/** Languages and the flags that carry code. */
const languages: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^(python[0-9.]*|pypy[0-9]*|ipython[0-9]*|micropython)$/, ['-c']],
  [/^perl[0-9.]*$/, ['-e', '-E']],
  [/^(ruby|jruby|irb|erb)[0-9.]*$/, ['-e']],
  [/^(node|nodejs|bun|deno|qjs|tsx|ts-node)$/, ['-e', '-p', '--eval', '--print']],
  [/^php[0-9.]*$/, ['-r', '-B', '-E', '-R']],
  [/^(lua|luajit)[0-9.]*$/, ['-e']],
  [
    /^(tclsh|wish|expect|guile|racket|scheme|sbcl|clisp|ecl|emacs|emacsclient|julia|octave|octave-cli|R|Rscript|groovy|scala|kotlin|jshell|elixir|iex|erl|ghc|ghci|runghc|ocaml|swift|gnuplot|maxima|gp|sage|m4|osascript|janet|fennel|raku|gawk|picolisp|newlisp|bsh|jython|cling|root|powershell|dotnet-script|csi|fsi|nix-instantiate|nix-repl|awk|mawk|tcl|vbscript|gforth|as|ld|cc|gcc|g\+\+|clang|tcc|rustc|go|java|javac)$/,
    ['-e', '-c', '--eval', '-eval', '--evaluate', '-E', '--exec', '-r'],
  ],
];

const opaqueCode = () =>
  deny('opaque-code', 'It feeds text that cannot be read beforehand to something that runs it.');

/** What running a shell or another interpreter amounts to; undefined for other programs. */
export function judgeInterpreter(call: Call, nested: Nested): Finding[] | undefined {
  if (shells.has(call.program)) return judgeShell(call, nested);
  if (call.program === 'source' || call.program === '.') return judgeSource(call, nested);
  if (call.program === 'make' || call.program === 'gmake') {
    const places = flagValues(call, '-f', '--file', '--makefile', '-C', '--directory');
    return (places.length > 0 ? places : ['.']).flatMap((place) => judgeFile(`${place}/Makefile`, call));
  }
  if (call.program === 'run-parts')
    return hasFlag(call, '--list', '--test')
      ? [ask('local-script', 'It lists what would be run.')]
      : [deny('unread-code', 'It runs every program in a folder, whoever put it there.')];
  const language = languages.find(([pattern]) => pattern.test(call.program));
  if (!language || ['awk', 'mawk', 'gawk', 'expect'].includes(call.program)) return undefined;
  return judgeLanguage(call, language[1], nested);
}

function judgeSource(call: Call, nested: Nested): Finding[] {
  const file = operands(call)[0] ?? '';
  if (normalPath(file) !== '/dev/stdin') return judgeFile(file, call);
  if (call.stdin.kind === 'text')
    return [...readText(call.stdin.text, nested), ask('shell', 'It feeds text to a shell.')];
  return [opaqueCode()];
}

function judgeShell(call: Call, nested: Nested): Finding[] {
  const takesText = call.args.findIndex(
    (arg) =>
      /^-[a-zA-Z]*c[a-zA-Z]*$/.test(arg) ||
      arg === '--command' ||
      arg === '-Command' ||
      (/^-(e|enc|EncodedCommand)$/i.test(arg) && call.program === 'pwsh'),
  );
  if (hasFlag(call, '--rcfile', '--init-file'))
    return [deny('unread-code', 'It makes the shell read another file first.')];
  if (takesText >= 0) {
    const rest = call.args
      .slice(takesText + 1)
      .filter(
        (arg, i, all) =>
          !(i === 0 && arg === '--') && !(arg.startsWith('-') && all.indexOf(arg) === 0 && arg !== '-'),
      );
    const [text, ...positional] = rest;
    if (text === undefined) return [ask('shell', 'It starts a shell.')];
    if (text.includes(opaque)) return [...nested.text(text.replaceAll(opaque, ''), positional), opaqueCode()];
    return [
      ...nested.text(text, positional.length > 0 ? positional : [call.program]),
      ask('shell', 'It runs a line of shell inside another shell.'),
    ];
  }
  const words = operands(call, ['-O', '-o', '+O', '+o']);
  const file = words[0];
  if (file !== undefined && !hasFlag(call, '-s') && file !== '-' && normalPath(file) !== '/dev/stdin')
    return judgeFile(file, call);
  if (call.stdin.kind === 'unknown') return [opaqueCode()];
  if (call.stdin.kind === 'text')
    return [...readText(call.stdin.text, nested), ask('shell', 'It feeds text to a shell.')];
  return [ask('shell', 'It opens a shell.')];
}

function readText(text: string, nested: Nested): Finding[] {
  return text.includes(opaque)
    ? [...nested.text(text.replaceAll(opaque, ' ')), opaqueCode()]
    : nested.text(text);
}

function judgeLanguage(call: Call, codeFlags: readonly string[], nested: Nested): Finding[] {
  if (servesFiles(call)) return [deny('exfiltration', 'It serves files of this machine to others.')];
  // A compiler's `-jar` and `-target` are words of their own, and hold no `-r` and no `-e`.
  const codes = compilers.test(call.program)
    ? codeFlags.flatMap((flag) =>
        call.args.flatMap((arg, i) => (arg === flag ? [call.args[i + 1] ?? ''] : [])),
      )
    : codeFlags.flatMap((flag) => flagValues(call, flag));
  if (call.program === 'deno' && call.args[0] === 'eval') codes.push(operands(call, ['--ext'])[1] ?? '');
  if (call.stdin.kind === 'text' && operands(call, codeFlags).every((word) => word === '-'))
    codes.push(call.stdin.text);
  const findings: Finding[] = [];
  for (const code of codes) {
    if (code.includes(opaque)) findings.push(opaqueCode());
    for (const text of stringsIn(code))
      findings.push(...nested.text(text).filter((finding) => finding.verdict === 'deny'));
    if (codeActs(code))
      findings.push(
        deny(
          'opaque-code',
          `It runs ${call.program} code that starts programs, changes files, reads what it should not, or hides what it does.`,
        ),
      );
    findings.push(ask('inline-code', `It runs a piece of ${call.program} code.`));
  }
  const modules = /^(python|pypy)/.test(call.program) ? flagValues(call, '-m') : [];
  if (findings.length > 0) return findings;
  if (modules[0] === 'pip')
    return [
      ...nested.words(['pip', ...call.args.slice(call.args.indexOf('pip') + 1)]),
      ask('python-module', 'It runs a Python module.'),
    ];
  if (modules.length > 0) return judgeModule(modules[0] as string, call);
  const file = operands(call, ['-W', '-X', '-I', '-M', '-r', '-l', '--require', '--loader', '--import'])[0];
  if (
    hasFlag(call, '--require', '--import', '--loader') ||
    call.args.some((arg) => /^-(r|M|I)[^-]*\/tmp/.test(arg))
  )
    return [deny('unread-code', 'It loads another file before the program.')];
  if (compilers.test(call.program) || /^(bun|deno)$/.test(call.program))
    return call.args.some(
      (arg) => /^(https?:|\/tmp\/|\/dev\/stdin|-$)/.test(arg) || /^[a-z0-9-]+(\.[a-z0-9-]+)+\/\S+@/.test(arg),
    )
      ? [deny('unread-code', 'It builds or runs code nobody has read.')]
      : [ask('local-script', 'It builds or runs a program.')];
  if (file !== undefined && file !== '-' && normalPath(file) !== '/dev/stdin') return judgeFile(file, call);
  if (call.stdin.kind === 'unknown') return [opaqueCode()];
  return [ask('interpreter', `It opens ${call.program}.`)];
}

const compilers = /^(go|rustc|gcc|g\+\+|cc|clang|tcc|java|javac|ld|as|swift|dotnet-script)$/;

/** PHP's and Ruby's own web servers. */
function servesFiles(call: Call): boolean {
  return (
    (/^php/.test(call.program) && hasFlag(call, '-S')) ||
    (call.program === 'ruby' && call.args.includes('-run') && call.args.includes('httpd'))
  );
}

function judgeModule(module: string, call: Call): Finding[] {
  if (module === 'json.tool' && operands(call, ['-m', '--indent']).length <= 1)
    return [ask('python-module', 'It runs a Python module.')];
  if (
    /^(http\.server|SimpleHTTPServer|pyftpdlib|code|pty|pdb|cProfile|trace|timeit|runpy|webbrowser|smtpd|base64)$/.test(
      module,
    )
  )
    return [deny('exfiltration', 'It serves files of this machine, or runs code nobody can read.')];
  return [ask('python-module', 'It runs a Python module.')];
}

const powerScripts = /\/(reboot|halt|poweroff|shutdown|single|telinit|init)$/;

/** Running a file: from a place anybody may write to, or just fetched or written by the same line, nobody has read it. */
export function judgeFile(file: string, call: Call): Finding[] {
  const path = normalPath(file, call.cwd);
  if (file.includes(opaque) && !/^[~/.\w-]+\//.test(file)) return [opaqueCode()];
  if (/^\/dev\/(tcp|udp)\//.test(path))
    return [deny('unread-code', 'It runs whatever comes over the network.')];
  if (/^\/(tmp|var\/tmp|dev\/shm|run\/user|dev\/fd|proc)\//.test(path))
    return [deny('unread-code', 'It runs a file from a place that anybody may write to.')];
  if (/^\/(etc\/(rc\d?\.d|init\.d)|(usr\/)?s?bin)\//.test(path) && powerScripts.test(path))
    return [deny('host-power', 'It runs the script that stops or restarts the machine.')];
  if (call.past.fetched)
    return [deny('unread-code', 'It fetches something and runs it in one go, so nobody can read it first.')];
  if ([...call.past.wrote].some((wrote) => wrote === path || wrote.includes(opaque)))
    return [deny('unread-code', 'It writes a file and runs it in one go.')];
  return [ask('local-script', 'It runs a program file whose content this judge has not seen.')];
}
