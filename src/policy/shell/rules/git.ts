import { type Call, flagValues, hasFlag } from '../call.ts';
import { isAnybodysFolder, isSecretPath, normalPath, pathsOf } from '../paths.ts';
import { opaque } from '../reading/scope.ts';
import type { ChangeRule, FloorRule, ReadRule } from '../rule.ts';

const globalValues = [
  '-C',
  '-c',
  '--git-dir',
  '--work-tree',
  '--namespace',
  '--config-env',
  '--exec-path',
  '--super-prefix',
];

/** The subcommand with its arguments, without git's own flags. */
function subcommand(call: Pick<Call, 'args'>): { verb: string; rest: string[]; before: string[] } {
  const args = call.args;
  let i = 0;
  while (i < args.length && args[i]?.startsWith('-')) i += globalValues.includes(args[i] as string) ? 2 : 1;
  return { verb: args[i] ?? '', rest: args.slice(i + 1), before: args.slice(0, i) };
}

const words = (rest: readonly string[]) => rest.filter((word) => !word.startsWith('-'));
/** Flags that write a file, start a program, or read what they are told to. */
const gitRuns = [
  '--output',
  '--ext-diff',
  '--textconv',
  '--open-files-in-pager',
  '--upload-pack',
  '--exec',
  '--receive-pack',
  '--server-option',
  '--contents',
  '--ignore-revs-file',
  '--show-signature',
  '--edit',
  '--no-index',
  '--filters',
  '--batch',
  '--batch-check',
  '--batch-command',
];
const main = /^\+?(.*:)?(refs\/heads\/)?(main|master|production|prod|release\S*|live)$/;

export const gitReads: readonly ReadRule[] = [
  {
    name: 'read.git',
    programs: ['git'],
    looks: 'shows the repository',
    operands: 'content',
    when: (call) => {
      const { verb, rest, before } = subcommand(call);
      if (
        before.some(
          (arg, i) =>
            arg.startsWith('-') &&
            before[i - 1] !== '-C' &&
            !/^(-C|--no-pager|--no-optional-locks|--version|--literal-pathspecs|--no-replace-objects)$/.test(
              arg,
            ),
        )
      )
        return false;
      if (hasFlag({ args: rest }, ...gitRuns) || rest.some((arg) => /^-O/.test(arg))) return false;
      if (
        isAnybodysFolder(call.cwd) ||
        flagValues({ args: before }, '-C').some((folder) => isAnybodysFolder(normalPath(folder)))
      )
        return false;
      const plain = words(rest);
      // A flag before the second verb might swallow it.
      const first =
        rest[0]?.startsWith('-') && !/^-(v|n|l|a)$|^--(get|list)/.test(rest[0]) ? '-' : (plain[0] ?? '');
      switch (verb) {
        case 'status':
        case 'log':
        case 'show':
        case 'diff':
        case 'blame':
        case 'rev-parse':
        case 'rev-list':
        case 'describe':
        case 'ls-files':
        case 'ls-tree':
        case 'shortlog':
        case 'grep':
        case 'cat-file':
        case 'name-rev':
        case 'merge-base':
        case 'show-ref':
        case 'show-branch':
        case 'for-each-ref':
        case 'count-objects':
        case 'whatchanged':
        case 'cherry':
        case 'diff-tree':
        case 'diff-index':
        case 'diff-files':
        case 'range-diff':
        case 'check-ignore':
        case 'check-attr':
        case 'check-ref-format':
        case 'version':
        case 'var':
        case 'annotate':
          return (
            !(verb === 'rev-parse' && rest.includes('--parseopt')) &&
            !(verb === 'cat-file' && rest.some((arg) => /^--(filters|textconv|batch)/.test(arg)))
          );
        case 'fsck':
          return !rest.includes('--lost-found');
        case 'branch':
          return (
            rest.every(
              (arg) =>
                /^(-a|-r|-v|-vv|-av|-avv|-ra|-l|-i|--list|--show-current|--all|--remotes|--verbose|--no-color|--sort=\S+|--format=[^%]*(%\([a-z:]+\)[^%]*)*|--merged|--no-merged|--contains|--points-at|--column|--no-column)$/.test(
                  arg,
                ) || !arg.startsWith('-'),
            ) &&
            (plain.length === 0 ||
              rest.some((arg) => /^(-l|--list|--merged|--no-merged|--contains|--points-at)$/.test(arg)))
          );
        case 'tag':
          return (
            rest.every(
              (arg) =>
                /^(-l|--list|-n\d*|--sort=\S+|--contains|--merged|--points-at|-i)$/.test(arg) ||
                !arg.startsWith('-'),
            ) &&
            (plain.length === 0 ||
              rest.some((arg) => /^(-l|--list|--contains|--merged|--points-at)$/.test(arg)))
          );
        case 'remote':
          return (
            plain.length === 0 ||
            (/^(show|get-url)$/.test(first) && !rest.some((arg) => arg.includes('ext::')))
          );
        case 'stash':
          return /^(list|show)$/.test(first);
        case 'reflog':
          return plain.length === 0 || /^(show|exists|list)$/.test(first);
        case 'config':
          // One name without a value asks for it.
          if (rest.length === 1 && /^(user|core|color|pull|push|branch|init|remote)\.[\w.-]+$/.test(first))
            return !/\.url$|hookspath|command/i.test(first);
          return (
            (rest.some((arg) => /^(--get|--get-all|--list|-l|--get-regexp|--show-origin)$/.test(arg)) &&
              !rest.some((arg) => /^--(add|unset|replace|edit|remove|rename|file|blob)|^-[ef]$/.test(arg)) &&
              plain.length <= 1 &&
              !plain.some((key) => /credential|extraheader|token|password|\.url/i.test(key))) ||
            (/^(get|list)$/.test(first) && plain.length <= 2)
          );
        case 'worktree':
        case 'submodule':
        case 'notes':
        case 'bundle':
          return (
            (verb === 'worktree' && first === 'list') ||
            (verb === 'submodule' && /^(status|summary)?$/.test(first)) ||
            (verb === 'notes' && /^(list|show)$/.test(first)) ||
            (verb === 'bundle' && /^(verify|list-heads)$/.test(first))
          );
        case 'ls-remote':
          return plain.every((word) => !/::|^-|^\//.test(word)) && plain.length <= 2;
        case 'bisect':
          return first === 'log';
        default:
          return false;
      }
    },
    match: [
      'git status',
      'git log --oneline -5',
      'git show HEAD:reboot.yml',
      'git diff',
      'git branch -a',
      'git -C /srv/infra status',
      'git remote -v',
      'git stash list',
      'git tag -l',
      'git config --get user.name',
      'git --no-pager log',
    ],
    notMatch: [
      'git -c core.pager=reboot log',
      'git branch -D main',
      'git log --output=x',
      'git diff --ext-diff',
      'git grep -O x',
      'git push',
      'git branch new',
      'git ls-remote ext::reboot',
      'git --exec-path=/tmp status',
      'git -p log',
    ],
  },
];

export const gitFloor: readonly FloorRule[] = [
  {
    name: 'floor.secrets',
    programs: ['git'],
    reason: 'It puts a file that holds keys, passwords or tokens into the repository.',
    when: addsSecret,
    match: ['git add .env && git commit -m x', 'git add -f secrets.yml', 'git add config/id_rsa'],
    notMatch: ['git add compose.yaml', 'git add .env.example', "git commit -m 'rename .env loader'"],
  },
  {
    name: 'floor.option-runs-program',
    programs: ['git'],
    reason: 'It makes git start another program.',
    when: (call) => {
      const { verb, rest, before } = subcommand(call);
      const settings = [
        ...flagValues({ args: before }, '-c', '--config-env'),
        ...(verb === 'config' ? [`${words(rest)[0] ?? ''}=${words(rest).slice(1).join(' ')}`] : []),
        ...(verb === 'clone' ? flagValues({ args: rest }, '-c', '--config') : []),
      ];
      if (settings.some((setting) => runsProgram(setting))) return true;
      if (before.some((arg) => /^--exec-path=/.test(arg))) return true;
      if (verb === 'config' && rest.some((arg) => /extraheader/i.test(arg))) return true;
      if (call.args.some((arg) => /:\/\/-|(^|=)-oProxyCommand/.test(arg))) return true;
      if (call.args.some((arg) => /^ext::|^fd::|(^|[^a-z])ext::/.test(arg))) return true;
      if (
        rest.some((arg) =>
          /^--(upload-pack|receive-pack|exec)(=|$)|^--open-files-in-pager|^--extcmd/.test(arg),
        ) &&
        verb !== 'rebase'
      )
        return true;
      return (
        verb === 'filter-branch' ||
        verb === 'fast-import' ||
        verb === 'shell' ||
        verb === 'daemon' ||
        (verb === 'clone' && hasFlag({ args: rest }, '-u', '--template')) ||
        verb === 'send-email' ||
        (verb === 'difftool' && hasFlag({ args: rest }, '-x')) ||
        verb === 'instaweb' ||
        verb.includes(opaque)
      );
    },
    match: [
      'git -c core.pager=reboot log',
      "git -c alias.x='!reboot' x",
      'git config core.hooksPath /tmp/x',
      "git config --global alias.st '!reboot'",
      'git clone -u reboot x:y',
      'git ls-remote ext::reboot',
      'git --exec-path=/tmp status',
      'git -c core.sshCommand=reboot fetch',
      'git config core.editor reboot',
    ],
    notMatch: ['git config user.name x', 'git log', 'git config alias.st status'],
  },
  {
    name: 'floor.guard',
    programs: ['git', 'gh', 'glab', 'hub', 'tea'],
    reason: 'It changes the main branch or rewrites history that others rely on.',
    when: (call) => {
      const { verb, rest } = subcommand(call);
      const plain = words(rest);
      if (call.program !== 'git')
        return (
          /^(merge|delete|archive|transfer)$/.test(plain[0] ?? '') ||
          (/^(secret|auth|ssh-key|gpg-key|ruleset|variable|alias|extension)$/.test(verb) &&
            plain[0] !== 'status' &&
            plain[0] !== 'list') ||
          (verb === 'api' && /-X|--method|-f |-F /.test(`${call.args.join(' ')} `))
        );
      if (
        call.past.onMain &&
        /^(merge|commit|push|cherry-pick|rebase|revert|reset|am|apply)$/.test(verb) &&
        !rest.some((arg) => /^--(abort|dry-run)$/.test(arg))
      )
        return true;
      switch (verb) {
        case 'push':
          return (
            hasFlag(
              { args: rest },
              '-f',
              '--force',
              '--force-with-lease',
              '--force-if-includes',
              '--mirror',
              '--all',
              '--delete',
              '-d',
              '--prune',
              '--no-verify',
              '--branches',
            ) ||
            plain
              .slice(1)
              .some(
                (ref) =>
                  main.test(ref) ||
                  /^[+:]/.test(ref) ||
                  ref.includes(opaque) ||
                  /:(refs\/heads\/)?(main|master)$/.test(ref) ||
                  /[*?]/.test(ref),
              )
          );
        case 'branch':
          return (
            hasFlag({ args: rest }, '-D', '-d', '--delete', '-f', '--force', '-M', '-m', '-C') &&
            plain.some((ref) => main.test(ref) || ref.includes(opaque))
          );
        case 'reflog':
          return /^(expire|delete|drop)$/.test(plain[0] ?? '');
        case 'gc':
        case 'prune':
        case 'repack':
          return rest.some((arg) => /^--prune/.test(arg)) || verb === 'prune';
        case 'update-ref':
        case 'symbolic-ref':
          return plain.length > 1 || hasFlag({ args: rest }, '-d', '--stdin');
        case 'filter-repo':
        case 'replace':
          return true;
        case 'commit':
        case 'merge':
        case 'am':
        case 'rebase':
          return (
            rest.includes('--no-verify') ||
            (verb === 'commit' && rest.some((arg) => /^-[abeipqsvzS]*n/.test(arg)))
          );
        case 'tag':
          return hasFlag({ args: rest }, '-f', '--force') && false;
        case 'clean':
          return rest.some((arg) => /^-[a-z]*f/.test(arg)) && rest.some((arg) => /^-[a-z]*[xX]/.test(arg));
        case 'config':
          return (
            /^(receive\.|core\.hookspath|commit\.gpgsign|safe\.directory|credential\.|http\.sslverify|user\.signingkey|url\.|protocol\.)/i.test(
              plain[0] ?? '',
            ) && plain.length > 1
          );
        case 'checkout':
        case 'switch':
          return hasFlag({ args: rest }, '-B', '-C') && plain.some((ref) => main.test(ref));
        case 'worktree':
          return plain[0] === 'remove' && hasFlag({ args: rest }, '-f', '--force') && false;
        default:
          return false;
      }
    },
    match: [
      'git push origin +ai/x:main',
      'git push origin main',
      'git push --force origin ai/x',
      'git reflog expire --expire=now --all',
      'git branch -D main',
      'git push origin :x',
      'git commit --no-verify -m x',
      'gh pr merge 3',
      'git push --mirror',
      'git update-ref refs/heads/main HEAD',
      'git checkout main && git merge ai/x && git push',
      'git switch main; git cherry-pick abc123',
    ],
    notMatch: [
      'git push origin ai/orchestrator-stage1',
      'git commit -m reboot',
      'git branch -d ai/x',
      'git checkout ai/x && git commit -m x',
      'git merge ai/x',
      'git gc',
    ],
  },
];

/** Whether a git setting names a program to start. */
function runsProgram(setting: string): boolean {
  const [key = '', ...rest] = setting.split('=');
  const value = rest.join('=');
  if (/^alias\./i.test(key)) return /!|--exec|\0/.test(value);
  return (
    (/^(core\.(pager|editor|sshcommand|fsmonitor|hookspath|gitproxy|askpass|attributesfile|worktree|alternaterefscommand)|pager\.|diff\.\S*(external|command|textconv)|difftool\.|mergetool\.|merge\.\S*driver|filter\.|credential|gpg\.|sequence\.editor|browser\.|web\.browser|man\.|init\.templatedir|uploadpack\.|receive\.|remote\.\S*(uploadpack|receivepack|proxy|vcs)|ssh\.variant|sendemail\.|submodule\.\S*update|include\.|includeif|protocol\.|interactive\.difffilter|trailer\.|url\.|http\.(proxy|sslverify)|core\.gitproxy|imap\.tunnel|guitool\.|instaweb\.|tar\.|notes\.|color\.pager|help\.browser|safe\.)/i.test(
      key,
    ) &&
      value !== '') ||
    value.startsWith('!')
  );
}

/** Whether a git call adds a file with keys or passwords to the history. */
function addsSecret(call: Call): boolean {
  const { verb, rest } = subcommand(call);
  return (
    /^(add|stage|commit|update-index|mv)$/.test(verb) &&
    rest.some((arg) => !arg.includes(' ') && pathsOf(arg).some((path) => isSecretPath(path)))
  );
}

export const gitChanges: readonly ChangeRule[] = [
  {
    name: 'change.git',
    programs: ['git', 'gh', 'glab', 'hub', 'tea', 'svn', 'hg'],
    reason: 'It changes the repository.',
    args: 'data',
    match: [
      'git commit -m reboot',
      'git push origin ai/orchestrator-stage1',
      'git checkout -b ai/x',
      'git pull',
      'git add compose.yaml',
      'git -c color.ui=never status',
    ],
    notMatch: ['git status', 'git add .env'],
  },
];
